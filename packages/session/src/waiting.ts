/** Changes that met a proven end wait here for the sign-in: said again to the same person, and to nobody else. */

import type { Event, Machine } from './machine.js';
import type { Ports } from './ports.js';
import { shownUser } from './state.js';

/** How long a call waits for a verdict that does not come. A proven end is waited for as long as the sign-in takes. */
const PATIENCE_MS = 30_000;

export interface Waiter {
  readonly owner: string;
  /** The end that it waits out was proven. */
  ended: boolean;
  readonly done: (again: boolean) => void;
}

/** Resolves to true when the session had truly ended and the same account is back: the call may be made again. */
export function forReturn(waiters: Set<Waiter>, ports: Ports, owner: string, signal?: AbortSignal): Promise<boolean> {
  return new Promise((resolve) => {
    const waiter: Waiter = { owner, ended: false, done: (again) => resolve(waiters.delete(waiter) && again) };
    ports.after(PATIENCE_MS, () => waiter.ended || waiter.done(false));
    signal?.addEventListener('abort', () => waiter.done(false));
    waiters.add(waiter);
  });
}

/** Only what is decided lets somebody go: an answer that brought no verdict keeps them waiting. */
export function decided(waiters: Set<Waiter>, event: Event['type'], after: Machine): void {
  if (event === 'answer' && (after.asking !== 'no' || after.failures > 0)) return;
  const { state } = after.state;
  const user = shownUser(after.state)?.id;
  for (const waiter of waiters) {
    if ((state === 'ended' || state === 'credential_missing') && user === waiter.owner) waiter.ended = true;
    else waiter.done(state === 'active' && waiter.ended && user === waiter.owner);
  }
}
