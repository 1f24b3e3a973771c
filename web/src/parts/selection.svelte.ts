/** Which nodes are selected. What leaves the list leaves the selection. */

import { SvelteSet } from 'svelte/reactivity';

export class Selection {
  readonly addresses = new SvelteSet<string>();

  toggle(address: string): void {
    if (!this.addresses.delete(address)) this.addresses.add(address);
  }

  all(addresses: readonly string[]): void {
    const every = addresses.every((address) => this.addresses.has(address));
    this.addresses.clear();
    if (!every) for (const address of addresses) this.addresses.add(address);
  }

  keep(present: ReadonlySet<string>): void {
    for (const address of this.addresses) if (!present.has(address)) this.addresses.delete(address);
  }
}
