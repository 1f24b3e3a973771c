/** *Look now*: one scan for whoever asks at the same time. */

import { api } from './api/client.js';
import { live } from './live.svelte.js';
import { say } from './messages/index.svelte.js';
import { toasts } from './toasts.svelte.js';

class LookNow {
  busy = $state(false);

  async now(): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    const reply = await api.lookNow();
    this.busy = false;
    if (reply.ok) toasts.say(say.t.toast.looked(reply.data.updated, reply.data.total));
    else toasts.error(say.t.toast.notLooked, { label: say.t.toast.again, run: () => void this.now() });
    void live.refresh();
  }
}

export const look = new LookNow();
