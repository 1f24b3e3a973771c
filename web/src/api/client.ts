/** The calls of the API, typed. Every one goes through the session client, which knows whose it is. */

import type { Call, Reply } from '@wakeful/session';
import { session } from '../session.svelte.js';
import type { AddError, Found, History, LogEntry, MarketDetail, Network, Node, NodeDetail, Sources } from './model.js';

const LOOK_TIMEOUT_MS = 35_000;

export async function call<T>(path: string, what: Call = {}): Promise<Reply<T>> {
  // The server is ours and its document is tested: the shape is taken at its word from here on.
  return (await session.client.request(path, what)) as Reply<T>;
}

export const api = {
  nodes: () => call<{ nodes: Node[]; limit?: number }>('/api/nodes'),
  node: (address: string, hours = 24) => call<NodeDetail>(`/api/nodes/${address}?hours=${hours}`),
  add: (nodes: { address: string; name?: string }[]) => call<{ nodes: Node[]; errors: AddError[] }>('/api/nodes', { method: 'POST', body: { nodes } }),
  preview: (addresses: string[], signal: AbortSignal) => call<{ found: Found[] }>('/api/nodes/preview', { method: 'POST', body: { addresses }, signal }),
  change: (address: string, changes: { name?: string; notes?: string; tags?: string[] }) =>
    call<Node>(`/api/nodes/${address}`, { method: 'PUT', body: changes }),
  remove: (address: string) => call<null>(`/api/nodes/${address}`, { method: 'DELETE' }),
  restore: (address: string) => call<Node>(`/api/nodes/${address}/restore`, { method: 'POST' }),
  lookNow: () =>
    call<{ updated: number; total: number; errors: { address: string; error: string }[] }>('/api/nodes/refresh-all-status', {
      method: 'POST',
      timeoutMs: LOOK_TIMEOUT_MS,
    }),
  history: (hours: number) => call<History>(`/api/history?hours=${hours}`),
  log: (limit: number) => call<{ entries: LogEntry[]; next: string | null }>(`/api/log?limit=${limit}`),
  market: (address: string, hours: number) => call<MarketDetail>(`/api/network/markets/${address}?hours=${hours}`),
  sources: () => call<Sources>('/api/sources'),
  network: () => call<Network>('/api/network'),
};
