/** What the list of nodes shows, in which order: all of it lives in the address of the page. */

import type { Node } from '../api/model.js';
import { TALLY, byNeed, byPlace, needsYou, tallyKey } from './status.js';
import type { TallyKey } from './status.js';

export type StateFilter = 'all' | 'needs' | TallyKey;
export const SORTS = ['need', 'name', 'market', 'for', 'sol', 'nos'] as const;
export type Sort = (typeof SORTS)[number];

export interface View {
  readonly state: StateFilter;
  readonly tag: string | null;
  readonly search: string;
  readonly sort: Sort;
  readonly reverse: boolean;
}

export function readView(query: URLSearchParams): View {
  const state = query.get('state') ?? 'all';
  const sort = query.get('sort') ?? 'need';
  return {
    state: state === 'needs' || TALLY.includes(state as TallyKey) ? (state as StateFilter) : 'all',
    tag: query.get('tag'),
    search: query.get('q') ?? '',
    sort: SORTS.includes(sort as Sort) ? (sort as Sort) : 'need',
    reverse: query.get('dir') === 'desc',
  };
}

export function inState(node: Node, state: StateFilter, blind: boolean): boolean {
  if (state === 'all') return true;
  return state === 'needs' ? needsYou(node, blind) : tallyKey(node, blind) === state;
}

/** Every word must be found somewhere: name, address, market, a tag or the notes. */
export function matches(node: Node, search: string): boolean {
  const text = [node.name, node.address, node.chain.market ?? '', ...node.tags, node.notes].join('\n').toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}

export function show(nodes: readonly Node[], view: View, blind: boolean): Node[] {
  const kept = nodes.filter((node) => inState(node, view.state, blind) && (view.tag === null || node.tags.includes(view.tag)) && matches(node, view.search));
  const by = compare(view.sort, blind);
  return kept.sort((a, b) => (view.reverse ? -1 : 1) * by(a, b) || byPlace(a, b));
}

const names = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

function compare(sort: Sort, blind: boolean): (a: Node, b: Node) => number {
  switch (sort) {
    case 'need':
      return byNeed(blind);
    case 'name':
      return (a, b) => names.compare(a.name || a.address, b.name || b.address);
    case 'market':
      return (a, b) => (a.chain.market ?? '~').localeCompare(b.chain.market ?? '~');
    case 'for':
      return (a, b) => (b.since ?? '').localeCompare(a.since ?? '');
    case 'sol':
      return (a, b) => amount(a.sol_lamports.value) - amount(b.sol_lamports.value);
    case 'nos':
      return (a, b) => amount(a.nos_micro.value) - amount(b.nos_micro.value);
  }
}

/** Only for comparing; what is not known goes last. */
const amount = (value: string | null): number => (value === null ? Number.MAX_VALUE : Number(value));

/** All tags in use, with how many nodes carry each, in the order of the alphabet. */
export function tagsOf(nodes: readonly Node[]): { tag: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const tag of nodes.flatMap((node) => node.tags)) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  return [...counts].map(([tag, count]) => ({ tag, count })).sort((a, b) => names.compare(a.tag, b.tag));
}
