import { describe, expect, it } from 'vitest';
import { classify } from './verdict.js';
import type { Outcome } from './verdict.js';
import vectors from './verdict.vectors.json';

describe('classify', () => {
  it.each(vectors.cases)('$name', ({ sidHeld, outcome, expect: wanted }) => {
    expect(classify(vectors.nonce, sidHeld, outcome as Outcome)).toEqual(wanted);
  });

  it('says ended only for status 200, our kind, our version and the nonce that was sent', () => {
    for (const { sidHeld, outcome } of vectors.cases) {
      if (classify(vectors.nonce, sidHeld, outcome as Outcome).verdict !== 'ended') continue;
      expect(outcome).toMatchObject({ kind: 'reply', status: 200 });
      expect(classify('another-nonce', sidHeld, outcome as Outcome)).toMatchObject({ verdict: 'none', kind: 'stale' });
    }
  });
});
