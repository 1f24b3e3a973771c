/** What a person was writing: it outlives a blanked page, and is given back to the same account only. */

import { SvelteMap } from 'svelte/reactivity';

export class Drafts {
  readonly #kept = new SvelteMap<string, unknown>();
  #owner: string | null = null;

  /** Somebody is signed in. What another account was writing is forgotten. */
  own(account: string): void {
    if (this.#owner !== null && this.#owner !== account) this.#kept.clear();
    this.#owner = account;
  }

  get any(): boolean {
    return this.#kept.size > 0;
  }

  has(place: string): boolean {
    return this.#kept.has(place);
  }

  read<T>(place: string): T | null {
    return (this.#kept.get(place) as T | undefined) ?? null;
  }

  keep(place: string, draft: unknown): void {
    this.#kept.set(place, draft);
  }

  drop(place: string): void {
    this.#kept.delete(place);
  }
}

export const drafts = new Drafts();
