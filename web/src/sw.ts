/**
 * The service worker: keeps the app's shell, so that it opens without a network. It never touches the API: whatever comes
 * from there is the server's own word, or nothing. The network comes first; the kept shell is only for when there is none.
 */

export {};

/** The shell's files, put in by the build. */
declare const __SHELL__: { readonly build: string; readonly files: readonly string[] };
declare const self: ServiceWorkerGlobalScope;

const PREFIX = 'wakeful-shell-';
const CACHE = PREFIX + __SHELL__.build;
const NAVIGATION_MS = 8_000;

/** The types that a file of ours may have: a hotel's page in its place is not kept. */
const TYPES: Record<string, RegExp> = { '/': /^text\/html/, js: /javascript/, css: /^text\/css/, svg: /^image\/svg/, woff2: /font|woff2|octet-stream/ };

self.addEventListener('install', (event) => {
  event.waitUntil(keepShell().then(() => self.skipWaiting()));
});

self.addEventListener('activate', (event) => {
  event.waitUntil(dropOlder().then(() => self.clients.claim()));
});

self.addEventListener('fetch', (event: FetchEvent) => {
  const { request } = event;
  const url = new URL(request.url);
  if (request.method !== 'GET' || url.origin !== self.location.origin || /^\/(api|metrics|openapi)\b/.test(url.pathname)) return;
  if (request.mode === 'navigate') event.respondWith(page(request));
  else if (__SHELL__.files.includes(url.pathname)) event.respondWith(file(request, url.pathname));
});

async function keepShell(): Promise<void> {
  const cache = await caches.open(CACHE);
  await Promise.all(
    ['/', ...__SHELL__.files].map(async (path) => {
      const answer = await fetch(path, { cache: 'no-cache', redirect: 'error' });
      const type = TYPES[path === '/' ? path : (path.split('.').at(-1) ?? '')];
      if (!answer.ok || type?.test(answer.headers.get('Content-Type') ?? '') !== true) throw new Error(`${path} is not ours`);
      if (path === '/' && !(await answer.clone().text()).includes('id="app"')) throw new Error('the page is not ours');
      await cache.put(path, answer);
    }),
  );
}

async function dropOlder(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(PREFIX) && name !== CACHE).map((name) => caches.delete(name)));
}

/** Whatever the network answers is shown, a proxy's sign-in page too; silence is answered with the shell. */
async function page(request: Request): Promise<Response> {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), NAVIGATION_MS);
  try {
    return await fetch(request, { signal: stop.signal });
  } catch {
    return (await (await caches.open(CACHE)).match('/')) ?? Response.error();
  } finally {
    clearTimeout(timer);
  }
}

/** Files with a hash in their name never change; the others are asked for first. */
async function file(request: Request, path: string): Promise<Response> {
  const kept = await (await caches.open(CACHE)).match(path);
  if (kept !== undefined && path.startsWith('/assets/')) return kept;
  try {
    return await fetch(request);
  } catch {
    return kept ?? Response.error();
  }
}
