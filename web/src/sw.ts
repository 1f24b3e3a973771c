/**
 * The service worker: keeps the app's shell, so that it opens without a network. It never touches the API: whatever comes
 * from there is the server's own word, or nothing. The network comes first; the kept shell is only for when there is none.
 * And it shows what the server pushes. It acts in nobody's name: a press on a notification opens the page, which does it.
 */

import { DEEDS, actionsOf, deedPath, deedUrl, readMessage } from './push-message.js';
import type { Deed, PushMessage } from './push-message.js';

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

self.addEventListener('push', (event) => {
  event.waitUntil(show(readMessage(event.data?.text() ?? null, navigator.language)));
});

self.addEventListener('notificationclick', (event) => {
  event.notification.close();
  event.waitUntil(open(event.notification.data as PushMessage, event.action));
});

// The page tells the server when it is next opened: there is somebody's session then. Browsers that renew by themselves
// hand the new subscription over; for the others it is asked for here.
self.addEventListener('pushsubscriptionchange', (event) => {
  const { oldSubscription, newSubscription } = event as Event as { oldSubscription?: PushSubscription | null; newSubscription?: PushSubscription | null };
  const key = oldSubscription?.options.applicationServerKey;
  if (newSubscription != null || key == null) return;
  (event as ExtendableEvent).waitUntil(self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: key }));
});

function show(message: PushMessage): Promise<void> {
  return self.registration.showNotification(message.title, {
    body: message.body,
    tag: message.tag,
    data: message,
    icon: '/icon-192.png',
    badge: '/badge.png',
    // Known to browsers, not yet to the types: a replaced notification sounds again, and says its own time.
    ...{ renotify: true, actions: actionsOf(message, navigator.language), ...(message.at === null ? {} : { timestamp: message.at }) },
  });
}

/** Opens the page of the message in a window of ours that is there, else in a new one. */
async function open(message: PushMessage, action: string): Promise<void> {
  let path = message.path;
  if (action === 'mute' || action === 'seen') {
    const nonce = crypto.randomUUID();
    const deed: Deed = { do: action, node: message.node, message: message.id };
    await (await caches.open(DEEDS)).put(deedUrl(nonce), new Response(JSON.stringify(deed)));
    path = deedPath(path, nonce);
  }
  const [window] = await self.clients.matchAll({ type: 'window' });
  if (window === undefined) {
    await self.clients.openWindow(path);
    return;
  }
  // The page goes there by itself: what somebody writes in it is not lost.
  window.postMessage({ go: path });
  await window.focus().catch(() => undefined);
}

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
