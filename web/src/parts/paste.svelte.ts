/** Pasted addresses, their verdicts while typing, and what a first look at the chain says of them. */

import { api } from '../api/client.js';
import type { AddError, Found, Node } from '../api/model.js';
import { checkPaste } from '../domain/address.js';
import type { Line } from '../domain/address.js';
import { live } from '../live.svelte.js';

const TYPING_MS = 350;

export class Paste {
  text = $state('');
  names = $state<Record<string, string>>({});
  found = $state.raw<ReadonlyMap<string, Found>>(new Map());
  refused = $state.raw<ReadonlyMap<string, AddError>>(new Map());
  busy = $state(false);

  readonly room = $derived(Math.max(0, live.limit - live.nodes.size));
  readonly lines = $derived<Line[]>(checkPaste(this.text, new Set(live.nodes.keys()), this.room));
  readonly good = $derived(this.lines.filter((line) => line.kind === 'good').map((line) => line.address));
  readonly looked = $derived(this.good.filter((address) => this.found.has(address)).length);

  #timer: ReturnType<typeof setTimeout> | null = null;
  #asking: AbortController | null = null;

  /** Something was typed: look, once the typing pauses, at what was not looked at yet. */
  typed(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), TYPING_MS);
  }

  stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#asking?.abort();
  }

  /** Saves what is good. It waits for no look. Null when the server could not be asked. */
  async watch() {
    this.busy = true;
    const reply = await api.add(this.good.map((address) => ({ address, ...(this.names[address]?.trim() ? { name: this.names[address].trim() } : {}) })));
    this.busy = false;
    if (reply.ok) this.#take(reply.data.nodes, reply.data.errors);
    else if (reply.failure.kind === 'problem') this.#take([], reply.failure.errors.flatMap(toAddError));
    return reply;
  }

  #take(added: readonly Node[], errors: readonly AddError[]): void {
    live.put(added);
    this.refused = new Map(errors.map((error) => [error.address, error]));
  }

  async #look(): Promise<void> {
    const addresses = this.good.filter((address) => !this.found.has(address));
    if (addresses.length === 0) return;
    this.#asking?.abort();
    this.#asking = new AbortController();
    const reply = await api.preview(addresses.slice(0, 100), this.#asking.signal);
    if (!reply.ok) return;
    this.found = new Map([...this.found, ...reply.data.found.map((entry) => [entry.address, entry] as const)]);
  }
}

const toAddError = (item: { address?: string; code: string; detail: string }): AddError[] =>
  item.address === undefined ? [] : [{ address: item.address, code: item.code, detail: item.detail }];
