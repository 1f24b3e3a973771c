/** What the page knows of nodes and network: one snapshot, then the stream of changes. */

import type { Failure } from '@wakeful/session';
import { api } from './api/client.js';
import type { Blind, LogEntry, Network, Node, Spans } from './api/model.js';
import { clock } from './clock.svelte.js';
import { follow } from './domain/track.js';
import { chainBlindSince } from './domain/verdict.js';
import { session } from './session.svelte.js';
import { Stream } from './stream.js';

export type Load = { readonly state: 'loading' } | { readonly state: 'ready' } | { readonly state: 'failed'; readonly failure: Failure; readonly at: number };

const LOG_LENGTH = 50;
const RETRY_MS = 8_000;

class Live {
  nodes = $state.raw<ReadonlyMap<string, Node>>(new Map());
  network = $state.raw<Network | null>(null);
  history = $state.raw<ReadonlyMap<string, Spans>>(new Map());
  log = $state.raw<readonly LogEntry[] | null>(null);
  limit = $state(100);
  load = $state.raw<Load>({ state: 'loading' });
  /** Counts changes of the nodes' states: pages that show more than is held here ask again when it moves. */
  turns = $state(0);

  readonly all = $derived([...this.nodes.values()]);
  readonly blindSince = $derived(chainBlindSince(this.network?.blind));

  #owner: string | null = null;
  #sid: string | null = null;
  #stream: Stream | null = null;
  #waiting: Map<string, Node | null> | null = null;
  #logTimer: ReturnType<typeof setTimeout> | null = null;
  #retryTimer: ReturnType<typeof setTimeout> | null = null;

  /** Starts for an account. Another account never sees what the one before it saw; the same one keeps it. */
  start(userId: string, sid: string | null): void {
    if (this.#owner === userId && (sid === null || sid === this.#sid)) return;
    if (this.#owner !== userId) this.wipe();
    this.#owner = userId;
    this.#sid = sid ?? this.#sid;
    this.#stream?.stop();
    this.#stream = new Stream(
      () => this.#sid,
      {
        node: (node) => this.put([node]),
        removed: (address) => this.drop([address]),
        network: (network) => this.#see(network),
        blind: (blind) => this.#seeBlind(blind),
        session: () => session.client.hint('the stream says so', true),
        again: () => {
          session.client.hint('stream reconnected');
          void this.refresh();
        },
      },
    );
    void this.refresh();
  }

  /** The session is over and the view stays: what is shown stands still until somebody is back. */
  pause(): void {
    this.#sid = null;
    this.#stream?.stop();
    this.#stream = null;
    if (this.#logTimer !== null) clearTimeout(this.#logTimer);
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    this.#logTimer = null;
  }

  wipe(): void {
    this.pause();
    this.#owner = null;
    this.nodes = new Map();
    this.network = null;
    this.history = new Map();
    this.log = null;
    this.load = { state: 'loading' };
  }

  /** Asks for everything once. What the stream brought meanwhile is newer and wins. */
  async refresh(): Promise<void> {
    const owner = this.#owner;
    if (this.#retryTimer !== null) clearTimeout(this.#retryTimer);
    const waiting = new Map<string, Node | null>();
    this.#waiting = waiting;
    const [nodes, network, history] = await Promise.all([api.nodes(), api.network(), api.history(24), this.#readLog()]);
    if (owner !== this.#owner) return;
    if (this.#waiting === waiting) this.#waiting = null;
    if (network.ok) this.#see(network.data);
    if (history.ok) this.history = new Map(history.data.nodes.map(({ address, chain, endpoint }) => [address, { chain, endpoint }]));
    if (!nodes.ok) {
      if (this.load.state !== 'ready') this.load = { state: 'failed', failure: nodes.failure, at: clock.now };
      this.#retryTimer = setTimeout(() => void this.refresh(), RETRY_MS);
      return;
    }
    const next = new Map(nodes.data.nodes.map((node) => [node.address, node]));
    for (const [address, node] of waiting) {
      if (node === null) next.delete(address);
      else next.set(address, node);
    }
    this.limit = nodes.data.limit ?? this.limit;
    this.nodes = next;
    this.load = { state: 'ready' };
    this.turns += 1;
  }

  put(changed: readonly Node[]): void {
    const next = new Map(this.nodes);
    let turned = false;
    for (const node of changed) {
      this.#waiting?.set(node.address, node);
      turned ||= turn(next.get(node.address), node);
      next.set(node.address, node);
    }
    this.nodes = next;
    this.#follow(changed);
    if (turned) {
      this.turns += 1;
      this.#readLogSoon();
    }
  }

  drop(addresses: readonly string[]): void {
    const next = new Map(this.nodes);
    for (const address of addresses) {
      this.#waiting?.set(address, null);
      next.delete(address);
    }
    this.nodes = next;
  }

  #follow(changed: readonly Node[]): void {
    const history = new Map(this.history);
    for (const node of changed) history.set(node.address, follow(history.get(node.address) ?? { chain: [], endpoint: [] }, node, clock.now));
    this.history = history;
  }

  #see(network: Network): void {
    const blindChanged = (this.network?.blind === null) !== (network.blind === null);
    this.network = network;
    if (blindChanged) this.#readLogSoon();
  }

  #seeBlind(blind: Blind | null): void {
    if (this.network !== null) this.#see({ ...this.network, blind });
  }

  async #readLog(): Promise<void> {
    const owner = this.#owner;
    const reply = await api.log(LOG_LENGTH);
    if (reply.ok && owner === this.#owner) this.log = reply.data.entries;
  }

  /** One question for a burst of changes. */
  #readLogSoon(): void {
    this.#logTimer ??= setTimeout(() => {
      this.#logTimer = null;
      void this.#readLog();
    }, 1_000);
  }
}

/** True when a change is one that the log tells about. */
function turn(before: Node | undefined, after: Node): boolean {
  if (before === undefined) return true;
  return (
    before.status !== after.status ||
    before.silent !== after.silent ||
    before.stuck !== after.stuck ||
    before.overdue !== after.overdue ||
    before.chain.state !== after.chain.state ||
    before.chain.job !== after.chain.job
  );
}

export const live = new Live();
