/** The uptime strip as plain intervals: two axes become one line of segments. */

import type { Node, Span, Spans } from '../api/model.js';

/** What stands above the line (the chain) in one interval. */
export type Above = 'running' | 'queued' | 'none' | 'unknown' | 'before';
/** What stands below it (the endpoint). */
export type Below = 'up' | 'silent' | 'unknown' | 'before';
export type SegmentKind = 'running' | 'queued' | 'up' | 'stuck' | 'idle' | 'offline' | 'running_silent' | 'queued_silent' | 'chain_unseen' | 'unseen' | 'before';

export interface Segment {
  readonly from: number;
  readonly to: number;
  readonly above: Above;
  readonly below: Below;
  readonly kind: SegmentKind;
  /** Another job begins here although the state before was running too: a gap separates them. */
  readonly gap: boolean;
}

/** Up without a place or a job for this long was stuck, whatever it did meanwhile. */
const STUCK_MS = 60 * 60_000;

interface Piece<State> {
  readonly from: number;
  readonly to: number;
  readonly state: State;
  readonly subject: string | null;
}

/**
 * The segments between `from` and `to` (ms), without holes: what no span covers lies before we watched.
 * Whether the node is stuck now is the server's word, not a matter of this drawing.
 */
export function segments(spans: Spans, from: number, to: number, stuckNow: boolean): Segment[] {
  const chain = pieces<Above>(spans.chain, from, to);
  const endpoint = pieces<Below>(spans.endpoint, from, to);
  const cuts = [...new Set([from, to, ...chain.flatMap(edges), ...endpoint.flatMap(edges)])].sort((a, b) => a - b);
  const found: Segment[] = [];
  let run: string | null = null;
  cuts.slice(0, -1).forEach((start, index) => {
    const end = cuts[index + 1] ?? to;
    const piece = at(chain, start);
    const above: Above = piece?.state ?? 'before';
    const below: Below = at(endpoint, start)?.state ?? 'before';
    const here = above === 'running' ? (piece?.subject ?? null) : null;
    const gap = run !== null && here !== null && here !== run;
    run = above === 'running' ? (here ?? run) : null;
    const last = found.at(-1);
    if (last !== undefined && !gap && last.above === above && last.below === below) found[found.length - 1] = { ...last, to: end };
    else found.push({ from: start, to: end, above, below, kind: kindOf(above, below), gap });
  });
  return found.map((segment) => {
    const stuck = segment.kind === 'up' && (segment.to === to ? stuckNow : segment.to - segment.from >= STUCK_MS);
    return stuck ? { ...segment, kind: 'stuck' } : segment;
  });
}

const edges = (piece: { from: number; to: number }): number[] => [piece.from, piece.to];

function pieces<State extends string>(spans: readonly Span[], from: number, to: number): Piece<State>[] {
  return spans
    .map((span) => ({
      from: Math.max(Date.parse(span.from), from),
      to: Math.min(span.to === null ? to : Date.parse(span.to), to),
      state: span.state as unknown as State,
      subject: span.subject,
    }))
    .filter((piece) => piece.to > piece.from);
}

function at<State>(list: readonly Piece<State>[], time: number): Piece<State> | undefined {
  return list.find((piece) => piece.from <= time && time < piece.to);
}

function kindOf(above: Above, below: Below): SegmentKind {
  if (above === 'before' && below === 'before') return 'before';
  if (above === 'running') return below === 'silent' ? 'running_silent' : 'running';
  if (above === 'queued') return below === 'silent' ? 'queued_silent' : 'queued';
  if (above === 'none') {
    if (below === 'up') return 'up';
    if (below === 'silent') return 'offline';
    return below === 'unknown' ? 'unseen' : 'idle';
  }
  return below === 'unknown' || below === 'before' ? 'unseen' : 'chain_unseen';
}

/** Share (0–1) of the watched and seen time in which the chain named the node in a run; null when nothing was seen. */
export function runningShare(list: readonly Segment[]): number | null {
  const length = (test: (segment: Segment) => boolean) => list.filter(test).reduce((sum, segment) => sum + segment.to - segment.from, 0);
  const seen = length((segment) => segment.above !== 'unknown' && segment.above !== 'before');
  return seen === 0 ? null : length((segment) => segment.above === 'running') / seen;
}

/** Share (0–1) of the time in which we could look and the node was up or at work. */
export function upShare(list: readonly Segment[]): number | null {
  const length = (test: (segment: Segment) => boolean) => list.filter(test).reduce((sum, segment) => sum + segment.to - segment.from, 0);
  const seen = length((segment) => segment.below === 'up' || segment.below === 'silent');
  return seen === 0 ? null : length((segment) => segment.below === 'up') / seen;
}

/** The spans after a live change: the open one is closed where the new state began. */
export function follow(spans: Spans, node: Node, now: number): Spans {
  const { chain, endpoint } = node;
  const subject = chain.state === 'running' ? chain.run : chain.state === 'queued' ? chain.market : null;
  return {
    chain: extend(spans.chain, { state: chain.state, why: chain.why, subject }, chain.since, now),
    endpoint: extend(spans.endpoint, { state: endpoint.state, why: endpoint.why, subject: null }, endpoint.since, now),
  };
}

function extend(list: readonly Span[], change: Omit<Span, 'from' | 'to'>, since: string, now: number): readonly Span[] {
  const last = list.at(-1);
  const open = last?.to === null ? last : undefined;
  if (open !== undefined && open.state === change.state && open.subject === change.subject) return list;
  // Another job within one state begins now, not when the state did.
  const began = open !== undefined && Date.parse(open.from) >= Date.parse(since) ? now : Date.parse(since);
  const from = new Date(began).toISOString();
  return [...(open === undefined ? list : [...list.slice(0, -1), { ...open, to: from }]), { ...change, from, to: null }];
}
