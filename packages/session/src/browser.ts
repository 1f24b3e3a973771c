/** The browser as the client's surroundings. Whatever it lacks is done without: plain http has neither locks nor workers. */

import type { Memory, Page, PageEvent, Ports, Remembered, Tabs } from './ports.js';

/** `name` parts several apps of one origin; it names the storage key, the channel and the lock. */
export function browserPorts(name: string): Ports {
  return {
    fetch: (input, init) => fetch(input, init),
    now: () => performance.now(),
    wall: () => Date.now(),
    random: () => Math.random(),
    randomBytes: (count) => crypto.getRandomValues(new Uint8Array(count)),
    after: (ms, run) => {
      const id = setTimeout(run, ms);
      return () => clearTimeout(id);
    },
    memory: storageMemory(name),
    tabs: browserTabs(name),
    page: browserPage(),
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

function browserTabs(name: string): Tabs {
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(name);
  const key = `${name}.said`;
  let leading: Promise<boolean | null> | null = null;
  return {
    tell(message) {
      if (channel !== null) return channel.postMessage(message);
      try {
        // The same words twice are no storage event: the time makes them differ.
        localStorage.setItem(key, JSON.stringify({ ...message, at: performance.now() }));
      } catch {
        // The others find out by themselves.
      }
    },
    listen(hear) {
      const message = (event: MessageEvent) => hear(event.data);
      const storage = (event: StorageEvent) => {
        if (event.key !== key || event.newValue === null) return;
        try {
          hear(JSON.parse(event.newValue));
        } catch {
          // Not ours.
        }
      };
      channel?.addEventListener('message', message);
      window.addEventListener('storage', storage);
      return () => {
        channel?.removeEventListener('message', message);
        window.removeEventListener('storage', storage);
      };
    },
    lead() {
      const locks = typeof navigator === 'undefined' ? undefined : navigator.locks;
      if (locks === undefined) return Promise.resolve(null);
      leading ??= new Promise<boolean>((done) => {
        const held = (lock: unknown) => {
          done(lock !== null);
          if (lock !== null) return new Promise<void>(() => {});
          leading = null;
          return undefined;
        };
        locks.request(`${name}.lead`, { ifAvailable: true }, held).catch(() => {
          leading = null;
          done(false);
        });
      });
      return leading;
    },
  };
}

function browserPage(): Page {
  return {
    visible: () => document.visibilityState !== 'hidden',
    listen(hear) {
      const stop = new AbortController();
      const on = (target: EventTarget, type: string, event: (raised: Event) => PageEvent | null) => {
        const tell = (raised: Event) => {
          const said = event(raised);
          if (said !== null) hear(said);
        };
        target.addEventListener(type, tell, { signal: stop.signal, passive: true, capture: true });
      };
      on(document, 'visibilitychange', () => (document.visibilityState === 'hidden' ? 'hidden' : 'visible'));
      on(document, 'resume', () => 'resumed');
      on(window, 'online', () => 'online');
      on(window, 'pageshow', (raised) => ((raised as PageTransitionEvent).persisted ? 'restored' : null));
      on(window, 'pointerdown', () => 'input');
      on(window, 'keydown', () => 'input');
      return () => stop.abort();
    },
  };
}
