/** Knows whether the server answers at all, without any credential, and words it for the badge. */

import { backoff } from './backoff.js';
import { wallClock } from './ports.js';
import type { Cancel, Ports } from './ports.js';
import { readReply } from './reply.js';
import type { SessionState } from './state.js';
import { send } from './transport.js';
import { isObject } from './verdict.js';

const EVERY_MS = 30_000;
const TIMEOUT_MS = 5_000;
const UNREACHABLE_AFTER_MS = 60_000;
const UNVERIFIED_AFTER_MS = 10_000;

export interface Health {
  /** Null before the first answer. */
  readonly answered: boolean | null;
  /** Monotonic time of the first failure in a row. */
  readonly failingSince: number | null;
  readonly ready: boolean;
  readonly setupNeeded: boolean;
  /** The server's wall clock minus this device's, in ms: for showing ages, never for deciding. */
  readonly clockOffsetMs: number;
  /** Monotonic time of the next ping. */
  readonly nextAt: number | null;
}

export const NO_HEALTH: Health = { answered: null, failingSince: null, ready: true, setupNeeded: false, clockOffsetMs: 0, nextAt: null };

export type Badge = 'looking' | 'online' | 'waking' | 'unreachable' | 'unverified';

/** The word for the header. `now` and `graceUntil` are monotonic: while the device has just woken, a failure is not worth a word. */
export function badge(session: SessionState, health: Health, now: number, graceUntil = 0): Badge {
  if (now < graceUntil && health.failingSince !== null) return 'looking';
  if (health.failingSince !== null) return now - health.failingSince >= UNREACHABLE_AFTER_MS ? 'unreachable' : 'waking';
  if (health.answered && !health.ready) return 'waking';
  if (session.state === 'unverified' && now - session.since >= UNVERIFIED_AFTER_MS) return 'unverified';
  return health.answered === null ? 'looking' : 'online';
}

export class HealthWatch {
  readonly #ports: Ports;
  readonly #tell: (health: Health, recovered: boolean) => void;
  #health = NO_HEALTH;
  #failures = 0;
  #pinging: Promise<void> | null = null;
  #cancelNext: Cancel = () => {};
  #stopped = false;

  /** `tell` hears every change. */
  constructor(ports: Ports, tell: (health: Health, recovered: boolean) => void) {
    this.#ports = ports;
    this.#tell = tell;
  }

  /** Pings now and from then on. Whoever pings meanwhile shares the answer. */
  ping(): Promise<void> {
    this.#stopped = false;
    this.#pinging ??= this.#ping().finally(() => {
      this.#pinging = null;
    });
    return this.#pinging;
  }

  stop(): void {
    this.#cancelNext();
    this.#stopped = true;
  }

  async #ping(): Promise<void> {
    this.#cancelNext();
    const sentAt = wallClock(this.#ports);
    const reply = readReply(await send(this.#ports, '/api/health', { method: 'GET', timeoutMs: TIMEOUT_MS }));
    const body = reply.ok && isHealth(reply.data) ? reply.data : null;
    const { failingSince } = this.#health;
    const now = this.#ports.now();
    this.#failures = body === null ? this.#failures + 1 : 0;
    const wait = body === null ? Math.min(backoff(this.#failures, this.#ports.random()), EVERY_MS) : EVERY_MS;
    if (!this.#stopped) this.#cancelNext = this.#ports.after(wait, () => void this.ping());
    const told = body === null
      ? { ...this.#health, answered: false, failingSince: failingSince ?? now }
      : {
          answered: true,
          failingSince: null,
          ready: body.ready !== false,
          setupNeeded: body.setup_needed === true,
          clockOffsetMs: offset(body.timestamp, sentAt, wallClock(this.#ports)),
        };
    this.#health = { ...told, nextAt: now + wait };
    this.#tell(this.#health, body !== null && failingSince !== null);
  }
}

interface HealthBody {
  readonly kind: 'wakeful.health';
  readonly ready?: boolean;
  readonly setup_needed?: boolean;
  readonly timestamp?: string;
}

function isHealth(value: unknown): value is HealthBody {
  return isObject(value) && value['kind'] === 'wakeful.health';
}

function offset(timestamp: string | undefined, sentAt: number, receivedAt: number): number {
  return Date.parse(timestamp ?? '') - (sentAt + receivedAt) / 2 || 0;
}
