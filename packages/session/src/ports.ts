/** What the client needs from its surroundings; tests bring their own. */

import type { Message } from './message.js';

export interface Ports {
  readonly fetch: (input: string, init: RequestInit) => Promise<Response>;
  /** Monotonic milliseconds. Never compared with the server's clock. */
  readonly now: () => number;
  /** This device's calendar in milliseconds. It saves requests and notices a sleep; it decides nothing. Without it, `now` serves. */
  readonly wall?: () => number;
  /** In [0, 1), for jitter. */
  readonly random: () => number;
  /** `count` random bytes, for nonces and keys. */
  readonly randomBytes: (count: number) => Uint8Array;
  readonly after: (ms: number, run: () => void) => Cancel;
  readonly memory: Memory;
  /** Left out where there is but one client. */
  readonly tabs?: Tabs;
  /** Left out where nothing is ever hidden. */
  readonly page?: Page;
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
  readonly renewedOn?: number | null;
}

/** The other tabs of this browser. */
export interface Tabs {
  tell(message: Message): void;
  listen(hear: (message: unknown) => void): Cancel;
  /** Takes the lead if nobody has it, without waiting; null where the browser has no locks. It is let go with the page. */
  lead(): Promise<boolean | null>;
}

export const isVisible = (ports: Ports): boolean => ports.page?.visible() ?? true;
export const wallClock = (ports: Ports): number => (ports.wall ?? ports.now)();

/** `pageshow` only where the page comes back out of the browser's cache; the last two are somebody's hands. */
export type PageEvent = 'visible' | 'hidden' | 'online' | 'pageshow' | 'resume' | 'pointerdown' | 'keydown';

/** The page that the client lives in. */
export interface Page {
  visible(): boolean;
  listen(hear: (event: PageEvent) => void): Cancel;
}
