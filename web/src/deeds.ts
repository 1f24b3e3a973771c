/** What a press on a notification asked for: done once, by the page and in the name of whoever is signed in. */

import { alerts } from './api/alerts.js';
import { live } from './live.svelte.js';
import { say } from './messages/index.svelte.js';
import { mute } from './mute.js';
import { DEEDS, deedUrl } from './push-message.js';
import type { Deed } from './push-message.js';
import { toasts } from './toasts.svelte.js';
import { failureText } from './words.js';

/** Takes the deed out of its place: a second look, or a link from elsewhere, finds nothing. */
async function take(nonce: string): Promise<Deed | null> {
  try {
    const cache = await caches.open(DEEDS);
    const kept = await cache.match(deedUrl(nonce));
    if (kept === undefined || !(await cache.delete(deedUrl(nonce)))) return null;
    return (await kept.json()) as Deed;
  } catch {
    return null;
  }
}

export async function perform(nonce: string): Promise<void> {
  const deed = await take(nonce);
  if (deed === null) return;
  if (deed.do === 'mute') {
    const node = deed.node === null ? undefined : live.nodes.get(deed.node);
    if (node !== undefined) await mute([node], '8h');
    return;
  }
  const page = await alerts.page({ node: deed.node, topic: null, destination: null }, null, 200);
  if (!page.ok) {
    toasts.error(failureText(page.failure));
    return;
  }
  const meant = page.data.alerts.filter((alert) => alert.acknowledged === null && alert.deliveries.some(({ message }) => message?.id === deed.message));
  const replies = await Promise.all(meant.map((alert) => alerts.acknowledge(alert.id)));
  const bad = replies.find((reply) => !reply.ok);
  if (bad !== undefined && !bad.ok) toasts.error(failureText(bad.failure));
  else toasts.say(say.t.alerts.seenDone);
}
