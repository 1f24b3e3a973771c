/** The calls about one's own account: devices, password, API tokens. None of them takes an API token. */

import { call } from './client.js';
import type { components } from './schema.js';

type Schemas = components['schemas'];

/** The label is the browser or program as it calls itself; `reason` and `ended_at` are absent while it goes on. */
export type Device = Schemas['Device'];

export const SCOPES = ['read', 'write', 'metrics'] as const;
export type Scope = (typeof SCOPES)[number];

export type ApiToken = Omit<Schemas['ApiToken'], 'scopes' | 'expires' | 'last_used' | 'revoked'> & {
  readonly scopes: readonly Scope[];
  readonly expires: string | null;
  readonly last_used: string | null;
  readonly revoked: string | null;
};

export const account = {
  devices: () => call<{ sessions: Device[]; past: Device[] }>('/api/sessions'),
  endDevice: (sid: string) => call<null>(`/api/sessions/${encodeURIComponent(sid)}`, { method: 'DELETE' }),
  endOthers: () => call<null>('/api/sessions?scope=others', { method: 'DELETE' }),
  changePassword: (password: string, fresh: string, endTokens: boolean) =>
    call<Schemas['PasswordChanged']>('/api/account/password', {
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
