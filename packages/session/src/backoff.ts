/** How long to wait before asking again, and how long to wait for an answer. */

const QUICK_RETRIES = 3;
const QUICK_MS = 2_000;
const STEPS_MS = [5_000, 10_000, 20_000, 40_000, 60_000] as const;
const LEAST_MS = 1_000;

/**
 * Milliseconds until the next try after `failures` tries in a row without a verdict (1 or more).
 * Three retries 2 s apart, then growing steps with full jitter for ever. `random` is in [0, 1).
 * A server that names a time is not asked before it.
 */
export function backoff(failures: number, random: number, retryAfterMs: number | null = null): number {
  const wanted = failures <= QUICK_RETRIES ? QUICK_MS : jittered(failures - QUICK_RETRIES - 1, random);
  return Math.max(wanted, retryAfterMs ?? 0);
}

function jittered(step: number, random: number): number {
  const longest = STEPS_MS[Math.min(step, STEPS_MS.length - 1)] ?? 60_000;
  return Math.max(LEAST_MS, Math.round(longest * random));
}

/** Milliseconds for headers and body together: 10 s, and more for a link that has proved slow. */
export function verifyTimeout(timeoutsInARow: number): number {
  if (timeoutsInARow < 2) return 10_000;
  return timeoutsInARow === 2 ? 20_000 : 30_000;
}

/** Milliseconds between the first *ended* and the question that confirms it. */
export function confirmDelay(random: number): number {
  return 250 + Math.round(500 * random);
}
