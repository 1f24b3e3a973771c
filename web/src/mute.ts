/** Silence by wish: takes effect at once and can be taken back. */

import { alerts } from './api/alerts.js';
import type { Mute } from './api/alerts.js';
import type { Node } from './api/model.js';
import { clock } from './clock.svelte.js';
import { live } from './live.svelte.js';
import { say } from './messages/index.svelte.js';
import { reader } from './reader.svelte.js';
import { toasts } from './toasts.svelte.js';
import { failureText } from './words.js';

/** Until when a node says nothing; null = it speaks. */
export const mutedUntil = (node: Node): string | null => (node.muted_until !== null && Date.parse(node.muted_until) > clock.slow ? node.muted_until : null);

/** Mutes nodes, or with null lets them speak; says so, with a way back. True when it is done. */
export async function mute(nodes: readonly Node[], until: Mute | null): Promise<boolean> {
  const [first] = nodes;
  if (first === undefined) return false;
  const reply = await alerts.mute({ addresses: nodes.map((node) => node.address) }, until);
  if (!reply.ok) {
    toasts.error(failureText(reply.failure));
    return false;
  }
  live.put(reply.data.nodes);
  const t = say.t.mute;
  const name = reader.name(first);
  if (until === null || reply.data.muted_until === null) {
    toasts.say(nodes.length === 1 ? t.spoken(name) : t.spokenMany(nodes.length));
    return true;
  }
  const time = reader.since(reply.data.muted_until);
  toasts.say(nodes.length === 1 ? t.done(name, time) : t.doneMany(nodes.length, time), { label: say.t.toast.undo, run: () => void mute(nodes, null) });
  return true;
}
