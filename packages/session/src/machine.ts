/** The session's state machine: pure. What was, what happened and when make what is, and the effects to be carried out. */

import { backoff, confirmDelay, verifyTimeout } from './backoff.js';
import { isNews } from './message.js';
import type { Message } from './message.js';
import type { Remembered } from './ports.js';
import { mayRead, next, shownUser } from './state.js';
import type { SessionState } from './state.js';
import type { ActiveSession, Hint, Verdict } from './verdict.js';

const APART_MS = 1_000;
const VERIFY_S = 300;
const LEAST_VERIFY_S = 10;
const HIDDEN_LEADER_MS = 60_000;
const LAZY_MS = 900_000;
const JITTER_MS = 250;
const HIDDEN_JITTER_MS = 5_000;
const GRACE_MS = 60_000;

/** All times are monotonic milliseconds. */
export interface Machine {
  readonly state: SessionState;
  /** The session this client believes in. */
  readonly sid: string | null;
  /** The newest revocation that an answer named. */
  readonly rev: number;
  /** The number of the last question. Answers to earlier ones are dropped. */
  readonly question: number;
  /** `confirming`: an end was heard and is about to be asked for again. */
  readonly asking: 'no' | 'asked' | 'confirming' | 'confirm';
  /** Why the next question is asked, or why the last one was. */
  readonly why: string;
  /** A reason to ask that came while a question was under way: its answer may be older than the news. */
  readonly again: string | null;
  readonly askedAt: number | null;
  readonly dueAt: number | null;
  /** The server asked not to be asked before. */
  readonly notBefore: number;
  readonly failures: number;
  readonly timeouts: number;
  /** Times in a row that somebody in between asked for a sign-in of their own. */
  readonly refusals: number;
  /** Until then no failure is worth a word: the device has just woken. */
  readonly graceUntil: number;
  /** When the server last called the session active. */
  readonly seenAt: number;
  /** The longest time to the idle end that was seen of this session, in seconds. */
  readonly idleWindow: number;
  /** The day of the last renewal, in days of this device's calendar: it saves requests and decides nothing. */
  readonly renewedOn: number | null;
  /** The question under way is a renewal. */
  readonly renewing: boolean;
  readonly visible: boolean;
  readonly leads: boolean;
}

export type Event =
  | { readonly type: 'start' }
  | { readonly type: 'due' }
  | { readonly type: 'probe'; readonly why: string }
  /** A weak hint waits for its turn while the server cannot be read; others ask at once. */
  | { readonly type: 'hint'; readonly why: string; readonly weak?: boolean }
  | { readonly type: 'answer'; readonly question: number; readonly verdict: Verdict; readonly timedOut?: boolean; readonly refused?: boolean }
  | { readonly type: 'signed_in'; readonly session: ActiveSession }
  | { readonly type: 'sign_out' }
  | { readonly type: 'left'; readonly done: boolean }
  | { readonly type: 'accept' }
  | { readonly type: 'heard'; readonly message: Partial<Record<keyof Message, unknown>> }
  | { readonly type: 'seen'; readonly hint: Hint }
  | { readonly type: 'page'; readonly visible?: boolean; readonly leads?: boolean }
  | { readonly type: 'slept' };

export type Effect =
  | { readonly do: 'ask'; readonly question: number; readonly how: 'verify' | 'renew'; readonly timeoutMs: number }
  | { readonly do: 'leave' }
  | { readonly do: 'remember'; readonly value: Remembered | null }
  | { readonly do: 'tell'; readonly message: Message };

export interface Moment {
  readonly now: number;
  /** In [0, 1). */
  readonly random: number;
  /** Days of this device's calendar. */
  readonly day: number;
}

type Step = readonly [Machine, readonly Effect[]];

export function begin(known: Remembered | null, now: number, visible: boolean): Machine {
  const user = known === null ? null : { id: known.userId, email: known.email };
  return {
    state: known?.leaving ? { state: 'signing_out' } : { state: 'unverified', since: now, user, session: null },
    sid: known?.sid ?? null,
    rev: 0,
    question: 0,
    asking: 'no',
    why: 'start',
    again: null,
    askedAt: null,
    dueAt: null,
    notBefore: 0,
    failures: 0,
    timeouts: 0,
    refusals: 0,
    graceUntil: 0,
    seenAt: now,
    idleWindow: 0,
    renewedOn: known?.renewedOn ?? null,
    renewing: false,
    visible,
    leads: false,
  };
}

