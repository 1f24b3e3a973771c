/** The calls about one's own account: devices, password, API tokens. None of them takes an API token. */

import { call } from './client.js';

export interface Device {
  readonly sid: string;
  /** The browser or program, as it calls itself. */
  readonly label: string;
  /** Shortened: enough to tell home from elsewhere. */
  readonly address: string;
  readonly created: string;
  /** To the hour. */
  readonly last_seen: string;
  readonly current: boolean;
  /** Why and when it ended; absent while it goes on. */
  readonly reason?: string;
  readonly ended_at?: string;
}

export const SCOPES = ['read', 'write', 'metrics'] as const;
export type Scope = (typeof SCOPES)[number];

export interface ApiToken {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly created: string;
  readonly expires: string | null;
  readonly last_used: string | null;
  readonly revoked: string | null;
}

export const account = {
  devices: () => call<{ sessions: Device[]; past: Device[] }>('/api/sessions'),
  endDevice: (sid: string) => call<null>(`/api/sessions/${encodeURIComponent(sid)}`, { method: 'DELETE' }),
  endOthers: () => call<null>('/api/sessions?scope=others', { method: 'DELETE' }),
  changePassword: (password: string, fresh: string, endTokens: boolean) =>
    call<{ sessions_ended: number; tokens_ended: number }>('/api/account/password', {
      method: 'POST',
      body: { password, new_password: fresh, end_tokens: endTokens },
      timeoutMs: 30_000,
    }),
  tokens: () => call<{ tokens: ApiToken[] }>('/api/tokens'),
  /** The secret comes with this answer and with no other. */
  makeToken: (name: string, scopes: readonly Scope[], days: number | null) =>
    call<{ secret: string; token: ApiToken }>('/api/tokens', { method: 'POST', body: { name, scopes, ...(days === null ? {} : { expires_in_days: days }) } }),
  revokeToken: (id: string) => call<null>(`/api/tokens/${encodeURIComponent(id)}`, { method: 'DELETE' }),
};
