import { describe, expect, it } from 'vitest';
import { days, told } from './days.js';
import type { Segment, SegmentKind } from './track.js';

const HOUR = 3_600_000;
const piece = (fromHour: number, toHour: number, kind: SegmentKind): Segment => ({ from: fromHour * HOUR, to: toHour * HOUR, above: 'none', below: 'up', kind, gap: false });

describe('days', () => {
  it('splits a day by shares that add up to what was watched', () => {
    const [day] = days([piece(0, 12, 'running'), piece(12, 18, 'offline'), piece(18, 24, 'unseen')], 0, 24 * HOUR, []);
    expect(day?.shares).toEqual({ silent: 0.25, stuck: 0, unseen: 0.25, up: 0, queued: 0, running: 0.5 });
  });

  it('gives a segment over midnight to both days', () => {
    const two = days([piece(18, 30, 'queued')], 0, 48 * HOUR, [24 * HOUR]);
    expect(two.map((day) => day.shares.queued)).toEqual([0.25, 0.25]);
  });

  it('knows days of 23 and of 25 hours', () => {
    const [short, long] = days([piece(0, 48, 'running')], 0, 48 * HOUR, [23 * HOUR]);
    expect([short?.shares.running, long?.shares.running]).toEqual([1, 1]);
  });

  it('leaves out what was before we watched, and counts silence under a job as silence', () => {
    const [day] = days([piece(0, 12, 'before'), piece(12, 24, 'running_silent')], 0, 24 * HOUR, []);
    expect(told(day!)).toEqual([{ part: 'silent', share: 0.5 }]);
  });
});
