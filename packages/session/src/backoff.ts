/** How long to wait before asking again, and how long to wait for an answer. */

const QUICK_RETRIES = 3;
const QUICK_MS = 2_000;
const FIRST_STEP_MS = 5_000;
const LONGEST_MS = 60_000;
const LEAST_MS = 1_000;

/**
 * Milliseconds until the next try after `failures` tries in a row without a verdict (1 or more).
 * Three retries 2 s apart, then 5, 10, 20, 40, 60 s with full jitter for ever. `random` is in [0, 1).
 * A server that names a time is not asked before it.
 */
export function backoff(failures: number, random: number, retryAfterMs: number | null = null): number {
  const step = failures - QUICK_RETRIES - 1;
  const longest = Math.min(LONGEST_MS, FIRST_STEP_MS * 2 ** step);
  return Math.max(step < 0 ? QUICK_MS : LEAST_MS, step < 0 ? 0 : Math.round(longest * random), retryAfterMs ?? 0);
}

/** Milliseconds for headers and body together: 10 s, and more for a link that has proved slow. */
export function verifyTimeout(timeoutsInARow: number): number {
  return timeoutsInARow < 2 ? 10_000 : timeoutsInARow > 2 ? 30_000 : 20_000;
}

/** Milliseconds between the first *ended* and the question that confirms it. */
export function confirmDelay(random: number): number {
  return 250 + Math.round(500 * random);
}
