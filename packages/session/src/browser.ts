/** The browser as the client's surroundings. Whatever it lacks is done without: plain http has neither locks nor workers. */

import type { Memory, Page, PageEvent, Ports, Remembered, Tabs } from './ports.js';
import { isObject, isText } from './verdict.js';

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
  return isObject(value) && isText(value['sid']) && isText(value['email']) && isText(value['userId']);
}

function browserTabs(name: string): Tabs {
  const channel = 'BroadcastChannel' in window ? new BroadcastChannel(name) : null;
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
      const [target, type] = channel === null ? [window, 'storage'] : [channel, 'message'];
      const tell = (event: Event & { data?: unknown; key?: string | null; newValue?: string | null }) => {
        if (type === 'message') return hear(event.data);
        try {
          if (event.key === key) hear(JSON.parse(event.newValue ?? ''));
        } catch {
          // Not ours.
        }
      };
      target.addEventListener(type, tell);
      return () => target.removeEventListener(type, tell);
    },
    lead: () =>
      (leading ??= new Promise((done) => {
        const locks = navigator.locks as LockManager | undefined;
        if (locks === undefined) return done(null);
        const held = (lock: unknown) => {
          done(lock !== null);
          if (lock === null) leading = null;
          // The lock is held until the page is gone.
          return lock && new Promise(() => {});
        };
        locks.request(`${name}.lead`, { ifAvailable: true }, held).catch(() => done(null));
      })),
  };
}

const HEARD = ['visibilitychange', 'online', 'pageshow', 'resume', 'pointerdown', 'keydown'];

function browserPage(): Page {
  return {
    visible: () => !document.hidden,
    listen(hear) {
      const stop = new AbortController();
      const tell = ({ type, persisted }: Event & { persisted?: boolean }) => {
        if (type === 'visibilitychange') hear(document.hidden ? 'hidden' : 'visible');
        else if (type !== 'pageshow' || persisted) hear(type as PageEvent);
      };
      // What happens to the document is heard on the window too, on its way down.
      for (const type of HEARD) window.addEventListener(type, tell, { signal: stop.signal, passive: true, capture: true });
      return () => stop.abort();
    },
  };
}
