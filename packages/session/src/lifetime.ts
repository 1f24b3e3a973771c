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
 * `seenAt` is when the server said so, `now` the same clock now, `longest` the longest times that were seen of this session:
 * a session that lasts a day altogether is not warned of its last week.
 */
export function warning(session: ActiveSession, seenAt: number, now: number, longest: { idle: number; absolute: number }): Warning | null {
  const passed = Math.max(0, now - seenAt) / 1000;
  const left = (from: number) => Math.max(0, Math.round(from - passed));
  if (session.absIn !== null) {
    const absolute = left(session.absIn);
    const mark = LEVELS_S.find((level) => absolute <= level && longest.absolute > level * 1.5);
    if (mark !== undefined) return { kind: 'absolute', mark, left: absolute };
  }
  if (session.idleIn === null) return null;
  const idle = left(session.idleIn);
  return idle <= IDLE_S && longest.idle > IDLE_S * 1.5 ? { kind: 'idle', mark: IDLE_S, left: idle } : null;
}
