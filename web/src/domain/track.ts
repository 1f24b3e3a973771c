/** The uptime strip as plain intervals: two axes become one line of segments. */

import type { Activity, Node, Span } from '../api/model.js';

export interface Spans {
  readonly chain: readonly Span[];
  readonly endpoint: readonly Span[];
}

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
  readonly activity: Activity | null;
}

const SHORT_MS = 10 * 60_000;
const LONG_MS = 60 * 60_000;
const SOON_STUCK: ReadonlySet<Activity> = new Set(['starting', 'restarting', 'joining_market', 'queued'] as Activity[]);

interface Piece<State> {
  readonly from: number;
  readonly to: number;
  readonly state: State;
  readonly job: string | null;
  readonly activity: Activity | null;
}

/** The segments between `from` and `to` (ms), without holes: what no span covers lies before we watched. */
export function segments(spans: Spans, from: number, to: number): Segment[] {
  const chain = pieces<Above>(spans.chain, from, to);
  const endpoint = pieces<Below>(spans.endpoint, from, to);
  const cuts = [...new Set([from, to, ...chain.flatMap(edges), ...endpoint.flatMap(edges)])].sort((a, b) => a - b);
  const found: Segment[] = [];
  let job: string | null = null;
  cuts.slice(0, -1).forEach((start, index) => {
    const end = cuts[index + 1] ?? to;
    const above = at(chain, start);
    const below = at(endpoint, start);
    const upper: Above = above?.state ?? 'before';
    const lower: Below = below?.state ?? 'before';
    const gap = upper === 'running' && job !== null && above?.job != null && above.job !== job;
    job = upper === 'running' ? (above?.job ?? job) : null;
    const segment: Segment = { from: start, to: end, above: upper, below: lower, kind: kindOf(upper, lower), gap, activity: below?.activity ?? null };
    const last = found.at(-1);
    if (last !== undefined && !gap && last.above === upper && last.below === lower && last.activity === segment.activity) {
      found[found.length - 1] = { ...last, to: end };
    } else found.push(segment);
  });
  return withStuck(found);
}

const edges = (piece: { from: number; to: number }): number[] => [piece.from, piece.to];

function pieces<State extends string>(spans: readonly Span[], from: number, to: number): Piece<State>[] {
  return spans
    .map((span) => ({
      from: Math.max(Date.parse(span.from), from),
      to: Math.min(span.to === null ? to : Date.parse(span.to), to),
      state: span.state as unknown as State,
      job: span.job,
      activity: span.activity,
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

/** Up without a place or a job for too long is drawn as stuck, from its beginning. */
function withStuck(list: readonly Segment[]): Segment[] {
  const result = [...list];
  for (let first = 0; first < result.length; first += 1) {
    if (result[first]?.kind !== 'up') continue;
    let last = first;
    while (result[last + 1]?.kind === 'up') last += 1;
    const run = result.slice(first, last + 1);
    const limit = run.every((segment) => segment.activity !== null && SOON_STUCK.has(segment.activity)) ? SHORT_MS : LONG_MS;
    const length = (run.at(-1)?.to ?? 0) - (run[0]?.from ?? 0);
    if (length >= limit) run.forEach((segment, index) => (result[first + index] = { ...segment, kind: 'stuck' }));
    first = last;
  }
  return result;
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
  const chain = extend(spans.chain, {
    state: node.chain.state,
    since: node.chain.since,
    now,
    why: node.chain.why,
    market: node.chain.market,
    job: node.chain.job,
    activity: null,
  });
  const endpoint = extend(spans.endpoint, {
    state: node.endpoint.state,
    since: node.endpoint.since,
    now,
    why: node.endpoint.why,
    market: null,
    job: null,
    activity: node.endpoint.activity,
  });
  return { chain, endpoint };
}

type Change = Omit<Span, 'from' | 'to'> & { since: string | null; now: number };

function extend(list: readonly Span[], { since, now, ...change }: Change): readonly Span[] {
  const open = list.at(-1);
  const same = open !== undefined && open.to === null && open.state === change.state && open.job === change.job && open.activity === change.activity;
  if (same) return list;
  const stateBegan = since === null ? now : Date.parse(since);
  // A new activity or job within one state begins now, not when the state did.
  const began = open !== undefined && open.to === null && Date.parse(open.from) >= stateBegan ? now : stateBegan;
  const from = new Date(began).toISOString();
  const before = open?.to === null ? [...list.slice(0, -1), { ...open, to: from }] : list;
  return [...before, { ...change, from, to: null }];
}
