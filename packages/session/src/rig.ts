/** A scripted network and a clock that moves only when told: for the tests of this package. */

import type { Memory, Ports, Remembered } from './ports.js';

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
  answer: Answer = () => 'refuse';
  remembered: Remembered | null = null;
  #now = 0;
  #timers: { at: number; run: () => void }[] = [];

  readonly ports: Ports = {
    fetch: (path, init) => this.#fetch(path, init),
    now: () => this.#now,
    random: () => 0.5,
    randomBytes: (count) => new Uint8Array(count).fill(this.asked.length + 1),
    after: (ms, run) => {
      const timer = { at: this.#now + ms, run };
      this.#timers.push(timer);
      return () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      };
    },
    memory: {
      read: () => this.remembered,
      write: (value) => {
        this.remembered = value;
      },
    } satisfies Memory,
    log: (line) => this.lines.push(line),
  };

  get now(): number {
    return this.#now;
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
    this.#now = end;
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

/** Our server's answer to a question: `state` and what belongs to it, with the nonce that was sent. */
export function verdictOf(asked: Asked, body: Record<string, unknown>): Response {
  return json({ v: 1, kind: 'wakeful.session', nonce: asked.headers['Session-Nonce'] ?? null, ...body });
}

async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await Promise.resolve();
}
