/** When to say that a session nears its end: durations as the server counts them, and the monotonic clock. */

import type { ActiveSession } from './verdict.js';

const LEVELS_S = [3_600, 86_400, 604_800] as const;
const IDLE_S = 600;

export interface Warning {
  readonly kind: 'absolute' | 'idle';
  /** The mark that was passed, in seconds: 7 days, 1 day or 1 hour before the absolute end, 10 minutes before the idle one. */
  readonly mark: number;
  /** Seconds that are left. Never below 0, and 0 proves nothing: only the server ends a session. */
  readonly left: number;
}

/**
 * `seenAt` is when the server said so, `now` the same clock now. A session that ends after an hour or so without use lasts a
 * day altogether: it is not warned of its last week.
 */
export function warning({ absIn, idleIn }: ActiveSession, seenAt: number, now: number): Warning | null {
  const left = (from: number | null) => (from === null ? Number.POSITIVE_INFINITY : Math.max(0, Math.round(from - Math.max(0, now - seenAt) / 1000)));
  const [absolute, idle] = [left(absIn), left(idleIn)];
  const mark = LEVELS_S.find((level) => absolute <= level && (level === LEVELS_S[0] || idle > LEVELS_S[1]));
  if (mark !== undefined) return { kind: 'absolute', mark, left: absolute };
  return idle <= IDLE_S ? { kind: 'idle', mark: IDLE_S, left: idle } : null;
}
