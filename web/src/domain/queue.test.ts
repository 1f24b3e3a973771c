import { describe, expect, it } from 'vitest';
import type { Span } from '../api/model.js';
import { placePoints } from './queue.js';
import { steps } from './steps.js';

const at = (minute: number) => new Date(minute * 60_000).toISOString();
const span = (state: Span['state'], from: number, to: number | null, subject: string | null = 'market'): Span => ({ state, from: at(from), to: to === null ? null : at(to), why: null, subject });
const place = (minute: number, position: number, market = 'market') => ({ at: at(minute), position, market });
const values = (spans: Span[], places: ReturnType<typeof place>[]) => steps(placePoints(spans, places, 60 * 60_000), 0, 60 * 60_000).map((step) => [step.from / 60_000, step.value]);

describe('placePoints', () => {
  it('moves up as others are served, and is away while it runs', () => {
    expect(values([span('queued', 0, 30), span('running', 30, null, 'run')], [place(0, 5), place(10, 4), place(20, 1)])).toEqual([
      [0, 5],
      [10, 4],
      [20, 1],
      [30, 'away'],
    ]);
  });

  it('draws no line over the time we could not look', () => {
    expect(values([span('queued', 0, 10), span('unknown', 10, 20, null), span('queued', 20, null)], [place(0, 5), place(20, 3)])).toEqual([
      [0, 5],
      [10, 'unseen'],
      [20, 3],
    ]);
  });

  it('keeps the last place in another queue out of this one', () => {
    expect(values([span('queued', 0, 10, 'one'), span('queued', 10, null, 'two')], [place(0, 9, 'one'), place(10, 2, 'two')])).toEqual([
      [0, 9],
      [10, 2],
    ]);
  });

  it('takes the first place seen for the time just before it', () => {
    expect(values([span('queued', 0, null)], [place(5, 7)])).toEqual([[0, 7]]);
  });
});
