import { describe, expect, it } from 'vitest';
import { de } from '../messages/de/index.js';
import { en } from '../messages/en/index.js';
import { ago, chain, last, node, offline, queued, running, unknown } from './fixture.js';
import { chainBlindSince, verdict } from './verdict.js';

const times = (count: number, make: (name: string) => ReturnType<typeof node>) => Array.from({ length: count }, (_, index) => make(`n${index}`));
const say = (nodes: ReturnType<typeof node>[], blind: string | null = null) => {
  const words = en.verdict(verdict(nodes, blind), '02:31');
  return [words.strong, ...words.quiet].join(' ');
};

describe('the sentence', () => {
  it.each([
    ['All 14 nodes are well. 10 run, 4 wait.', [...times(10, running), ...times(4, queued)]],
    ['4 nodes need you. 1 cannot be seen, 9 are well.', [...times(4, offline), unknown('u'), ...times(9, running)]],
    ['1 node needs you. 1 is well.', [offline('a'), running('b')]],
    ['No node needs you. 1 cannot be seen.', [unknown('a')]],
    ['No node needs you. 1 gets its first look.', [unknown('a', { why: 'first_look' })]],
    ['Your node is well. 1 runs, 0 wait.', [running('a')]],
    ['No node is watched yet.', []],
  ])('%s', (wanted, nodes) => {
    expect(say(nodes)).toBe(wanted);
  });

  it('goes to the past while the chain cannot be seen', () => {
    const blindly = (entry: ReturnType<typeof node>) => ({ ...entry, status: 'unknown' as const, last: last(entry.status, { at: ago(10), silent: entry.silent, stuck: entry.stuck, overdue: entry.overdue }), chain: chain({ state: 'unknown' }) });
    const nodes = [...times(4, offline), unknown('u'), ...times(9, running)].map(blindly);
    expect(say(nodes, ago(10))).toBe('At 02:31, 4 nodes needed you. 1 could not be seen, 9 were well.');
    expect(say(times(2, running).map(blindly), ago(10))).toBe('At 02:31, all 2 nodes were well. 2 ran, 0 waited.');
  });

  it('has a German of its own', () => {
    const words = de.verdict(verdict([offline('a'), running('b')], null), '');
    expect([words.strong, ...words.quiet].join(' ')).toBe('1 Node braucht dich. 1 geht es gut.');
  });
});

it('knows blind endpoints from a blind chain', () => {
  const since = ago(10);
  expect(chainBlindSince({ since, why: 'x', sources: [{ source: 'endpoints', since, why: 'x' }] })).toBeNull();
  expect(chainBlindSince({ since, why: 'x', sources: [{ source: 'chain', since, why: 'x' }] })).toBe(since);
  expect(chainBlindSince(null)).toBeNull();
});
