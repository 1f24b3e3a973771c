/** Knows that the device slept or the page was frozen: a ticker that came far too late, or two clocks that went apart. */

export const TICK_MS = 5_000;
const MISSED_MS = 15_000;
const MISSED_HIDDEN_MS = 120_000;
const APART_MS = 5_000;

/** Both in milliseconds; only differences of each are ever used. */
export interface Clocks {
  readonly monotonic: number;
  readonly wall: number;
}

/** Whether something other than time passed between two ticks. Browsers slow the timers of hidden pages down by design. */
export function slept(before: Clocks, now: Clocks, visible: boolean): boolean {
  const late = now.monotonic - before.monotonic - TICK_MS;
  const apart = Math.abs(now.wall - before.wall - (now.monotonic - before.monotonic));
  return late > (visible ? MISSED_MS : MISSED_HIDDEN_MS) || apart >= APART_MS;
}
