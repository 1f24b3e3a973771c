/** The session client: carries out what the machine decides, and every call of the page. */

import { warning } from './lifetime.js';
import type { Warning } from './lifetime.js';
import { begin, step } from './machine.js';
import type { Effect, Event, Machine } from './machine.js';
import { isVisible, wallClock } from './ports.js';
import type { Cancel, Ports } from './ports.js';
import { readReply } from './reply.js';
import type { Reply } from './reply.js';
import { shownUser } from './state.js';
import type { SessionState } from './state.js';
import { nonce, send } from './transport.js';
import { asksForSignIn, carriesMarker, classify, isObject, readHint } from './verdict.js';
import type { Outcome } from './verdict.js';
import { decided, forReturn } from './waiting.js';
import type { Waiter } from './waiting.js';

const CALL_TIMEOUT_MS = 10_000;
const SIGN_IN_TIMEOUT_MS = 30_000;
const DAY_MS = 86_400_000;
/** So many times in a row make somebody in between worth a word. */
const REFUSALS = 2;
/** What decides something, and may bring an end to waiting for an answer. */
const DECIDES = new Set<Event['type']>(['answer', 'left', 'signed_in', 'sign_out', 'accept']);

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  /** Made for each POST where none is given: a repeat after a lost answer, or after a sign-in, is one effect. */
  readonly idempotencyKey?: string;
}

