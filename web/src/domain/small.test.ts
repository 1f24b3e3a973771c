import { describe, expect, it } from 'vitest';
import type { Network } from '../api/model.js';
import { NOW, ago, chain, node } from './fixture.js';
import { fuzzy } from './fuzzy.js';
import { steady } from './order.js';
import { chainReadAt, sights } from './sight.js';

describe('steady', () => {
  it('follows when nobody points at it', () => {
    expect(steady(['a', 'b'], ['b', 'a'], false)).toEqual(['b', 'a']);
  });

  it('keeps its order under the pointer, without those that left, new ones last', () => {
    expect(steady(['a', 'b', 'c'], ['d', 'c', 'a'], true)).toEqual(['a', 'c', 'd']);
  });
});

describe('fuzzy', () => {
  it('wants every word, and likes beginnings', () => {
    expect(fuzzy('barn-4090-c', '4090')).toBe(0);
    expect(fuzzy('barn-4090-c', 'arn')).toBe(1);
    expect(fuzzy('barn-4090-c', 'b49')).toBeGreaterThan(1);
    expect(fuzzy('barn-4090-c', 'barn cellar')).toBeNull();
    expect(fuzzy('abcdefghijklmnopqrstuvwxyz', 'az')).toBeNull();
  });
});

describe('sight', () => {
  const network = (changes: Partial<Network> = {}): Network => ({
    slot: 1,
    at: ago(0),
    next_scan_at: null,
    markets: [],
    runs: 0,
    endpoints: { answered: 11, asked: 14, at: ago(0) },
    version_minimum: null,
    names_at: null,
    blind: null,
    ...changes,
  });

  it('goes stale after three periods, and blind only when the server says so', () => {
    expect(sights(network(), NOW).map((sight) => sight.seeing)).toEqual(['seen', 'seen']);
    expect(sights(network({ at: ago(1.6) }), NOW)[0]?.seeing).toBe('stale');
    const blind = { since: ago(10), why: 'rpc_timeout', sources: [{ source: 'chain' as const, since: ago(10), why: 'rpc_timeout' }] };
    expect(sights(network({ blind }), NOW).map((sight) => sight.seeing)).toEqual(['blind', 'seen']);
    expect(sights(network({ at: null }), NOW)[0]?.seeing).toBe('waiting');
  });

  it('takes a scan that changed nothing for a look at each node, but not at one it could not read', () => {
    expect(chainReadAt(node('a', { chain: chain({ at: ago(9) }) }), network())).toBe(ago(0));
    expect(chainReadAt(node('a', { chain: chain({ at: ago(9), state: 'unknown' }) }), network())).toBe(ago(9));
    expect(chainReadAt(node('a', { chain: chain({ at: ago(9) }) }), null)).toBe(ago(9));
  });
});
