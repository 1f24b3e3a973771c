/** How well we see, source by source. */

import type { Network, Node, Source } from '../api/model.js';

export type Seeing = 'seen' | 'stale' | 'blind' | 'waiting';

const PERIOD_MS = 30_000;
const STALE_MS = 3 * PERIOD_MS;

export interface Sight {
  readonly source: Source;
  readonly seeing: Seeing;
  /** When it was last read; null when never. */
  readonly at: string | null;
  readonly blindSince: string | null;
}

export function sights(network: Network, now: number): Sight[] {
  return [
    sight('chain', network.at, network, now),
    ...(network.endpoints.asked > 0 || network.endpoints.at !== null ? [sight('endpoints', network.endpoints.at, network, now)] : []),
    // The indexer is read for histories only: it is named when it fails.
    ...(network.blind?.sources.some((entry) => entry.source === 'indexer') === true ? [sight('indexer', null, network, now)] : []),
  ];
}

function sight(source: Sight['source'], at: string | null, network: Network, now: number): Sight {
  const blindSince = network.blind?.sources.find((entry) => entry.source === source)?.since ?? null;
  if (blindSince !== null) return { source, seeing: 'blind', at, blindSince };
  if (at === null) return { source, seeing: 'waiting', at, blindSince };
  return { source, seeing: now - Date.parse(at) > STALE_MS ? 'stale' : 'seen', at, blindSince };
}

/** When the chain was last read for this node: a scan that changed nothing about it counts too. Unknown stays as old as it is. */
export function chainReadAt(node: Node, network: Network | null): string | null {
  const { at, state } = node.chain;
  if (state === 'unknown' || network?.at == null) return at;
  return at === null || network.at > at ? network.at : at;
}
