/** What an API call brought: its data, or a failure that never says more than it knows. */

import { carriesMarker, retryAfterMs } from './verdict.js';
import type { Outcome, TransportCause } from './verdict.js';

export interface ProblemItem {
  readonly field?: string;
  readonly address?: string;
  readonly code: string;
  readonly detail: string;
}

export type Failure =
  | { readonly kind: 'transport'; readonly cause: TransportCause }
  | {
      readonly kind: 'problem';
      readonly status: number;
      readonly code: string;
      readonly detail: string;
      readonly field: string | null;
      readonly errors: readonly ProblemItem[];
      readonly retryAfterMs: number | null;
    }
  /** Somebody between us and the server answered, or the server answered what nobody can read. */
  | { readonly kind: 'foreign'; readonly status: number; readonly retryAfterMs: number | null };

export type Reply<T> = { readonly ok: true; readonly status: number; readonly data: T } | { readonly ok: false; readonly failure: Failure };

/** Reads an outcome as an answer of the API. A body that is not JSON is foreign, a 204 has no body. */
export function readReply(outcome: Outcome): Reply<unknown> {
  if (outcome.kind === 'transport') return { ok: false, failure: outcome };
  const { status } = outcome;
  if (status === 204) return { ok: true, status, data: null };
  const wait = retryAfterMs(outcome.retryAfter);
  const foreign: Reply<unknown> = { ok: false, failure: { kind: 'foreign', status, retryAfterMs: wait } };
  if (!/^application\/(problem\+)?json\b/i.test(outcome.contentType ?? '')) return foreign;
  let body: unknown;
  try {
    body = JSON.parse(outcome.body);
  } catch {
    return foreign;
  }
  if (status >= 200 && status < 300) return { ok: true, status, data: body };
  if (typeof body !== 'object' || body === null) return foreign;
  const { code, detail, field, errors } = body as Record<string, unknown>;
  if (typeof code !== 'string') return foreign;
  return {
    ok: false,
    failure: {
      kind: 'problem',
      status,
      code,
      detail: typeof detail === 'string' ? detail : '',
      field: typeof field === 'string' ? field : null,
      errors: Array.isArray(errors) ? errors.filter(isItem) : [],
      retryAfterMs: wait,
    },
  };
}

/** What a call other than the session's own means for the session: at most a reason to ask. */
export function hintOf(outcome: Outcome): 'none' | 'ask' | 'account_switched' {
  if (outcome.kind === 'transport') return 'none';
  if (outcome.status === 401) return 'ask';
  if (outcome.status !== 409 || !carriesMarker(outcome)) return 'none';
  const reply = readReply(outcome);
  return !reply.ok && reply.failure.kind === 'problem' && reply.failure.code === 'account_switched' ? 'account_switched' : 'none';
}

const isItem = (value: unknown): value is ProblemItem =>
  typeof value === 'object' && value !== null && typeof (value as Record<string, unknown>)['code'] === 'string';