export class SessionClient {
  readonly #ports: Ports;
  readonly #listeners = new Set<(state: SessionState) => void>();
  readonly #waiting = new Set<Waiter>();
  #machine: Machine;
  #asked: (() => void)[] = [];
  #armed: { readonly at: number; readonly cancel: Cancel } | null = null;
  #touched = false;
  #leaving = false;
  #stopped = false;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#machine = begin(ports.memory.read(), ports.now(), isVisible(ports));
  }

  get state(): SessionState {
    return this.#machine.state;
  }

  /** The session this client believes in; what it sends as `Session-Id`. */
  get sid(): string | null {
    return this.#machine.sid;
  }

  /** All there is to know, for whoever shows or tests it. */
  get machine(): Machine {
    return this.#machine;
  }

  /** Something between this page and the server keeps asking for a sign-in of its own: only a reload of the page can show it. */
  get refused(): boolean {
    return this.#machine.refusals >= REFUSALS;
  }

  /** Hears whatever happens, also where the state stays what it is. */
  subscribe(listener: (state: SessionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The first question of a page, or the rest of a sign-out that an earlier page could not finish. */
  start(): Promise<void> {
    this.#stopped = false;
    this.step({ type: 'start' });
    return this.#settled();
  }

  stop(): void {
    this.#stopped = true;
    this.#armed?.cancel();
    this.#armed = null;
  }

  /** Asks the server for a verdict. One question is in flight at a time, and whoever asks meanwhile shares it. */
  probe(why: string): Promise<void> {
    this.step({ type: 'probe', why });
    return this.#settled(this.state.state !== 'signing_out' && this.#machine.dueAt !== null);
  }

  /** Something suggests that the answer may have changed: ask soon, not at once, and never twice a second. */
  hint(why: string, weak = false): void {
    this.step({ type: 'hint', why, weak });
  }

  /** A message of another tab, whatever it may be. */
  hear(message: unknown): void {
    if (isObject(message)) this.step({ type: 'heard', message });
  }

  /** What is worth saying about the ends of this session; null while they are far. */
  warning(): Warning | null {
    const { state, seenAt } = this.#machine;
    if (state.state !== 'active' && state.state !== 'unverified') return null;
    return state.session === null ? null : warning(state.session, seenAt, this.#ports.now());
  }

  /** Somebody is at the keys: the next request says so, and a near end without use is put off at once. */
  touch(): void {
    this.#touched = true;
    if (this.warning()?.kind === 'idle') this.hint('in use', true);
  }

  /**
   * Any call that answers with a session: signing in, registering, setting up. `again` is for the password given once more
   * in a session that goes on.
   */
  async signIn(path: string, body: unknown, again = false): Promise<Reply<unknown>> {
    const asked = nonce(this.#ports);
    const sid = again ? this.sid : null;
    const outcome = await this.#send(path, { method: 'POST', body, timeoutMs: SIGN_IN_TIMEOUT_MS }, sid, { 'Session-Nonce': asked });
    const reply = readReply(outcome);
    // Registering where a mail decides: taken, and nobody is signed in by it.
    if (reply.ok && reply.status === 202) return reply;
    const verdict = classify(asked, sid, outcome);
    if (verdict.verdict === 'active') this.step({ type: 'signed_in', session: verdict.session });
    // It may have been done and its answer lost, or somebody else is signed in by now.
    else if (reply.ok || reply.failure.kind !== 'problem' || again) this.hint(path);
    return reply.ok && verdict.verdict !== 'active' ? { ok: false, failure: { kind: 'foreign', status: reply.status, retryAfterMs: null } } : reply;
  }

  /** Signs out: here at once, on the server at the next contact. */
  logout(): Promise<void> {
    this.step({ type: 'sign_out' });
    return this.#settled();
  }

  /** After *account switched*: believe whoever is signed in now. */
  acceptSwitch(): Promise<void> {
    this.step({ type: 'accept' });
    return this.#settled();
  }

  /** One call of the API. Its failures never end the session; at most they make the client ask. */
  async request(path: string, call: Call = {}): Promise<Reply<unknown>> {
    const owner = shownUser(this.state)?.id ?? null;
    const changing = (call.method ?? 'GET') !== 'GET';
    const keyed = call.method === 'POST' ? { idempotencyKey: nonce(this.#ports), ...call } : call;
    let outcome = await this.#send(path, keyed, this.sid);
    this.#judge(path, outcome);
    if (changing && outcome.kind === 'reply' && outcome.status === 401 && carriesMarker(outcome) && owner !== null) {
      // Ours, but no verdict. Where the next one is an end, what a person did is done once they are back.
      if (await forReturn(this.#waiting, this.#ports, owner, call.signal)) {
        outcome = await this.#send(path, keyed, this.sid);
        this.#judge(path, outcome);
      }
    }
    return readReply(outcome);
  }

  /** Lets something happen to the machine. */
  step(event: Event): void {
    const { now, random } = this.#ports;
    const before = this.#machine;
    const [machine, effects] = step(before, event, { now: now(), random: random(), day: Math.floor(wallClock(this.#ports) / DAY_MS) });
    this.#machine = machine;
    if (DECIDES.has(event.type)) this.#ports.log(line(before, event, machine));
    for (const effect of effects) this.#carryOut(effect);
    this.#arm();
    if (DECIDES.has(event.type)) {
      decided(this.#waiting, event.type, machine);
      if (!this.#busy()) this.#asked.splice(0).forEach((done) => done());
    }
    for (const listener of this.#listeners) listener(machine.state);
  }

  #carryOut(effect: Effect): void {
    switch (effect.do) {
      case 'ask':
        return void this.#ask(effect);
      case 'leave':
        return void this.#leave();
      case 'remember':
        return this.#ports.memory.write(effect.value);
      case 'tell':
        return this.#ports.tabs?.tell(effect.message);
    }
  }

  #arm(): void {
    const at = this.#machine.dueAt;
    if (this.#armed?.at === at) return;
    this.#armed?.cancel();
    this.#armed = null;
    if (at === null || this.#stopped) return;
    const cancel = this.#ports.after(Math.max(0, at - this.#ports.now()), () => {
      this.#armed = null;
      this.step({ type: 'due' });
    });
    this.#armed = { at, cancel };
  }

  async #ask({ question, how, timeoutMs }: Extract<Effect, { do: 'ask' }>): Promise<void> {
    const held = this.sid;
    const asked = nonce(this.#ports);
    const renew = how === 'renew';
    const call: Call = { method: renew ? 'POST' : 'GET', timeoutMs };
    // A plain question is about the cookie, whatever session this page believes in.
    const outcome = await this.#send(renew ? '/api/session/renew' : '/api/session', call, renew ? held : null, { 'Session-Nonce': asked });
    const timedOut = outcome.kind === 'transport' && outcome.cause === 'timeout';
    this.step({ type: 'answer', question, verdict: classify(asked, held, outcome), timedOut, refused: asksForSignIn(outcome) });
  }

  /** What a reply to any call suggests about the session: at most a reason to ask. */
  #judge(path: string, outcome: Outcome): void {
    if (outcome.kind === 'transport') return;
    const { status } = outcome;
    const hint = readHint(outcome.hint);
    // A 409 with our marker: this browser is somebody else's by now, and nothing was done.
    if (status === 401 || (status === 409 && carriesMarker(outcome))) this.hint(`${status} on ${path}`, status === 401);
    else if (hint !== null && this.sid !== null) this.step({ type: 'seen', hint });
  }

  async #leave(): Promise<void> {
    this.#leaving = true;
    const outcome = await this.#send('/api/session/logout', { method: 'POST' }, this.sid);
    this.#leaving = false;
    // 401 and 409 only count with our marker: a proxy's does not end what the server still holds.
    const done = outcome.kind === 'reply' && (outcome.status === 204 || ([200, 401, 409].includes(outcome.status) && carriesMarker(outcome)));
    this.step({ type: 'left', done });
  }

  #send(path: string, call: Call, sid: string | null, extra: Record<string, string> = {}): Promise<Outcome> {
    const method = call.method ?? 'GET';
    const headers: Record<string, string> = { ...this.#input(), ...extra };
    let body: string | null = null;
    if (method !== 'GET') {
      headers['X-Wakeful'] = '1';
      headers['Content-Type'] = 'application/json';
      body = JSON.stringify(call.body ?? {});
    }
    if (sid !== null) headers['Session-Id'] = sid;
    if (call.idempotencyKey !== undefined) headers['Idempotency-Key'] = call.idempotencyKey;
    return send(this.#ports, path, { method, headers, body, timeoutMs: call.timeoutMs ?? CALL_TIMEOUT_MS, signal: call.signal });
  }

  /** Where only a person's own doing counts as use, this is what tells it from polling. */
  #input(): Record<string, string> {
    const touched = this.#touched;
    this.#touched = false;
    return touched ? { 'X-Wakeful-Input': '1' } : {};
  }

  async #settled(later = false): Promise<void> {
    if (later || this.#busy()) await new Promise<void>((done) => this.#asked.push(done));
  }

  #busy(): boolean {
    return this.#machine.asking !== 'no' || this.#leaving;
  }
}

/** What was decided and why, for the console and for whoever is asked what happened. */
function line(before: Machine, event: Event, after: Machine): string {
  const { verdict, kind, reason } = (event.type === 'answer' ? event.verdict : {}) as { verdict?: string; kind?: string; reason?: string };
  const why = [verdict === 'none' ? 'no verdict' : verdict, kind ?? reason, event.type === 'answer' ? `(${before.why})` : event.type];
  return `${before.state.state} -> ${after.state.state}: ${why.filter(Boolean).join(' ')}`;
}
