/** One browser profile for tests: what its tabs share, and one tab's own page. */

import type { Cancel, Memory, Page, PageEvent, Remembered, Tabs } from '../ports.js';

export class Profile {
  remembered: Remembered | null = null;
  cookie: string | null = null;
  /** Plain http has none. */
  locks = true;
  readonly said: unknown[] = [];
  #ears: { readonly tab: object; readonly hear: (message: unknown) => void }[] = [];
  #leader: object | null = null;

  readonly memory: Memory = {
    read: () => this.remembered,
    write: (value) => {
      this.remembered = value;
    },
  };

  tabs(tab: object): Tabs {
    return {
      tell: (message) => {
        this.said.push(message);
        // As a BroadcastChannel does: not to oneself, and not at once.
        for (const ear of this.#ears) if (ear.tab !== tab) queueMicrotask(() => ear.hear(structuredClone(message)));
      },
      listen: (hear) => {
        const ear = { tab, hear };
        this.#ears.push(ear);
        return () => {
          this.#ears = this.#ears.filter((other) => other !== ear);
        };
      },
      lead: () => {
        if (!this.locks) return Promise.resolve(null);
        this.#leader ??= tab;
        return Promise.resolve(this.#leader === tab);
      },
    };
  }

  /** The tab is closed: its lock is free. */
  close(tab: object): void {
    if (this.#leader === tab) this.#leader = null;
  }

  /** What anybody could say on the channel. */
  forge(message: unknown): void {
    for (const ear of this.#ears) ear.hear(message);
  }
}

export class FakePage implements Page {
  #visible: boolean;
  #ears: ((event: PageEvent) => void)[] = [];

  constructor(visible = true) {
    this.#visible = visible;
  }

  visible(): boolean {
    return this.#visible;
  }

  listen(hear: (event: PageEvent) => void): Cancel {
    this.#ears.push(hear);
    return () => {
      this.#ears = this.#ears.filter((other) => other !== hear);
    };
  }

  happen(event: PageEvent): void {
    if (event === 'visible') this.#visible = true;
    if (event === 'hidden') this.#visible = false;
    for (const ear of [...this.#ears]) ear(event);
  }
}
