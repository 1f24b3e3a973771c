/** Deleting takes effect at once and can be taken back. */

import { api } from './api/client.js';
import type { Node } from './api/model.js';
import { live } from './live.svelte.js';
import { say } from './messages/index.svelte.js';
import { reader } from './reader.svelte.js';
import { router } from './router.svelte.js';
import { toasts } from './toasts.svelte.js';

/** Deletes the nodes; those that the server kept come back with a word about it. */
export async function remove(nodes: readonly Node[]): Promise<void> {
  const [first] = nodes;
  if (first === undefined) return;
  live.drop(nodes.map((node) => node.address));
  const replies = await Promise.all(nodes.map(async (node) => ({ node, reply: await api.remove(node.address) })));
  const gone = replies.filter(({ reply }) => reply.ok || (reply.failure.kind === 'problem' && reply.failure.status === 404)).map(({ node }) => node);
  const kept = nodes.filter((node) => !gone.includes(node));
  if (kept.length > 0) {
    live.put(kept);
    toasts.error(say.t.list.notDeleted(reader.name(kept[0] ?? first)), { label: say.t.toast.again, run: () => void remove(kept) });
    return;
  }
  toasts.say(say.t.list.deleted(gone.length, reader.name(first)), { label: say.t.toast.undo, run: () => void restore(gone) });
}

async function restore(nodes: readonly Node[]): Promise<void> {
  const replies = await Promise.all(nodes.map(async (node) => api.restore(node.address)));
  const back = replies.filter((reply) => reply.ok).map((reply) => reply.data);
  live.put(back);
  if (back.length === nodes.length) toasts.say(say.t.list.restored(back.length));
  else toasts.error(say.t.noAnswer);
}

/** From a node's own page: there is nothing left to stand on. */
export function removeAndLeave(node: Node): Promise<void> {
  router.go('/nodes');
  return remove([node]);
}
