import { describe, expect, it } from 'vitest';
import { ago, chain, node, offline, queued, running } from './fixture.js';
import { matches, readView, show, tagsOf } from './filter.js';

const NODES = [
  running('barn-10', { tags: ['Barn'], sol_lamports: { value: '20000000', at: '' }, since: ago(5) }),
  queued('barn-2', { tags: ['Barn', 'old'], sol_lamports: { value: null, why: 'x' }, since: ago(50) }),
  offline('attic-1'),
];
const view = (query: string) => readView(new URLSearchParams(query));
const names = (query: string) => show(NODES, view(query), false).map((entry) => entry.name);

describe('the view', () => {
  it('takes only what it knows from the address of the page', () => {
    expect(view('state=purple&sort=mood&dir=up')).toEqual({ state: 'all', tag: null, search: '', sort: 'need', reverse: false });
    expect(view('state=needs&tag=Barn&q=4090&sort=sol&dir=desc')).toEqual({ state: 'needs', tag: 'Barn', search: '4090', sort: 'sol', reverse: true });
  });
});

describe('show', () => {
  it.each([
    ['', ['attic-1', 'barn-2', 'barn-10']],
    ['sort=name', ['attic-1', 'barn-2', 'barn-10']],
    ['sort=name&dir=desc', ['barn-10', 'barn-2', 'attic-1']],
    ['state=needs', ['attic-1']],
    ['state=queued', ['barn-2']],
    ['tag=Barn', ['barn-2', 'barn-10']],
    ['q=barn 10', ['barn-10']],
    ['sort=for', ['barn-10', 'barn-2', 'attic-1']],
  ])('%s', (query, wanted) => {
    expect(names(query)).toEqual(wanted);
  });

  it('sorts what is not known last, not as 0', () => {
    expect(names('sort=sol')[0]).toBe('barn-10');
    expect(names('sort=sol').at(-1)).toBe('barn-2');
  });
});

it('finds by name, address, market, tag and notes, every word of it', () => {
  const found = node('barn', { chain: chain({ market: '97G9NnvB' }), notes: 'third shelf', tags: ['Rack'] });
  for (const text of ['BARN', 'barn-address', '97g9', 'shelf rack', '']) expect(matches(found, text)).toBe(true);
  expect(matches(found, 'barn cellar')).toBe(false);
});

it('counts tags', () => {
  expect(tagsOf(NODES)).toEqual([
    { tag: 'Barn', count: 2 },
    { tag: 'old', count: 1 },
  ]);
});
