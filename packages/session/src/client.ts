/** The session client: carries out what the machine decides, and every call of the page. */

import { warning } from './lifetime.js';
import type { Warning } from './lifetime.js';
import { begin, step } from './machine.js';
import type { Effect, Event, Machine } from './machine.js';
import { isMessage } from './message.js';
import { isVisible, wallClock } from './ports.js';
import type { Cancel, Ports } from './ports.js';
import { hintOf, readReply } from './reply.js';
import type { Reply } from './reply.js';
import { shownUser } from './state.js';
import type { SessionState } from './state.js';
import { nonce, send } from './transport.js';
import { asksForSignIn, carriesMarker, classify, readHint } from './verdict.js';
import type { Outcome } from './verdict.js';
import { Waiting } from './waiting.js';

const CALL_TIMEOUT_MS = 10_000;
const SIGN_IN_TIMEOUT_MS = 30_000;
const DAY_MS = 86_400_000;
/** So many times in a row make somebody in between worth a word. */
const REFUSALS = 2;
/** What may bring an end to waiting for an answer. */
const DECIDES = new Set<Event['type']>(['answer', 'left', 'signed_in', 'accept']);

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
  readonly #waiting: Waiting;
  #machine: Machine;
  #asked: (() => void)[] = [];
  #armed: { readonly at: number; readonly cancel: Cancel } | null = null;
  #touched = false;
  #leaving = false;
  #stopped = false;

  constructor(ports: Ports) {
    this.#ports = ports;
    this.#waiting = new Waiting(ports);
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
    const pending = this.#busy() || (this.#machine.dueAt !== null && this.state.state !== 'signing_out');
    return pending ? new Promise((done) => this.#asked.push(done)) : Promise.resolve();
  }

  /** Something suggests that the answer may have changed: ask soon, not at once, and never twice a second. */
  hint(why: string, weak = false): void {
    this.step({ type: 'hint', why, weak });
  }

  /** A message of another tab, whatever it may be. */
  hear(message: unknown): void {
    if (isMessage(message)) this.step({ type: 'heard', message });
  }

  /** What is worth saying about the ends of this session; null while they are far. */
  warning(): Warning | null {
    const { state, seenAt, longest } = this.#machine;
    if (state.state !== 'active' && state.state !== 'unverified') return null;
    return state.session === null ? null : warning(state.session, seenAt, this.#ports.now(), longest);
  }

  /** Somebody is at the keys: the next request says so, and a near end without use is put off at once. */
  touch(): void {
    this.#touched = true;
    if (this.warning()?.kind === 'idle') this.hint('in use', true);
  }

  login(email: string, password: string): Promise<Reply<unknown>> {
    return this.#signIn('/api/auth/login', { email, password }, null);
  }

  register(email: string, password: string, invitation: string | null): Promise<Reply<unknown>> {
    return this.#signIn('/api/auth/register', { email, password, ...(invitation === null ? {} : { invitation }) }, null);
  }

  setup(code: string, email: string, password: string): Promise<Reply<unknown>> {
    return this.#signIn('/api/setup', { code, email, password }, null);
  }

  /** Gives the password again: the same session, a new absolute end. */
  reauth(password: string): Promise<Reply<unknown>> {
    return this.#signIn('/api/session/reauth', { password }, this.sid);
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
      if (await this.#waiting.forReturn(owner, call.signal)) {
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
    for (const effect of effects) this.#carryOut(effect);
    this.#arm();
    this.#waiting.moved(event.type, machine);
    if (DECIDES.has(event.type) && !this.#busy()) this.#asked.splice(0).forEach((done) => done());
    if (machine.state !== before.state || machine.refusals !== before.refusals || machine.graceUntil !== before.graceUntil) {
      for (const listener of this.#listeners) listener(machine.state);
    }
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
      case 'log':
        return this.#ports.log(effect.line);
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
    const headers = { 'Session-Nonce': asked };
    const outcome =
      how === 'renew'
        ? await this.#send('/api/session/renew', { method: 'POST', timeoutMs }, held, headers)
        : await send(this.#ports, '/api/session', { method: 'GET', headers: { ...headers, ...this.#input() }, timeoutMs });
    const timedOut = outcome.kind === 'transport' && outcome.cause === 'timeout';
    this.step({ type: 'answer', question, verdict: classify(asked, held, outcome), timedOut, refused: asksForSignIn(outcome) });
  }

  /** What a reply to any call suggests about the session. */
  #judge(path: string, outcome: Outcome): void {
    const hinted = hintOf(outcome);
    if (hinted !== 'none') this.step({ type: 'hint', why: `${hinted === 'ask' ? '401' : '409'} on ${path}`, weak: hinted === 'ask' });
    const seen = outcome.kind === 'reply' ? readHint(outcome.hint) : null;
    if (seen !== null && this.sid !== null && hinted === 'none') this.step({ type: 'seen', hint: seen });
  }

  async #signIn(path: string, body: unknown, sid: string | null): Promise<Reply<unknown>> {
    const asked = nonce(this.#ports);
    const outcome = await this.#send(path, { method: 'POST', body, timeoutMs: SIGN_IN_TIMEOUT_MS }, sid, { 'Session-Nonce': asked });
    const reply = readReply(outcome);
    if (reply.ok) {
      const verdict = classify(asked, sid, outcome);
      if (verdict.verdict === 'active') {
        this.step({ type: 'signed_in', session: verdict.session });
        return reply;
      }
    } else if (reply.failure.kind === 'problem') {
      if (reply.failure.code === 'account_switched' || reply.failure.code === 'session_ended') this.hint(path);
      return reply;
    }
    // It may have been done and its answer lost.
    this.hint(`${path} brought no answer`);
    return reply.ok ? { ok: false, failure: { kind: 'foreign', status: reply.status, retryAfterMs: null } } : reply;
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
    const changing = method !== 'GET';
    return send(this.#ports, path, {
      method,
      headers: {
        ...(changing ? { 'X-Wakeful': '1', 'Content-Type': 'application/json' } : {}),
        ...(sid === null ? {} : { 'Session-Id': sid }),
        ...(call.idempotencyKey === undefined ? {} : { 'Idempotency-Key': call.idempotencyKey }),
        ...this.#input(),
        ...extra,
      },
      ...(changing ? { body: JSON.stringify(call.body ?? {}) } : {}),
      timeoutMs: call.timeoutMs ?? CALL_TIMEOUT_MS,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
  }

  /** Where only a person's own doing counts as use, this is what tells it from polling. */
  #input(): Record<string, string> {
    const touched = this.#touched;
    this.#touched = false;
    return touched ? { 'X-Wakeful-Input': '1' } : {};
  }

  #settled(): Promise<void> {
    return this.#busy() ? new Promise((done) => this.#asked.push(done)) : Promise.resolve();
  }

  #busy(): boolean {
    return this.#machine.asking !== 'no' || this.#leaving;
  }
}
