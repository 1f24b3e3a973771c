/** Times and amounts in the reader's own words and zone, as of the page's clock. */

import { clock } from './clock.svelte.js';
import * as amount from './domain/amount.js';
import { shortAddress } from './domain/address.js';
import * as time from './domain/time.js';
import { say } from './messages/index.svelte.js';
import { session } from './session.svelte.js';
import { settings } from './settings.svelte.js';

const TOLD_IN_MINUTES_MS = 120_000;

class Reader {
  /** The zone chosen for the account; until one is chosen there (UTC), the device's own. */
  readonly calendar = $derived<time.Calendar>({
    locale: say.t.locale,
    timeZone: session.user?.time_zone === undefined || session.user.time_zone === 'UTC' ? undefined : session.user.time_zone,
  });

  dur = (ms: number): string => time.duration(ms, say.t.units);
  /** How long since a time, without *ago*. */
  age = (at: string): string => {
    const from = Date.parse(at);
    return this.dur((clock.slow - from > TOLD_IN_MINUTES_MS ? clock.slow : clock.now) - from);
  };
  clock = (at: string | number): string => time.clockTime(ms(at), this.calendar);
  since = (at: string | number): string => time.since(ms(at), clock.slow, this.calendar);
  date = (at: string | number): string => time.date(ms(at), clock.slow, this.calendar);
  exact = (at: string | number): string => time.exact(ms(at), this.calendar);
  number = (value: number): string => new Intl.NumberFormat(say.t.locale).format(value);
  slot = (slot: number | null): string | null => (slot === null ? null : this.number(slot));

  /** Seconds until a time, 0 when it is past. */
  until = (at: string): number => Math.max(0, Math.ceil((Date.parse(at) - clock.now) / 1000));

  sol = (lamports: string): string => (settings.hidden ? say.t.hidden : amount.sol(lamports, say.t.locale));
  nos = (micro: string | bigint): string => (settings.hidden ? say.t.hidden : amount.nos(micro, say.t.locale));
  nosExact = (micro: string | bigint): string => (settings.hidden ? say.t.hidden : amount.nosExact(micro, say.t.locale));
  stake = (micro: string): string => (settings.hidden ? say.t.hidden : amount.stake(micro, say.t.locale));
  /** Prices are the market's, not the person's: never hidden. */
  price = (micro: bigint): string => amount.nosPrice(micro, say.t.locale);

  address = (address: string): string => (settings.hidden ? say.t.hidden : shortAddress(address));
  fullAddress = (address: string): string => (settings.hidden ? say.t.hidden : address);
  name = (node: { name: string; address: string }): string => node.name || this.address(node.address);
}

const ms = (at: string | number): number => (typeof at === 'number' ? at : Date.parse(at));

export const reader = new Reader();
