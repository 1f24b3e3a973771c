/** What one answer of the server proves about the session: the pure heart of the client. */

/** Why a session ended, as the server says it. */
export type EndReason =
  | 'logout'
  | 'replaced'
  | 'revoked'
  | 'revoked_all'
  | 'password_changed'
  | 'account_disabled'
  | 'account_deleted'
  | 'idle_timeout'
  | 'absolute_timeout'
  | 'key_compromised'
  | (string & {});

export interface SessionUser {
  readonly id: string;
  readonly email: string;
  readonly role?: string;
  readonly time_zone?: string;
}

/** The part of the server's *active* answer that the client uses. Unknown fields are ignored. */
export interface ActiveSession {
  readonly sid: string;
  readonly user: SessionUser;
  /** Seconds until the idle end, as the server counts them; null when it did not say. */
  readonly idleIn: number | null;
  /** Seconds until the absolute end; null when it did not say. */
  readonly absIn: number | null;
  /** The number of the last revocation that the server took into account; null when it did not say. */
  readonly rev: number | null;
  readonly build: string | null;
  /** How often the server wants to be asked, in seconds; null when it did not say. */
  readonly verifyS: number | null;
}

/** What came of one request. A reply counts only once its body is read. */
export type Outcome =
  | { readonly kind: 'transport'; readonly cause: TransportCause }
  | {
      readonly kind: 'reply';
      readonly status: number;
      readonly contentType: string | null;
      /** The `Retry-After` header as sent. */
      readonly retryAfter: string | null;
      readonly body: string;
      /** The `Session-Verdict` header: a hint, never a verdict. */
      readonly hint?: string | null;
    };

export type TransportCause = 'network' | 'timeout' | 'abort' | 'redirect';

export type NoVerdictKind = 'transport' | 'busy' | 'foreign' | 'stale' | 'newer';

export type Verdict =
  | { readonly verdict: 'active'; readonly session: ActiveSession }
  | { readonly verdict: 'ended'; readonly sid: string; readonly reason: EndReason; readonly endedAt: string | null }
  | { readonly verdict: 'anonymous' }
  | { readonly verdict: 'credential_missing' }
  /** `session` is the one that the server knows instead, where it said so. */
  | { readonly verdict: 'account_switched'; readonly session: ActiveSession | null }
  | { readonly verdict: 'none'; readonly kind: NoVerdictKind; readonly retryAfterMs: number | null };

type Json = Readonly<Record<string, unknown>>;

const KIND = 'wakeful.session';
const VERSION = 1;
const BUSY = new Set([408, 425, 429]);
const MAX_RETRY_AFTER_S = 300;

const none = (kind: NoVerdictKind, retryAfterMs: number | null = null): Verdict => ({ verdict: 'none', kind, retryAfterMs });

/**
 * Judges an answer to `GET /api/session` (or to a sign-in, which answers alike).
 * Everything that is not our own server's word, made for this very question, is no verdict.
 */
export function classify(nonceSent: string, sidHeld: string | null, outcome: Outcome): Verdict {
  if (outcome.kind === 'transport') return none('transport');
  if (BUSY.has(outcome.status) || outcome.status >= 500) return none('busy', retryAfterMs(outcome.retryAfter));

  const body = ours(outcome);
  if (body === null) return none('foreign');
  if (outcome.status === 409 && body['code'] === 'account_switched') return { verdict: 'account_switched', session: null };
  if (outcome.status !== 200) return none('foreign');
  const version = body['v'];
  if (!Number.isInteger(version) || (version as number) < 1) return none('foreign');
  if (body['nonce'] !== nonceSent) return none('stale');
  if ((version as number) > VERSION) return none('newer');

  switch (body['state']) {
    case 'active':
      return active(body, sidHeld);
    case 'ended':
      return ended(body, sidHeld);
    case 'anonymous':
      return { verdict: sidHeld === null ? 'anonymous' : 'credential_missing' };
    default:
      return none(typeof body['state'] === 'string' ? 'newer' : 'foreign');
  }
}

/** True when a reply to any call carries our marker: only then is its 401 worth a question, and never more. */
export function carriesMarker(outcome: Outcome): boolean {
  return outcome.kind === 'reply' && ours(outcome) !== null;
}

/** True when somebody in between wants a sign-in of their own: a 401, 403 or 407 without our marker, or a redirect. */
export function asksForSignIn(outcome: Outcome): boolean {
  if (outcome.kind === 'transport') return outcome.cause === 'redirect';
  return [401, 403, 407].includes(outcome.status) && !carriesMarker(outcome);
}

export interface Hint {
  readonly state: string;
  readonly sid: string;
  readonly rev: number;
}

/** Reads `Session-Verdict: v=1; state; sid; rev`; null when it is absent or not of this version. */
export function readHint(header: string | null | undefined): Hint | null {
  const [version, state, sid, rev] = (header ?? '').split(';').map((part) => part.trim());
  if (version !== 'v=1' || !state || !sid) return null;
  return { state, sid, rev: Number(rev) || 0 };
}

/** `Retry-After` in milliseconds within 0 to 300 s; null when absent or not a number of seconds. */
export function retryAfterMs(header: string | null): number | null {
  const seconds = Number(header?.trim() || Number.NaN);
  if (!Number.isFinite(seconds)) return null;
  return Math.min(Math.max(seconds, 0), MAX_RETRY_AFTER_S) * 1000;
}

function active(body: Json, sidHeld: string | null): Verdict {
  const sid = body['sid'];
  const user = body['user'];
  if (!isText(sid) || !isObject(user) || !isText(user['id']) || !isText(user['email'])) return none('foreign');
  const { role, time_zone } = user;
  const hints = isObject(body['hints']) ? body['hints'] : {};
  const session: ActiveSession = {
    sid,
    user: {
      id: user['id'],
      email: user['email'],
      ...(isText(role) ? { role } : {}),
      ...(isText(time_zone) ? { time_zone } : {}),
    },
    idleIn: numberOrNull(body['idle_in']),
    absIn: numberOrNull(body['abs_in']),
    rev: numberOrNull(body['rev']),
    build: isText(body['build']) ? body['build'] : null,
    verifyS: numberOrNull(hints['verify_s']),
  };
  return sidHeld !== null && sid !== sidHeld ? { verdict: 'account_switched', session } : { verdict: 'active', session };
}

function ended(body: Json, sidHeld: string | null): Verdict {
  const sid = body['sid'];
  const reason = body['reason'];
  if (!isText(sid) || !isText(reason)) return none('foreign');
  if (sidHeld !== null && sid !== sidHeld) return none('stale');
  return { verdict: 'ended', sid, reason, endedAt: isText(body['ended_at']) ? body['ended_at'] : null };
}

/** The body of a reply that calls itself JSON and is; undefined otherwise. */
export function jsonOf(reply: Extract<Outcome, { kind: 'reply' }>): unknown {
  try {
    if (/^application\/(problem\+)?json\b/i.test(reply.contentType ?? '')) return JSON.parse(reply.body);
  } catch {
    // Cut off on its way, or never JSON.
  }
  return undefined;
}

function ours(reply: Extract<Outcome, { kind: 'reply' }>): Json | null {
  const body = jsonOf(reply);
  return isObject(body) && body['kind'] === KIND ? body : null;
}

export const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value);
export const isText = (value: unknown): value is string => typeof value === 'string' && value !== '';
const numberOrNull = (value: unknown): number | null => (typeof value === 'number' ? value : null);
