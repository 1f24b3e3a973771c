import { describe, expect, it } from 'vitest';
import type { Node } from '../api/model.js';
import { chain, endpoint, last, node, offline, queued, running, unknown } from './fixture.js';
import { byNeed, byPlace, look, lowSol, needsYou, tally, tallyKey } from './status.js';

const silent = queued('silent', { silent: true, endpoint: endpoint({ state: 'silent' }) });
const stuck = node('stuck', { stuck: true });
const overdue = running('overdue', { overdue: true });
const poor = running('poor', { sol_lamports: { value: '4100000', at: '2026-11-23T02:40:00.000Z' } });
const fresh = unknown('fresh', { why: 'first_look' });
const all: Node[] = [running('run'), queued('wait'), node('up'), silent, offline('off'), stuck, overdue, poor, unknown('unseen'), fresh];

describe('tally', () => {
  it('adds up to all, a silent node as silent, a stuck one as stuck', () => {
    const counts = tally(all, false);
    expect(counts).toEqual({ running: 3, queued: 1, up: 1, stuck: 1, silent: 1, offline: 1, unknown: 2 });
    expect(Object.values(counts).reduce((sum, count) => sum + count, 0)).toBe(all.length);
  });

  it('counts by what was last known while the chain cannot be seen', () => {
    const was = unknown('was', { last: last('running'), chain: chain({ state: 'unknown' }) });
    expect(tallyKey(was, false)).toBe('unknown');
    expect(tallyKey(was, true)).toBe('running');
  });
});

describe('order by need', () => {
  it('puts the worst first, then what cannot be seen, then the rest', () => {
    const shuffled = [...all].reverse().sort(byNeed(false));
    expect(shuffled.map((entry) => entry.name)).toEqual(['silent', 'off', 'stuck', 'overdue', 'poor', 'unseen', 'fresh', 'up', 'wait', 'run']);
  });

  it('stays when the chain goes out of sight', () => {
    const blindly = (entry: Node): Node => ({ ...entry, status: 'unknown', why: 'rpc_timeout', last: last(entry.status, { silent: entry.silent, stuck: entry.stuck, overdue: entry.overdue }), silent: false, stuck: false, overdue: false, endpoint: endpoint({ state: 'unknown' }), chain: chain({ state: 'unknown' }) });
    const seen = [silent, offline('off'), stuck, overdue, running('run')];
    expect(seen.map(blindly).sort(byNeed(true)).map((entry) => entry.name)).toEqual(['silent', 'off', 'stuck', 'overdue', 'run']);
  });

  it('counts names as people do, and leaves those without a place for the end', () => {
    const names = ['barn-10', 'barn-2', 'attic-1'].map((name) => running(name));
    const placed = running('zoo', { tags: ['Attic'] });
    expect([...names, placed].sort(byPlace).map((entry) => entry.name)).toEqual(['zoo', 'attic-1', 'barn-2', 'barn-10']);
  });
});

describe('who needs a person', () => {
  it.each([
    [silent, true],
    [stuck, true],
    [overdue, true],
    [poor, true],
    [unknown('unseen'), false],
    [fresh, false],
    [running('run'), false],
  ])('$0.name: $1', (entry, wanted) => {
    expect(needsYou(entry, false)).toBe(wanted);
  });

  it('takes no verdict from a purse that could not be read', () => {
    expect(lowSol(running('blind', { sol_lamports: { value: null, since: '', why: 'rpc_timeout', last: { value: '1', at: '' } } }))).toBe(false);
  });
});

describe('look', () => {
  it('draws what cannot be seen hatched, and never as offline', () => {
    expect(look(unknown('unseen'), false)).toEqual({ shape: 'unknown', tone: 'unseen', stale: false });
  });

  it('remembers that a node was stuck before the chain went dark', () => {
    const was = unknown('was', { last: last('up', { stuck: true }), chain: chain({ state: 'unknown' }) });
    expect(look(was, true)).toEqual({ shape: 'stuck', tone: 'unseen', stale: true });
    expect(tally([was], true).stuck).toBe(1);
  });

  it('remembers what was late, or low on SOL, when it was last seen', () => {
    const dark = (overdue: boolean) => unknown('was', { last: last('running', { overdue }), chain: chain({ state: 'unknown' }) });
    expect(look(dark(true), true).shape).toBe('overdue');
    expect(look(dark(false), true).shape).toBe('running');
    const low = unknown('low', { last: last('queued'), chain: chain({ state: 'unknown' }), sol_lamports: poor.sol_lamports });
    expect(look(low, true)).toEqual({ shape: 'low_sol', tone: 'unseen', stale: true });
    expect(needsYou(low, true)).toBe(true);
    expect(tallyKey(low, true)).toBe('queued');
  });

  it('says of no node that its silence is old because it fell silent in the dark', () => {
    const was = (silent: boolean) => unknown('was', { last: last('queued', { silent }), endpoint: endpoint({ state: 'silent' }), chain: chain({ state: 'unknown' }) });
    expect(look(was(false), true).shape).toBe('queued');
    expect(look(was(true), true).shape).toBe('queued_silent');
  });

  it('draws the last known state in the stale ring where the chain is unknown', () => {
    const was = unknown('was', { last: last('running'), chain: chain({ state: 'unknown' }) });
    expect(look(was, false)).toEqual({ shape: 'running', tone: 'unseen', stale: true });
  });

  it('takes the colour from every word in a blind time', () => {
    expect(look(offline('off'), true)).toEqual({ shape: 'offline', tone: 'unseen', stale: true });
  });
});
