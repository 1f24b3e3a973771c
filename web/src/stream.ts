/**
 * The stream of changes: held while the page is visible, resumed where it was left. On HTTP/1.1 a browser has six connections
 * for all its tabs: a hidden one gives its stream up as soon as another tab opens one.
 */

import type { Blind, Network, Node } from './api/model.js';

const HIDDEN_MS = 30_000;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000, 20_000, 30_000] as const;
/** After a longer absence the page asks for everything again: the server may not remember that far. */
const LONG_MS = 60_000;

export interface Heard {
  node(node: Node): void;
  removed(address: string): void;
  network(network: Network): void;
  blind(blind: Blind | null): void;
  session(): void;
  /** Connected again after so long that changes may have been missed. */
  again(): void;
}

export class Stream {
  readonly #sid: () => string | null;
  readonly #heard: Heard;
  #source: EventSource | null = null;
  #after: string | null = null;
  #failures = 0;
  #brokenAt: number | null = null;
  #timer: ReturnType<typeof setTimeout> | null = null;
  readonly #onVisibility = () => this.#visibility();
  readonly #tabs = 'BroadcastChannel' in globalThis ? new BroadcastChannel('wakeful.stream') : null;

  constructor(sid: () => string | null, heard: Heard) {
    this.#sid = sid;
    this.#heard = heard;
    document.addEventListener('visibilitychange', this.#onVisibility);
    this.#tabs?.addEventListener('message', () => {
      if (document.visibilityState !== 'hidden') return;
      this.#wait(null, 0);
      this.#close();
    });
    // A tab that was opened in the background waits until it is looked at.
    if (document.visibilityState === 'hidden') this.#brokenAt = performance.now();
    else this.#open();
  }

  stop(): void {
    document.removeEventListener('visibilitychange', this.#onVisibility);
    this.#wait(null, 0);
    this.#close();
    this.#tabs?.close();
  }

  #open(): void {
    this.#tabs?.postMessage('open');
    const query = new URLSearchParams();
    const sid = this.#sid();
    if (sid !== null) query.set('sid', sid);
    if (this.#after !== null) query.set('after', this.#after);
    const source = new EventSource(`/api/events?${query.toString()}`);
    this.#source = source;
    source.addEventListener('open', () => this.#opened());
    source.addEventListener('error', () => this.#broke(source));
    const on = <T>(name: string, tell: (data: T) => void) =>
      source.addEventListener(name, (event: MessageEvent<string>) => {
        if (event.lastEventId !== '') this.#after = event.lastEventId;
        tell(JSON.parse(event.data) as T);
      });
    on<Node>('node', (node) => this.#heard.node(node));
    on<{ address: string }>('removed', ({ address }) => this.#heard.removed(address));
    on<Network>('network', (network) => this.#heard.network(network));
    on<Blind | null>('blind', (blind) => this.#heard.blind(blind));
    on<unknown>('session', () => this.#heard.session());
  }

  #opened(): void {
    const away = this.#brokenAt === null ? 0 : performance.now() - this.#brokenAt;
    // Without a place to resume from, what was missed is not known.
    const missed = this.#brokenAt !== null && this.#after === null;
    this.#failures = 0;
    this.#brokenAt = null;
    if (away > LONG_MS || missed) this.#heard.again();
  }

  #broke(source: EventSource): void {
    if (source !== this.#source) return;
    this.#close();
    // A stream that the server closed may mean that the session ended: a reason to ask, and no more.
    this.#heard.session();
    if (document.visibilityState === 'hidden') return;
    const wait = RETRY_MS[Math.min(this.#failures, RETRY_MS.length - 1)] ?? 30_000;
    this.#failures += 1;
    // Not all pages of a restarted server come back in the same instant.
    this.#wait(() => this.#open(), wait * (0.5 + Math.random()));
  }

  #close(): void {
    this.#brokenAt ??= performance.now();
    this.#source?.close();
    this.#source = null;
  }

  #visibility(): void {
    if (document.visibilityState === 'hidden') {
      this.#wait(() => this.#close(), HIDDEN_MS);
    } else {
      this.#wait(null, 0);
      if (this.#source === null) this.#open();
    }
  }

  #wait(run: (() => void) | null, ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = run === null ? null : setTimeout(run, ms);
  }
}
