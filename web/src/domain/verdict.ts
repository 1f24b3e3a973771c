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
  const count = (test: (node: Node) => boolean) => nodes.filter(test).length;
  const blind = blindSince !== null;
  const need = blind ? count(neededYou) : count(needsYou);
  const unseen = blind ? count((node) => !neededYou(node) && !firstLook(node) && tallyKey(node, true) === 'unknown') : count(cannotBeSeen);
  const looking = count(firstLook);
  const running = count((node) => (blind ? wasWell(node) : isWell(node)) && tallyKey(node, blind) === 'running');
  const well = nodes.length - need - unseen - looking;
  return { blindSince, all: nodes.length, need, unseen, looking, well, running, waiting: well - running };
}

/** In a blind time: what was known before, and silence that we can still hear beside it. */
function neededYou(node: Node): boolean {
  if (node.status !== 'unknown') return needsYou(node);
  const was = node.last?.status;
  return was === 'offline' || ((was === 'running' || was === 'queued') && node.endpoint.state === 'silent');
}

function wasWell(node: Node): boolean {
  return !neededYou(node) && tallyKey(node, true) !== 'unknown';
}
