/** A tab on a profile: real requests with the profile's cookie, on a clock that runs faster than ours. */

import type { Ports } from '../ports.js';
import { PageSession } from '../session.js';
import { FakePage } from './profile.js';
import type { Profile } from './profile.js';

/** 10 s of the client's patience are 200 ms here. */
export const SPEED = 50;

export class Tab {
  readonly page: FakePage;
  readonly session: PageSession;
  readonly lines: string[] = [];
  readonly #profile: Profile;
  readonly #timers = new Set<ReturnType<typeof setTimeout>>();

  constructor(profile: Profile, url: string, { visible = true, seed = 0.5 } = {}) {
    this.#profile = profile;
    this.page = new FakePage(visible);
    this.session = new PageSession(this.#ports(url, seed));
  }

  get client() {
    return this.session.client;
  }

  get state(): string {
    return this.client.state.state;
  }

  close(): void {
    this.session.stop();
    for (const timer of this.#timers) clearTimeout(timer);
    this.#profile.close(this);
  }

  #ports(url: string, seed: number): Ports {
    const profile = this.#profile;
    return {
      fetch: async (path, init) => {
        const cookie: Record<string, string> = profile.cookie === null ? {} : { Cookie: `w=${profile.cookie}` };
        const answer = await fetch(url + path, { ...init, headers: { ...(init.headers as Record<string, string>), ...cookie } });
        for (const line of answer.headers.getSetCookie()) profile.cookie = /^w=([^;]+)/.exec(line)?.[1] ?? profile.cookie;
        return answer;
      },
      now: () => performance.now() * SPEED,
      wall: () => 1_795_401_660_000 + performance.now() * SPEED,
      random: () => seed,
      randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
      after: (ms, run) => {
        const timer = setTimeout(() => {
          this.#timers.delete(timer);
          run();
        }, ms / SPEED);
        this.#timers.add(timer);
        return () => {
          clearTimeout(timer);
          this.#timers.delete(timer);
        };
      },
      memory: profile.memory,
      tabs: profile.tabs(this),
      page: this.page,
      log: (line) => this.lines.push(line),
    };
  }
}

/** Waits for a condition, at most 10 s; then says what is, not only what is not. */
export async function until(met: () => boolean, otherwise: () => string): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!met()) {
    if (performance.now() > deadline) throw new Error(otherwise());
    await new Promise((again) => setTimeout(again, 5));
  }
}
