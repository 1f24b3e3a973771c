/** Amounts: integers inside, decimals only at the last moment, and never a 0 for what is not known. */

import type { Node } from '../api/model.js';

const NANO = 1_000_000_000n;
const MICRO = 1_000_000n;

/** A fixed number of decimals, cut and not rounded up: a purse never looks fuller than it is. */
function decimal(value: bigint, unit: bigint, places: number, locale: string): string {
  const sign = value < 0n ? '−' : '';
  const size = value < 0n ? -value : value;
  const whole = new Intl.NumberFormat(locale).format(size / unit);
  if (places === 0) return sign + whole;
  const digits = (size % unit).toString().padStart(unit.toString().length - 1, '0').slice(0, places);
  const point = new Intl.NumberFormat(locale).formatToParts(1.5).find((part) => part.type === 'decimal')?.value ?? '.';
  return `${sign}${whole}${point}${digits}`;
}

export const sol = (lamports: string | bigint, locale: string): string => decimal(BigInt(lamports), NANO, 4, locale);
/** NOS in lists: 2 decimals. */
export const nos = (micro: string | bigint, locale: string): string => decimal(BigInt(micro), MICRO, 2, locale);
/** Prices for an hour: 4 decimals. */
export const nosPrice = (micro: bigint, locale: string): string => decimal(micro, MICRO, 4, locale);
/** NOS in ledgers: 6 decimals. */
export const nosExact = (micro: string | bigint, locale: string): string => decimal(BigInt(micro), MICRO, 6, locale);
export const stake = (micro: string | bigint, locale: string): string => decimal(BigInt(micro), MICRO, 0, locale);

/** What a price in micro-NOS a second comes to in an hour, in micro-NOS. */
export const perHour = (microNosPerSecond: string): bigint => BigInt(microNosPerSecond) * 3600n;

/** Micro-NOS that the running jobs have come to so far: price × time, no further than each deadline. Never added to what was paid. */
export function accruing(nodes: readonly Node[], now: number): { micro: bigint; jobs: number } {
  let micro = 0n;
  let jobs = 0;
  for (const { chain } of nodes) {
    if (chain.state !== 'running' || chain.since === null || chain.price_micro_nos_per_second === null) continue;
    const end = chain.deadline === null ? now : Math.min(now, Date.parse(chain.deadline));
    const seconds = Math.max(0, Math.floor((end - Date.parse(chain.since)) / 1000));
    micro += BigInt(chain.price_micro_nos_per_second) * BigInt(seconds);
    jobs += 1;
  }
  return { micro, jobs };
}
