/** The one sentence of the overview, as numbers: the catalogue has the words. */

import type { Blind, Node } from '../api/model.js';
import { cannotBeSeen, firstLook, isWell, needsYou, tallyKey } from './status.js';

export interface Verdict {
  /** Set while the chain cannot be seen: the sentence is about then. */
  readonly blindSince: string | null;
  readonly all: number;
  readonly need: number;
  readonly unseen: number;
  readonly looking: number;
  readonly well: number;
  readonly running: number;
  /** Well and not running: queued or up. */
  readonly waiting: number;
}

/** Since when the chain cannot be seen; null while it can. Blind endpoints alone put no sentence into the past. */
export function chainBlindSince(blind: Blind | null | undefined): string | null {
  return blind?.sources.find((source) => source.source === 'chain')?.since ?? null;
}

export function verdict(nodes: readonly Node[], blindSince: string | null): Verdict {
  const blind = blindSince !== null;
  const count = (test: (node: Node) => boolean) => nodes.filter(test).length;
  const well = count((node) => isWell(node, blind));
  const running = count((node) => isWell(node, blind) && tallyKey(node, blind) === 'running');
  return {
    blindSince,
    all: nodes.length,
    need: count((node) => needsYou(node, blind)),
    unseen: count((node) => cannotBeSeen(node, blind)),
    looking: count(firstLook),
    well,
    running,
    waiting: well - running,
  };
}
