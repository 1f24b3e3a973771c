// What one browser profile holds, and the session client's surroundings on it: a cookie jar, a memory, a clock that runs faster.
import type { Cancel, Ports, Remembered } from '@wakeful/session';
import type { Door } from '../world/proxy.js';

export class Profile {
  readonly cookies = new Map<string, string>();
  remembered: Remembered | null = null;

  /** What the person signed in with before the test began. */
  adopt(cookie: string): void {
    this.#take(cookie.split('; '));
  }

  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  hear(lines: readonly string[]): void {
    this.#take(lines.filter((line) => !/max-age=0\b/i.test(line)).map((line) => line.split(';')[0] ?? ''));
    for (const line of lines) if (/max-age=0\b/i.test(line)) this.cookies.delete(line.split('=')[0] ?? '');
  }

  #take(pairs: readonly string[]): void {
    for (const pair of pairs) {
      const at = pair.indexOf('=');
      if (at > 0) this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
  }
}

export interface Shell {
  readonly ports: Ports;
  /** The codes of connections that did not come about, as the kernel gave them. */
  readonly broken: string[];
  readonly log: string[];
  /** Milliseconds of the client's clock. */
  now(): number;
  /** Puts all timers out: nothing of the client runs on. */
  stop(): void;
}

/** Ports whose clock runs `speed` times as fast as ours, and whose requests go through the door with the profile's cookies. */
export function shellOn(profile: Profile, door: Door, speed: number): Shell {
  const broken: string[] = [];
  const log: string[] = [];
  const timers = new Set<NodeJS.Timeout>();
  const now = () => performance.now() * speed;
  const apart = Date.now() - now();
  const after = (ms: number, run: () => void): Cancel => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, ms / speed);
    timers.add(timer);
    return () => {
      clearTimeout(timer);
      timers.delete(timer);
    };
  };
  const ports: Ports = {
    fetch: async (path, init) => {
      const origin = door.url();
      const headers = { ...(init.headers as Record<string, string>), Origin: origin, ...(profile.cookie === '' ? {} : { Cookie: profile.cookie }) };
      try {
        const answer = await fetch(origin + path, { ...init, headers });
        profile.hear(answer.headers.getSetCookie());
        return answer;
      } catch (error) {
        const code = (error as { cause?: { code?: string } }).cause?.code;
        if (code !== undefined) broken.push(code);
        throw error;
      }
    },
    now,
    wall: () => now() + apart,
    random: () => Math.random(),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    after,
    memory: {
      read: () => profile.remembered,
      write: (value) => {
        profile.remembered = value;
      },
    },
    log: (line) => log.push(line),
  };
  return {
    ports,
    broken,
    log,
    now,
    stop() {
      for (const timer of timers) clearTimeout(timer);
    },
  };
}
