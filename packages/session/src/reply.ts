/** What an API call brought: its data, or a failure that never says more than it knows. */

import { isObject, jsonOf, retryAfterMs } from './verdict.js';
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
  const body = jsonOf(outcome);
  if (body !== undefined && status >= 200 && status < 300) return { ok: true, status, data: body };
  if (!isObject(body) || typeof body['code'] !== 'string') return { ok: false, failure: { kind: 'foreign', status, retryAfterMs: wait } };
  const { code, detail, field, errors } = body;
  return {
    ok: false,
    failure: {
      kind: 'problem',
      status,
      code: code as string,
      detail: typeof detail === 'string' ? detail : '',
      field: typeof field === 'string' ? field : null,
      errors: Array.isArray(errors) ? errors.filter(isItem) : [],
      retryAfterMs: wait,
    },
  };
}

const isItem = (value: unknown): value is ProblemItem => isObject(value) && typeof value['code'] === 'string';
