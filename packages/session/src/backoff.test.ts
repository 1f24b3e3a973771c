import { describe, expect, it } from 'vitest';
import { backoff, confirmDelay, verifyTimeout } from './backoff.js';
import vectors from './backoff.vectors.json';

describe('backoff', () => {
  it.each(vectors)('after $failures failures, jitter $random, Retry-After $retryAfterMs: $expect', (v) => {
    expect(backoff(v.failures, v.random, v.retryAfterMs)).toBe(v.expect);
  });
});

it('gives a slow link more time after two timeouts', () => {
  expect([0, 1, 2, 3, 9].map(verifyTimeout)).toEqual([10_000, 10_000, 20_000, 30_000, 30_000]);
});

it('confirms an end 250 to 750 ms later', () => {
  expect([confirmDelay(0), confirmDelay(0.999)]).toEqual([250, 750]);
});