export function step(m: Machine, event: Event, at: Moment): Step {
  if (m.state.state === 'signing_out') return leaving(m, event, at);
  switch (event.type) {
    case 'start':
      return m.visible ? ask(m, 'start', at) : [later(m, 'start', m.leads ? at.now + APART_MS * at.random : at.now + lazy(at)), []];
    case 'due':
      return ask(m, m.why, at);
    case 'probe':
      return m.asking === 'no' ? ask(m, event.why, at) : [m, []];
    case 'hint':
      return [hint(m, event.why, event.weak === true, at), []];
    case 'answer':
      return event.question === m.question && (m.asking === 'asked' || m.asking === 'confirm') ? answer(m, event, at) : [m, []];
    case 'signed_in':
      return signedIn(m, event.session, at);
    case 'sign_out': {
      const gone = quiet({ ...m, state: { state: 'signing_out' } });
      const value = remembered(m, { leaving: true });
      return [gone, [...(value === null ? [] : [{ do: 'remember', value } as const]), tell('over', m), { do: 'leave' }]];
    }
    case 'accept': {
      const open = quiet({ ...m, sid: null, state: { state: 'unverified', since: at.now, user: null, session: null }, askedAt: null });
      const [asked, effects] = ask(open, 'account switched', at);
      return [asked, [{ do: 'remember', value: null }, ...effects]];
    }
    case 'heard':
      return isNews(event.message, m.sid, m.rev) ? [hint(m, 'another tab', false, at), []] : [m, []];
    case 'seen': {
      const { state, sid, rev } = event.hint;
      if (state === 'active' && sid === m.sid && rev <= m.rev) return [m, []];
      return [hint({ ...m, rev: Math.max(rev, m.rev) }, 'a reply says so', true, at), []];
    }
    case 'page':
      return [page(m, event, at), []];
    case 'slept': {
      const awake = { ...m, graceUntil: at.now + GRACE_MS, failures: 0, notBefore: 0 };
      return [hint(awake, 'the device slept', false, at), []];
    }
    case 'left':
      return [m, []];
  }
}

/** Once somebody asked to sign out, only the server's hearing of it is left to do. */
function leaving(m: Machine, event: Event, at: Moment): Step {
  switch (event.type) {
    case 'signed_in':
      return signedIn(m, event.session, at);
    case 'page':
      return [page(m, event, at), []];
    case 'start':
    case 'due':
      return [{ ...m, dueAt: null }, [{ do: 'leave' }]];
    case 'hint':
    case 'slept':
      // Soon, once something suggests that the server can be reached; one request is under way when nothing is due.
      return [m.dueAt === null ? m : later(m, m.why, at.now + jitter(m, at)), []];
    case 'left': {
      const failures = m.failures + 1;
      if (!event.done) return [{ ...m, failures, dueAt: at.now + backoff(failures, at.random) }, []];
      const out = quiet({ ...m, sid: null, state: { state: 'anonymous' } });
      return [out, [{ do: 'remember', value: null }, tell('over', m)]];
    }
    default:
      return [m, []];
  }
}

function ask(m: Machine, why: string, at: Moment): Step {
  const soonest = (m.askedAt ?? Number.NEGATIVE_INFINITY) + APART_MS;
  const confirm = m.asking === 'confirming';
  if (!confirm && at.now < soonest) return [{ ...m, why, dueAt: soonest }, []];
  const renew = !confirm && why === 'periodic' && renewalDue(m, at);
  const question = m.question + 1;
  const asked: Machine = {
    ...m,
    question,
    why,
    asking: confirm ? 'confirm' : 'asked',
    askedAt: at.now,
    dueAt: null,
    again: null,
    // Tried counts: a server without renewals must not be asked for one each time.
    renewedOn: renew ? at.day : m.renewedOn,
    renewing: renew,
  };
  return [asked, [{ do: 'ask', question, how: renew ? 'renew' : 'verify', timeoutMs: verifyTimeout(m.timeouts) }]];
}

function answer(m: Machine, event: Extract<Event, { type: 'answer' }>, at: Moment): Step {
  const { verdict } = event;
  const heard: Machine = {
    ...m,
    timeouts: event.timedOut ? m.timeouts + 1 : 0,
    refusals: event.refused ? m.refusals + 1 : 0,
  };
  if (verdict.verdict === 'ended' && m.asking === 'asked') {
    return [{ ...heard, asking: 'confirming', dueAt: at.now + confirmDelay(at.random) }, []];
  }
  const [decided, effects] = decide({ ...heard, asking: 'no' }, verdict, at);
  return [m.again === null ? decided : hint({ ...decided, again: null }, m.again, true, at), effects];
}

function decide(m: Machine, verdict: Verdict, at: Moment): Step {
  const before = shownUser(m.state);
  switch (verdict.verdict) {
    case 'none': {
      const failures = m.failures + 1;
      const dueAt = at.now + backoff(failures, at.random, verdict.retryAfterMs);
      const state = next(m.state, verdict, at.now);
      return [{ ...m, state, failures, dueAt, notBefore: at.now + (verdict.retryAfterMs ?? 0), why: 'again' }, []];
    }
    case 'active':
      // Whoever had the page before is not handed over in silence.
      if (!mayRead(m.state) && before !== null && before.id !== verdict.session.user.id) return switched(m);
      return active(m, verdict.session, at);
    case 'account_switched':
      // The same person signed in anew in another tab: nobody was switched.
      if (verdict.session !== null && before !== null && verdict.session.user.id === before.id) return active(m, verdict.session, at);
      // A renewal says only that the session is another one: whose it is, the next question tells.
      if (verdict.session === null && m.renewing) return decide(m, { verdict: 'none', kind: 'stale', retryAfterMs: null }, at);
      return switched(m);
    case 'ended':
    case 'anonymous':
    case 'credential_missing': {
      const state = next(m.state, verdict, at.now);
      return [quiet({ ...m, sid: null, state }), verdict.verdict === 'ended' ? [tell('over', m)] : []];
    }
  }
}

