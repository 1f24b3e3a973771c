import { describe, expect, it } from 'vitest';
import { paths, peak, steps, ticks, veiled } from './steps.js';

describe('steps', () => {
  it('holds a value until the next one and the last one until now', () => {
    expect(steps([{ at: 10, value: 4 }, { at: 20, value: 3 }], 0, 50)).toEqual([
      { from: 10, to: 20, value: 4 },
      { from: 20, to: 50, value: 3 },
    ]);
  });

  it('begins in the middle of what held before the window', () => {
    expect(steps([{ at: 0, value: 7 }, { at: 90, value: 6 }], 60, 120)[0]).toEqual({ from: 60, to: 90, value: 7 });
  });

  it('keeps the time we could not look as a step without a value', () => {
    const seen = steps([{ at: 0, value: 5 }, { at: 10, value: 'unseen' }, { at: 20, value: 5 }], 0, 30);
    expect(seen.map((step) => step.value)).toEqual([5, 'unseen', 5]);
  });

  it('joins equal neighbours', () => {
    expect(steps([{ at: 0, value: 2 }, { at: 5, value: 2 }], 0, 9)).toEqual([{ from: 0, to: 9, value: 2 }]);
  });
});

describe('paths', () => {
  const same = (value: number) => value;

  it('breaks the line over unseen time', () => {
    const drawn = paths(steps([{ at: 0, value: 5 }, { at: 10, value: 'unseen' }, { at: 20, value: 4 }], 0, 30), same, same);
    expect(drawn).toEqual(['M0 5H10', 'M20 4H30']);
  });

  it('draws no slope between two values', () => {
    expect(paths(steps([{ at: 0, value: 5 }, { at: 10, value: 4 }], 0, 30), same, same)).toEqual(['M0 5H10L10 4H30']);
  });
});

describe('axis', () => {
  it('has three to six whole labels that reach the peak', () => {
    for (const high of [1, 2, 3, 4, 7, 12, 40, 99, 100, 314, 1000]) {
      const labels = ticks(0, high);
      expect(labels.every(Number.isInteger)).toBe(true);
      expect(labels.at(-1)).toBeGreaterThanOrEqual(high);
      expect(labels.length).toBeGreaterThanOrEqual(2);
      expect(labels.length).toBeLessThanOrEqual(6);
    }
  });

  it('is never empty', () => {
    expect(peak([])).toBe(1);
    expect(peak([{ from: 0, to: 1, value: 'unseen' }], 4)).toBe(4);
  });
});

describe('veiled', () => {
  it('hides what was read in a blindness, and shows what held afterwards', () => {
    const points = [{ at: 0, value: 4 }, { at: 15, value: 9 }] as const;
    expect(steps(veiled(points, [{ from: 10, to: 20 }]), 0, 30)).toEqual([
      { from: 0, to: 10, value: 4 },
      { from: 10, to: 20, value: 'unseen' },
      { from: 20, to: 30, value: 9 },
    ]);
  });
});
