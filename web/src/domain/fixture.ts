/** Nodes for the tests: whole and plausible, changed where a test says so. */

import type { Chain, Endpoint, Last, Node, Span, Status } from '../api/model.js';

/** The moment at which all fixtures stand. */
export const NOW = Date.parse('2026-11-23T02:41:00.000Z');
export const ago = (minutes: number): string => new Date(NOW - minutes * 60_000).toISOString();

const CHAIN: Chain = {
  state: 'none',
  since: ago(60),
  at: ago(0),
  slot: 378_412_905,
  why: null,
  last: null,
  market: null,
  position: null,
  queue_length: null,
  job: null,
  run: null,
  price_micro_nos_per_second: null,
  deadline: null,
  more: 0,
};

const ENDPOINT: Endpoint = {
  state: 'up',
  cuda: null,
  machine_at: ago(0),
  ping_ms: null,
  system: null,
  since: ago(600),
  at: ago(0),
  why: null,
  last: null,
  activity: null,
  version: '1.1.9',
  gpus: [],
  last_ok: ago(0),
  answer: { kind: 'ok', status: 200, ms: 95, at: ago(0) },
  driver: null,
  country: null,
  cpu: null,
  ram_mb: null,
  disk_gb: null,
  download_mbps: null,
  upload_mbps: null,
};

const REQUIREMENTS: Node['requirements'] = {
  market: null,
  market_name: null,
  stake_minimum_micro_xnos: null,
  stake_below_minimum: null,
  access_key_needed: null,
  access_key: null,
  version_minimum: null,
  version_minimum_at: null,
  version_below_minimum: null,
};

export const chain = (changes: Partial<Chain> = {}): Chain => ({ ...CHAIN, ...changes });
export const endpoint = (changes: Partial<Endpoint> = {}): Endpoint => ({ ...ENDPOINT, ...changes });

export function node(name: string, changes: Partial<Node> = {}): Node {
  return {
    address: `${name}-address`,
    muted_until: null,
    name,
    notes: '',
    tags: [],
    status: 'up',
    since: ago(60),
    why: null,
    last: null,
    silent: false,
    stuck: false,
    overdue: false,
    chain: chain(),
    endpoint: endpoint(),
    sol_lamports: { value: '29700000', at: ago(2) },
    nos_micro: { value: '266901150', at: ago(2) },
    stake_micro_xnos: { value: '12000000000', at: ago(2) },
    requirements: REQUIREMENTS,
    added_at: ago(60 * 24),
    ...changes,
  };
}

export const running = (name: string, changes: Partial<Node> = {}): Node =>
  node(name, { status: 'running', chain: chain({ state: 'running', price_micro_nos_per_second: '278', deadline: ago(-60) }), ...changes });

export const queued = (name: string, changes: Partial<Node> = {}): Node =>
  node(name, { status: 'queued', chain: chain({ state: 'queued', position: 7, queue_length: 12 }), ...changes });

export const offline = (name: string): Node => node(name, { status: 'offline', endpoint: endpoint({ state: 'silent', since: ago(110) }) });

export const unknown = (name: string, changes: Partial<Node> = {}): Node =>
  node(name, { status: 'unknown', why: 'http_error', endpoint: endpoint({ state: 'unknown', why: 'http_error' }), ...changes });

/** What an unknown node is remembered as. */
export const last = (status: Status, changes: Partial<Last> = {}): Last => ({ status, at: ago(5), silent: false, stuck: false, overdue: false, ...changes });

/** A span that lasts from `from` to `to` minutes before now; null lasts until now. */
export const span = (state: Span['state'], from: number, to: number | null, changes: Partial<Span> = {}): Span => ({
  state,
  from: ago(from),
  to: to === null ? null : ago(to),
  why: null,
  subject: null,
  ...changes,
});
