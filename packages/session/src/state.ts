/** The states that a client can be in, and how a verdict moves it between them. */

import type { ActiveSession, EndReason, SessionUser, Verdict } from './verdict.js';

export type SessionState =
  /** Nobody confirmed it yet, or not lately. `user` is whom this device last knew, null when it knew nobody. */
  | { readonly state: 'unverified'; readonly since: number; readonly user: SessionUser | null; readonly session: ActiveSession | null }
  | { readonly state: 'active'; readonly user: SessionUser; readonly session: ActiveSession }
  | { readonly state: 'anonymous' }
  | { readonly state: 'ended'; readonly reason: EndReason; readonly endedAt: string | null; readonly user: SessionUser | null }
  /** The server knows no cookie, though this device knew a session: the browser lost it. */
  | { readonly state: 'credential_missing'; readonly user: SessionUser | null }
  | { readonly state: 'account_switched'; readonly user: SessionUser | null }
  | { readonly state: 'signing_out' };

/** Whom the page shows as signed in, whatever the last question brought. */
export function shownUser(state: SessionState): SessionUser | null {
  return 'user' in state ? state.user : null;
}

/** True when the page may read and act as the person: signed in, or not yet proven otherwise. */
export function mayRead(state: SessionState): boolean {
  return state.state === 'active' || (state.state === 'unverified' && state.user !== null);
}

/** After these ends the view stays readable under the sign-in sheet; after every other one it is blanked and what was cached is wiped. */
const VIEW_STAYS = new Set<string>(['idle_timeout', 'absolute_timeout', 'key_compromised']);

/** True while what the page shows may stay on the screen. A lost cookie proves nothing against whoever sits there. */
export function keepsView(state: SessionState): boolean {
  return mayRead(state) || state.state === 'credential_missing' || (state.state === 'ended' && VIEW_STAYS.has(state.reason));
}

/**
 * The state after a verdict that brings no session. No verdict ends nothing: it makes an active session unverified and leaves everything else.
 * `now` is monotonic.
 */
export function next(before: SessionState, verdict: Exclude<Verdict, { verdict: 'active' | 'account_switched' }>, now: number): SessionState {
  const user = shownUser(before);
  switch (verdict.verdict) {
    case 'ended':
      return { state: 'ended', reason: verdict.reason, endedAt: verdict.endedAt, user };
    case 'anonymous':
      // What is already known to be over keeps its reason on the page.
      return before.state === 'ended' || before.state === 'credential_missing' ? before : { state: 'anonymous' };
    case 'credential_missing':
      return { state: 'credential_missing', user };
    case 'none':
      return before.state === 'active' ? { state: 'unverified', since: now, user: before.user, session: before.session } : before;
  }
}