const switched = (m: Machine): Step => [quiet({ ...m, state: { state: 'account_switched', user: shownUser(m.state) } }), []];

function active(m: Machine, session: ActiveSession, at: Moment): Step {
  const same = session.sid === m.sid;
  const rev = session.rev ?? m.rev;
  const on: Machine = {
    ...m,
    state: { state: 'active', user: session.user, session },
    sid: session.sid,
    rev: same ? Math.max(rev, m.rev) : rev,
    failures: 0,
    notBefore: 0,
    graceUntil: 0,
    seenAt: at.now,
    idleWindow: Math.max(session.idleIn ?? 0, same ? m.idleWindow : 0),
    // Whoever is met for the first time is taken for renewed: the cookie is as new as that, or lasts for months.
    renewedOn: m.renewedOn ?? at.day,
    why: 'periodic',
  };
  const dueAt = at.now + (renewalDue(on, at) ? Math.min(period(on, at), 10_000 + 20_000 * at.random) : period(on, at));
  const effects: Effect[] = [{ do: 'remember', value: remembered(on) }];
  if (same && m.rev > 0 && on.rev > m.rev) effects.push(tell('rev', on));
  return [{ ...on, dueAt }, effects];
}

function signedIn(m: Machine, session: ActiveSession, at: Moment): Step {
  const fresh = { ...quiet(m), sid: null, renewedOn: at.day };
  const [on, effects] = active(fresh, session, at);
  return [on, [...effects, tell('signed_in', on)]];
}

/** Brings the next question forward: never within a second of the last one, nor before the server's own time. */
function hint(m: Machine, why: string, weak: boolean, at: Moment): Machine {
  if (m.asking === 'asked' || m.asking === 'confirm') return { ...m, again: m.again ?? why };
  if (m.asking === 'confirming' || (weak && m.failures > 0)) return m;
  const soonest = Math.max(at.now, (m.askedAt ?? Number.NEGATIVE_INFINITY) + APART_MS, m.notBefore);
  return later(m, why, soonest + jitter(m, at));
}

function page(m: Machine, { visible = m.visible, leads = m.leads }: { visible?: boolean; leads?: boolean }, at: Moment): Machine {
  const moved = { ...m, visible, leads };
  if (m.state.state === 'active' && m.asking === 'no') return later(moved, m.why, Math.max(at.now + APART_MS, m.seenAt + period(moved, at)));
  // The first question of a page that was restored in the background.
  if (leads && !m.leads && m.asking === 'no' && m.askedAt === null && m.dueAt !== null) return later(moved, m.why, at.now + APART_MS * at.random);
  return moved;
}

function period(m: Machine, at: Moment): number {
  const verify = m.state.state === 'active' ? m.state.session.verifyS : null;
  // A hidden page holds no stream: the leader asks for all of them.
  return m.visible ? Math.max(LEAST_VERIFY_S, verify ?? VERIFY_S) * 1000 : m.leads ? HIDDEN_LEADER_MS : lazy(at);
}

function renewalDue(m: Machine, at: Moment): boolean {
  if (m.state.state !== 'active' || m.failures > 0) return false;
  const { idleIn } = m.state.session;
  return m.renewedOn !== at.day || (idleIn !== null && idleIn - (at.now - m.seenAt) / 1000 <= m.idleWindow / 2);
}

const lazy = (at: Moment): number => LAZY_MS * (0.75 + 0.5 * at.random);
const jitter = (m: Machine, at: Moment): number => Math.round((m.visible ? JITTER_MS : HIDDEN_JITTER_MS) * at.random);
const later = (m: Machine, why: string, dueAt: number): Machine => (m.dueAt !== null && m.dueAt <= dueAt ? m : { ...m, dueAt, why });
/** Nothing is under way and nothing is due; an answer that still comes is dropped. */
const quiet = (m: Machine): Machine => ({ ...m, asking: 'no', question: m.question + 1, again: null, dueAt: null, failures: 0, timeouts: 0, refusals: 0 });
const tell = (type: Message['type'], m: Machine): Effect => ({ do: 'tell', message: { type, sid: m.sid, rev: m.rev } });

function remembered(m: Machine, more: { leaving?: true } = {}): Remembered | null {
  const user = shownUser(m.state);
  if (user === null || m.sid === null) return null;
  return { sid: m.sid, email: user.email, userId: user.id, renewedOn: m.renewedOn, ...more };
}
