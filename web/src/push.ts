/** This browser's own push: whether it can have one, asking for it, and keeping the server's copy of it current. */

import { alerts } from './api/alerts.js';
import type { Added } from './api/alerts.js';
import type { Reply } from '@wakeful/session';

/** `home_screen`: iOS gives push to apps on the home screen only. */
export type Ability = 'able' | 'insecure' | 'home_screen' | 'unsupported' | 'denied';

interface Surroundings {
  readonly secure: boolean;
  readonly worker: boolean;
  readonly push: boolean;
  readonly permission: NotificationPermission | null;
  readonly agent: string;
  readonly touchPoints: number;
  readonly standalone: boolean;
}

export function abilityOf(here: Surroundings): Ability {
  if (!here.secure) return 'insecure';
  // iPads call themselves Macs, which have no touch screen.
  const ios = /iPhone|iPad|iPod/.test(here.agent) || (here.agent.includes('Macintosh') && here.touchPoints > 1);
  if (ios && !here.standalone) return 'home_screen';
  if (!here.worker || !here.push || here.permission === null) return 'unsupported';
  return here.permission === 'denied' ? 'denied' : 'able';
}

export const ability = (): Ability =>
  abilityOf({
    secure: globalThis.isSecureContext,
    worker: 'serviceWorker' in navigator,
    push: 'PushManager' in globalThis,
    permission: 'Notification' in globalThis ? Notification.permission : null,
    agent: navigator.userAgent,
    touchPoints: navigator.maxTouchPoints,
    standalone: matchMedia('(display-mode: standalone)').matches,
  });

/** The bytes of base64url, as `applicationServerKey` wants them. */
export function bytesOf(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replaceAll('-', '+').replaceAll('_', '/'));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

/** What the browser calls itself, for the list of destinations. */
export function browserName(agent: string): string {
  const browser = /Edg\//.test(agent) ? 'Edge' : /Firefox\//.test(agent) ? 'Firefox' : /Chrome\//.test(agent) ? 'Chrome' : /Safari\//.test(agent) ? 'Safari' : 'Browser';
  const system = /iPhone/.test(agent) ? 'iPhone' : /iPad/.test(agent) ? 'iPad' : /Android/.test(agent) ? 'Android' : /Windows/.test(agent) ? 'Windows' : /Mac/.test(agent) ? 'Mac' : /Linux/.test(agent) ? 'Linux' : null;
  return system === null ? browser : `${browser}, ${system}`;
}

const KEPT = 'wakeful.push';
interface Kept {
  readonly account: string;
  readonly id: string;
  readonly endpoint: string;
}

function kept(): Kept | null {
  try {
    return JSON.parse(localStorage.getItem(KEPT) ?? 'null') as Kept | null;
  } catch {
    return null;
  }
}

function keep(what: Kept | null): void {
  try {
    if (what === null) localStorage.removeItem(KEPT);
    else localStorage.setItem(KEPT, JSON.stringify(what));
  } catch {
    // Then a subscription that the browser renews is noticed by the server only, when it fails.
  }
}

async function tell(account: string, subscription: PushSubscription): Promise<Reply<Added>> {
  const { endpoint, keys } = subscription.toJSON();
  const reply = await alerts.add({
    channel: 'push',
    endpoint: endpoint ?? subscription.endpoint,
    keys: { p256dh: keys?.['p256dh'] ?? '', auth: keys?.['auth'] ?? '' },
    name: browserName(navigator.userAgent),
  });
  if (reply.ok) keep({ account, id: reply.data.id, endpoint: subscription.endpoint });
  return reply;
}

/** Asks for leave and for a subscription, and tells the server. Null: the person or the browser's push service said no. */
export async function subscribe(account: string, key: string): Promise<Reply<Added> | null> {
  if ((await Notification.requestPermission()) !== 'granted') return null;
  const { pushManager } = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytesOf(key) };
  try {
    return await tell(account, await pushManager.subscribe(options));
  } catch (error) {
    const old = await pushManager.getSubscription();
    if (old === null) {
      console.info('push: no subscription', error);
      return null;
    }
    // It is of another installation's key: that one sends nothing to this address any more.
    await old.unsubscribe();
    try {
      return await tell(account, await pushManager.subscribe(options));
    } catch (again) {
      console.info('push: no subscription', again);
      return null;
    }
  }
}

/** The destination of this browser is removed: its subscription goes too. */
export async function unsubscribe(): Promise<void> {
  keep(null);
  const registration = await navigator.serviceWorker?.getRegistration();
  await (await registration?.pushManager.getSubscription())?.unsubscribe();
}

/** The browser may have renewed the subscription meanwhile: the same account tells its server the new one. */
export async function renew(account: string): Promise<void> {
  const known = kept();
  if (known?.account !== account || ability() !== 'able') return;
  const registration = await navigator.serviceWorker.getRegistration();
  const now = (await registration?.pushManager.getSubscription()) ?? null;
  if (now === null || now.endpoint === known.endpoint) return;
  const reply = await tell(account, now);
  if (reply.ok && reply.data.id !== known.id) await alerts.remove(known.id);
}
