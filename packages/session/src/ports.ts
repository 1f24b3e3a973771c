/** What the client needs from its surroundings; tests bring their own. */

export interface Ports {
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>;
  /** Monotonic milliseconds. Never compared with the server's clock. */
  readonly now: () => number;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  /** `count` random bytes, for nonces. */
  readonly randomBytes: (count: number) => Uint8Array;
  readonly after: (ms: number, run: () => void) => Cancel;
  readonly memory: Memory;
  /** One line for each decision: what was decided and why. */
  readonly log: (line: string) => void;
}

export type Cancel = () => void;

/** A small place that outlives a reload. It holds hints only, never a credential. */
export interface Memory {
  read(): Remembered | null;
  write(value: Remembered | null): void;
}

export interface Remembered {
  readonly sid: string;
  readonly email: string;
  readonly userId: string;
  /** The person asked to sign out and the server has not heard it yet. */
  readonly leaving?: true;
}

/** The browser's own clock, network and randomness. */
export function browserPorts(storageKey: string): Ports {
  return {
    fetch: (input, init) => fetch(input, init),
    now: () => performance.now(),
    random: () => Math.random(),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    after: (ms, run) => {
      const id = setTimeout(run, ms);
      return () => clearTimeout(id);
    },
    memory: storageMemory(storageKey),
    log: (line) => console.info(`session: ${line}`),
  };
}

function storageMemory(key: string): Memory {
  return {
    read() {
      try {
        const value: unknown = JSON.parse(localStorage.getItem(key) ?? 'null');
        return isRemembered(value) ? value : null;
      } catch {
        return null;
      }
    },
    write(value) {
      try {
        if (value === null) localStorage.removeItem(key);
        else localStorage.setItem(key, JSON.stringify(value));
      } catch {
        // A browser that keeps nothing still has its cookie, and the cookie is what counts.
      }
    },
  };
}

function isRemembered(value: unknown): value is Remembered {
  if (typeof value !== 'object' || value === null) return false;
  const { sid, email, userId } = value as Record<string, unknown>;
  return typeof sid === 'string' && typeof email === 'string' && typeof userId === 'string';
}
