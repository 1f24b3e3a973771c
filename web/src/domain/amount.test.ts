import { describe, expect, it } from 'vitest';
import { accruing, nos, nosExact, perHour, sol, stake } from './amount.js';
import { NOW, ago, chain, queued, running } from './fixture.js';

describe('amounts', () => {
  it.each([
    [sol('5900000', 'en'), '0.0059'],
    [sol('29799999', 'en'), '0.0297'],
    [sol('0', 'en'), '0.0000'],
    [nos('3064219999', 'en'), '3,064.21'],
    [nosExact('266901150', 'en'), '266.901150'],
    [nosExact('266901150', 'de'), '266,901150'],
    [stake('12000000000', 'de'), '12.000'],
    // Larger than a JavaScript number can hold.
    [nosExact('9223372036854775807', 'en'), '9,223,372,036,854.775807'],
  ])('%s', (got, wanted) => {
    expect(got).toBe(wanted);
  });

  it('makes an hour of a second', () => {
    expect(perHour('278')).toBe(1_000_800n);
  });
});

describe('accruing', () => {
  it('is price × time, no further than the deadline, and only of running jobs', () => {
    const open = running('a', { chain: chain({ state: 'running', since: ago(10), deadline: ago(-60), price_micro_nos_per_second: '100' }) });
    const over = running('b', { chain: chain({ state: 'running', since: ago(90), deadline: ago(30), price_micro_nos_per_second: '100' }) });
    expect(accruing([open, over, queued('c')], NOW)).toEqual({ micro: 100n * 600n + 100n * 3600n, jobs: 2 });
  });

  it('leaves out a job whose price is not known', () => {
    const unpriced = running('a', { chain: chain({ state: 'running', price_micro_nos_per_second: null }) });
    expect(accruing([unpriced], NOW)).toEqual({ micro: 0n, jobs: 0 });
  });
});
