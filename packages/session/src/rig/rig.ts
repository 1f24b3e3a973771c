/** A scripted network and a clock that moves only when told: for the tests of this package. */

import type { Ports, Remembered } from '../ports.js';
import { FakePage, Profile } from './profile.js';

export interface Asked {
  readonly path: string;
  readonly method: string;
  readonly headers: Record<string, string>;
  readonly body: string | null;
}

export type Answer = (asked: Asked) => Response | 'refuse' | 'hang';

export class Rig {
  readonly asked: Asked[] = [];
  readonly lines: string[] = [];
  readonly profile = new Profile();
  readonly page = new FakePage();
  answer: Answer = () => 'refuse';
  #now = 0;
  #wallAhead = Date.UTC(2026, 10, 23, 2, 41);
  #timers: { at: number; run: () => void }[] = [];

  readonly ports: Ports = {
    fetch: (path, init) => this.#fetch(path, init),
    now: () => this.#now,
    wall: () => this.#now + this.#wallAhead,
    random: () => 0.5,
    randomBytes: (count) => new Uint8Array(count).fill(this.asked.length + 1),
    after: (ms, run) => {
      const timer = { at: this.#now + ms, run };
      this.#timers.push(timer);
      return () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      };
    },
    memory: this.profile.memory,
    tabs: this.profile.tabs(this),
    page: this.page,
    log: (line) => this.lines.push(line),
  };

  get now(): number {
    return this.#now;
  }

  get remembered(): Remembered | null {
    return this.profile.remembered;
  }

  set remembered(value: Remembered | null) {
    this.profile.remembered = value;
  }

  /** Somebody sets the wall clock, by so many ms. */
  setWall(ms: number): void {
    this.#wallAhead += ms;
  }

  /** The device sleeps: no timer runs. Some monotonic clocks count it, some do not; the wall always does. */
  sleep(ms: number, counted: boolean): void {
    if (counted) this.#now += ms;
    else this.#wallAhead += ms;
  }

  /** How many requests of a path were made since `from`. */
  count(path: string, from = 0): number {
    return this.asked.slice(from).filter((asked) => asked.path === path).length;
  }

  /** Lets `ms` pass: timers run in order, and what they started settles before the next one. */
  async pass(ms: number): Promise<void> {
    const end = this.#now + ms;
    await settle();
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= end).sort((a, b) => a.at - b.at)[0];
      if (due === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.#now = Math.max(this.#now, due.at);
      due.run();
      await settle();
    }
    this.#now = Math.max(this.#now, end);
  }

  #fetch(path: string, init: RequestInit): Promise<Response> {
    const asked = {
      path,
      method: init.method ?? 'GET',
      headers: init.headers as Record<string, string>,
      body: typeof init.body === 'string' ? init.body : null,
    };
    this.asked.push(asked);
    const answer = this.answer(asked);
    if (answer === 'refuse') return Promise.reject(new TypeError('refused'));
    if (answer !== 'hang') return Promise.resolve(answer);
    return new Promise((_, reject) => {
      init.signal?.addEventListener('abort', () => reject(new DOMException('aborted', 'AbortError')));
    });
  }
}

export function json(body: unknown, status = 200, headers: Record<string, string> = {}): Response {
  const type = status < 400 ? 'application/json' : 'application/problem+json';
  return new Response(JSON.stringify(body), { status, headers: { 'Content-Type': type, ...headers } });
}

/** A session that goes on, as the server says it. */
export const USER = { id: 'u1', email: 'demo@example.net' };
export const KNOWN = { sid: 's1', email: USER.email, userId: USER.id };
export const active = (asked: Asked, more: Record<string, unknown> = {}): Response =>
  verdictOf(asked, { state: 'active', sid: 's1', user: USER, idle_in: 2_592_000, abs_in: 31_536_000, rev: 7, build: '0.1.0', ...more });
export const ended = (asked: Asked, reason = 'revoked'): Response => verdictOf(asked, { state: 'ended', sid: 's1', reason, ended_at: '2026-11-23T02:40:00.000Z' });
export const healthy = (): Response => json({ kind: 'wakeful.health', status: 'healthy', ready: true, timestamp: '2026-11-23T02:41:00.000Z' });
/** A server that is well, where `session` says what it knows of the session. */
export const server = (session: Answer): Answer => (asked) => (asked.path === '/api/health' ? healthy() : session(asked));

/** Our server's answer to a question: `state` and what belongs to it, with the nonce that was sent. */
export function verdictOf(asked: Asked, body: Record<string, unknown>): Response {
  return json({ v: 1, kind: 'wakeful.session', nonce: asked.headers['Session-Nonce'] ?? null, ...body });
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}
