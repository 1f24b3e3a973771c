import { describe, expect, it } from 'vitest';
import { NOW, ago, chain, endpoint, queued, running, span } from './fixture.js';
import { follow, runningShare, segments, upShare } from './track.js';

const FROM = NOW - 24 * 3_600_000;
const kinds = (spans: Parameters<typeof segments>[0]) => segments(spans, FROM, NOW, false).map((segment) => segment.kind);
const minutes = (time: number) => (NOW - time) / 60_000;

describe('segments', () => {
  it('makes one line of two axes, without holes', () => {
    const list = segments(
      { chain: [span('running', 600, 200), span('queued', 200, null)], endpoint: [span('up', 600, 27), span('silent', 27, null)] },
      FROM,
      NOW,
      false,
    );
    expect(list.map((segment) => segment.kind)).toEqual(['before', 'running', 'queued', 'queued_silent']);
    expect(list.map((segment) => minutes(segment.from))).toEqual([1440, 600, 200, 27]);
    expect(list.every((segment, index) => index === 0 || segment.from === list[index - 1]?.to)).toBe(true);
    expect(list.at(-1)?.to).toBe(NOW);
  });

  it('never draws offline where the chain could not be seen', () => {
    expect(kinds({ chain: [span('unknown', 1500, null)], endpoint: [span('silent', 1500, null)] })).toEqual(['chain_unseen']);
    expect(kinds({ chain: [span('none', 1500, null)], endpoint: [span('unknown', 1500, null)] })).toEqual(['unseen']);
    expect(kinds({ chain: [span('none', 1500, null)], endpoint: [span('silent', 1500, null)] })).toEqual(['offline']);
  });

  it('parts two jobs that follow each other, and joins one that we lost sight of', () => {
    const parted = segments({ chain: [span('running', 100, 50, { subject: 'a' }), span('running', 50, null, { subject: 'b' })], endpoint: [] }, FROM, NOW, false);
    expect(parted.filter((segment) => segment.gap).map((segment) => minutes(segment.from))).toEqual([50]);
    const same = segments({ chain: [span('running', 100, 50, { subject: 'a' }), span('running', 50, null, { subject: 'a' })], endpoint: [] }, FROM, NOW, false);
    expect(same.filter((segment) => segment.above === 'running')).toHaveLength(1);
  });

  it('draws as stuck what the server calls stuck now, and what was up for an hour in the past', () => {
    const now = { chain: [span('none', 90, null)], endpoint: [span('up', 90, null)] };
    expect(segments(now, FROM, NOW, false).at(-1)?.kind).toBe('up');
    expect(segments(now, FROM, NOW, true).at(-1)?.kind).toBe('stuck');
    const past = (length: number) => kinds({ chain: [span('none', 200, 200 - length), span('queued', 200 - length, null)], endpoint: [span('up', 200, null)] })[1];
    expect([past(59), past(60)]).toEqual(['up', 'stuck']);
  });

  it('cuts what began before the range', () => {
    const list = segments({ chain: [span('running', 5000, 4000), span('queued', 4000, null)], endpoint: [] }, FROM, NOW, false);
    expect(list).toHaveLength(1);
    expect(list[0]).toMatchObject({ kind: 'queued', from: FROM, to: NOW });
  });
});

describe('shares', () => {
  it('leave out the time in which we could not look', () => {
    const list = segments(
      { chain: [span('running', 300, 200), span('unknown', 200, 100), span('queued', 100, null)], endpoint: [span('up', 300, 100), span('silent', 100, null)] },
      FROM,
      NOW,
      false,
    );
    expect(runningShare(list)).toBeCloseTo(0.5);
    expect(upShare(list)).toBeCloseTo(2 / 3);
  });

  it('are unknown, and not 0, when nothing was seen', () => {
    expect(runningShare(segments({ chain: [], endpoint: [] }, FROM, NOW, false))).toBeNull();
  });
});

describe('follow', () => {
  const before = { chain: [span('queued', 60, null)], endpoint: [span('up', 60, null)] };

  it('closes the open interval where the new state began', () => {
    const after = follow(before, running('n', { chain: chain({ state: 'running', since: ago(3), run: 'j' }), endpoint: endpoint({ since: ago(60) }) }), NOW);
    expect(after.chain.map((entry) => [entry.state, entry.to])).toEqual([
      ['queued', ago(3)],
      ['running', null],
    ]);
    expect(after.endpoint).toBe(before.endpoint);
  });

  it('leaves everything when nothing changed', () => {
    const after = follow(before, queued('n', { chain: chain({ state: 'queued', since: ago(60), market: null }), endpoint: endpoint({ since: ago(60) }) }), NOW);
    expect(after.chain).toBe(before.chain);
  });

  it('lets another job of the same state begin now', () => {
    const jobs = { chain: [span('running', 60, null, { subject: 'a' })], endpoint: [] };
    const after = follow(jobs, running('n', { chain: chain({ state: 'running', since: ago(60), run: 'b' }) }), NOW);
    expect(after.chain.at(-1)).toMatchObject({ subject: 'b', from: new Date(NOW).toISOString() });
  });
});
