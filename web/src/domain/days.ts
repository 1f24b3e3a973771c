/** Weeks of a strip as one column a day: the shares of what a node did, the worst nearest the line. */

import type { Segment, SegmentKind } from './track.js';

/** What a column is split into, from the line upwards. */
export const PARTS = ['silent', 'stuck', 'unseen', 'up', 'queued', 'running'] as const;
export type Part = (typeof PARTS)[number];

/** One day of the person's own calendar; the shares are of the whole day and add up to at most 1. */
export interface Day {
  readonly from: number;
  readonly to: number;
  readonly shares: Readonly<Record<Part, number>>;
}

const PART_OF: Record<SegmentKind, Part | null> = {
  running: 'running',
  queued: 'queued',
  up: 'up',
  stuck: 'stuck',
  idle: 'up',
  offline: 'silent',
  running_silent: 'silent',
  queued_silent: 'silent',
  chain_unseen: 'unseen',
  unseen: 'unseen',
  before: null,
};

/** The days between the midnights. `midnights` are in order; the first and the last day may be cut by `from` and `to`. */
export function days(list: readonly Segment[], from: number, to: number, midnights: readonly number[]): Day[] {
  const bounds = [from, ...midnights.filter((at) => at > from && at < to), to];
  return bounds.slice(0, -1).map((start, index) => {
    const end = bounds[index + 1] ?? to;
    const shares: Record<Part, number> = { silent: 0, stuck: 0, unseen: 0, up: 0, queued: 0, running: 0 };
    for (const segment of list) {
      const part = PART_OF[segment.kind];
      const length = Math.min(segment.to, end) - Math.max(segment.from, start);
      if (part !== null && length > 0) shares[part] += length / (end - start);
    }
    return { from: start, to: end, shares };
  });
}

/** The parts of a day that are not nothing, worst first, for words. */
export function told(day: Day): { part: Part; share: number }[] {
  return PARTS.map((part) => ({ part, share: day.shares[part] })).filter(({ share }) => share >= 0.0005);
}
