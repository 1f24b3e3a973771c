import { render, screen } from '@testing-library/svelte';
import { beforeEach, expect, it } from 'vitest';
import type { Network } from '../api/model.js';
import { ago, chain, endpoint, last, offline, queued, running, unknown } from '../domain/fixture.js';
import { live } from '../live.svelte.js';
import Overview from './Overview.svelte';

const network: Network = { slot: 378_412_905, at: ago(0), next_scan_at: null, markets: [], runs: 1, endpoints: { answered: 1, asked: 1, at: ago(0) }, version_minimum: null, names_at: null, blind: null };
const heading = () => screen.getByRole('heading', { level: 1 }).textContent?.replace(/\s+/g, ' ').trim();

beforeEach(() => {
  live.wipe();
  live.network = network;
  live.log = [];
});

it('speaks first, then shows who needs a person, then what cannot be seen', () => {
  live.load = { state: 'ready' };
  live.put([offline('off'), unknown('oma'), running('run'), queued('quiet', { silent: true, endpoint: endpoint({ state: 'silent' }) })]);
  render(Overview);
  expect(heading()).toBe('2 nodes need you. 1 cannot be seen, 1 is well.');
  const sections = screen.getAllByRole('heading', { level: 2 }).map((entry) => entry.textContent);
  expect(sections.slice(0, 2)).toEqual(['Needs you', 'Cannot be seen']);
  expect([...document.querySelectorAll('.name')].map((entry) => entry.textContent)).toEqual(['quiet', 'off', 'oma']);
});

it('puts the verdict in the past while the chain cannot be seen, and calls nobody offline for it', () => {
  const since = new Date(Date.now() - 600_000).toISOString();
  live.load = { state: 'ready' };
  live.network = { ...network, blind: { since, why: 'rpc_throttled', sources: [{ source: 'chain', since, why: 'rpc_throttled' }] } };
  live.put(['a', 'b'].map((name) => unknown(name, { why: 'rpc_throttled', last: last('running', { at: since }), chain: chain({ state: 'unknown' }) })));
  render(Overview);
  expect(heading()).toMatch(/^At \d\d:\d\d, all 2 nodes were well\. 2 ran, 0 waited\.$/);
  expect(screen.queryByText('Cannot be seen')).toBeNull();
  expect(screen.queryByText('Offline')).toBeNull();
});

it('tells *none yet* from *could not load*', async () => {
  live.load = { state: 'ready' };
  const { unmount } = render(Overview);
  expect(screen.getByText('No nodes yet')).toBeTruthy();
  unmount();
  live.load = { state: 'failed', failure: { kind: 'foreign', status: 503, retryAfterMs: null }, at: Date.now() };
  render(Overview);
  expect(screen.getByText('We could not load your nodes')).toBeTruthy();
  expect(screen.getByText(/The server answered 503 at \d\d:\d\d\. You may well have some/)).toBeTruthy();
});
