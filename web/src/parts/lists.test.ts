import { fireEvent, render, screen, waitFor } from '@testing-library/svelte';
import { beforeEach, expect, it } from 'vitest';
import { ago, endpoint, node, offline, queued, running } from '../domain/fixture.js';
import { readView } from '../domain/filter.js';
import { live } from '../live.svelte.js';
import { router } from '../router.svelte.js';
import { settings } from '../settings.svelte.js';
import NodeTable from './NodeTable.svelte';
import { Selection } from './selection.svelte.js';
import StoryList from './StoryList.svelte';
import TallyRow from './TallyRow.svelte';

const silent = queued('barn-4090-c', { silent: true, endpoint: endpoint({ state: 'silent', since: ago(27), answer: { kind: 'timeout', status: null, ms: 5000, at: ago(0) } }) });

beforeEach(() => {
  live.wipe();
  router.go('/nodes');
});

it('tells the story of a node with its evidence', () => {
  render(StoryList, { nodes: [silent] });
  const link = screen.getByRole('link', { name: /barn-4090-c/ });
  expect(link.getAttribute('href')).toBe('/nodes/barn-4090-c-address');
  expect(link.textContent).toContain('Queued, but silent');
  expect(link.textContent).toContain('It holds place 7 of 12 and does not answer. If its turn comes, it will fail the job.');
  expect(link.textContent).toMatch(/silent since .*, timeout, last good answer/);
});

it('keeps its order while the pointer is on it, and lets go after', async () => {
  const { container, rerender } = render(StoryList, { nodes: [offline('a'), node('b', { stuck: true })] });
  const names = () => [...container.querySelectorAll('.name')].map((entry) => entry.textContent);
  const list = container.querySelector('ul');
  if (list === null) throw new Error('no list');
  await fireEvent.pointerEnter(list);
  await rerender({ nodes: [silent, node('b', { stuck: true }), offline('a')] });
  expect(names()).toEqual(['a', 'b', 'barn-4090-c']);
  await fireEvent(list, new PointerEvent('pointerleave', { pointerType: 'mouse' }));
  await waitFor(() => expect(names()).toEqual(['barn-4090-c', 'b', 'a']));
});

it('counts with links that filter', () => {
  render(TallyRow, { tally: { running: 7, queued: 2, up: 1, stuck: 1, silent: 1, offline: 1, unknown: 1 }, blindSince: null });
  expect(screen.getByRole('link', { name: /7\s*running/ }).getAttribute('href')).toBe('/nodes?state=running');
  expect(screen.getAllByRole('link')).toHaveLength(7);
});

it('sorts by a column, turns around, and says so to those who do not see it', async () => {
  const props = () => ({ nodes: [running('a'), running('b')], view: readView(router.query), selection: new Selection(), hold: () => () => {} });
  const { rerender } = render(NodeTable, props());
  await fireEvent.click(screen.getByRole('button', { name: /^SOL/ }));
  expect(location.search).toBe('?sort=sol');
  await rerender(props());
  expect(screen.getByRole('columnheader', { name: /^SOL/ }).getAttribute('aria-sort')).toBe('ascending');
  await fireEvent.click(screen.getByRole('button', { name: /^SOL/ }));
  expect(location.search).toBe('?sort=sol&dir=desc');
});

it('hides addresses and balances where asked, and never the state', async () => {
  settings.setHidden(true);
  render(NodeTable, { nodes: [running('', { address: '67qvHLKGmM62RLevcGRde1aWhEPU3njDiemvX6RZEX6i' })], view: readView(new URLSearchParams()), selection: new Selection(), hold: () => () => {} });
  const row = screen.getAllByRole('row')[1];
  expect(row?.textContent).not.toMatch(/67qv|0\.0297|266\.9/);
  expect(row?.textContent).toContain('Running');
  settings.setHidden(false);
  await waitFor(() => expect(row?.textContent).toContain('0.0297'));
});

it('shows a balance that could not be read as the last one, and one never read as unknown', () => {
  const unread = { value: null, since: ago(10), why: 'rpc_timeout' };
  render(NodeTable, {
    nodes: [running('a', { sol_lamports: { ...unread, last: { value: '12500000', at: ago(12) } }, nos_micro: unread })],
    view: readView(new URLSearchParams()),
    selection: new Selection(),
    hold: () => () => {},
  });
  expect(screen.getByText('0.0125').className).toContain('stale');
  expect(screen.getByText('unknown')).toBeTruthy();
});
