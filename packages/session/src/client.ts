/** The session client: asks, believes only proof, and carries every call of the page. */

import { backoff, confirmDelay, verifyTimeout } from './backoff.js';
import type { Cancel, Ports } from './ports.js';
import { hintOf, readReply } from './reply.js';
import type { Reply } from './reply.js';
import { next, shownUser } from './state.js';
import type { SessionState } from './state.js';
import { nonce, send } from './transport.js';
import { classify } from './verdict.js';
import type { Outcome, Verdict } from './verdict.js';

const VERIFY_EVERY_MS = 300_000;
const CALL_TIMEOUT_MS = 10_000;
const SIGN_IN_TIMEOUT_MS = 30_000;
const APART_MS = 1_000;

export interface Call {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'DELETE';
  readonly body?: unknown;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
  readonly idempotencyKey?: string;
}

export class SessionClient {
  readonly #ports: Ports;
  readonly #listeners = new Set<(state: SessionState) => void>();
  #state: SessionState;
  #sid: string | null;
  #failures = 0;
  #timeouts = 0;
  #askedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | null = null;
  #cancelNext: Cancel = () => {};
  #cancelHint: Cancel | null = null;

  constructor(ports: Ports) {
    this.#ports = ports;
    const known = ports.memory.read();
    this.#sid = known?.sid ?? null;
    const user = known === null ? null : { id: known.userId, email: known.email };
    this.#state = known?.leaving ? { state: 'signing_out' } : { state: 'unverified', since: ports.now(), user, session: null };
  }

  get state(): SessionState {
    return this.#state;
  }

  /** The session this client believes in; what it sends as `Session-Id`. */
  get sid(): string | null {
    return this.#sid;
  }

  subscribe(listener: (state: SessionState) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** The first question of a page, or the rest of a sign-out that an earlier page could not finish. */
  start(): Promise<void> {
    return this.#state.state === 'signing_out' ? this.#leave() : this.probe('start');
  }

  stop(): void {
    this.#cancelNext();
    this.#cancelHint?.();
  }

  /** Asks the server for a verdict. One question is in flight at a time, and whoever asks meanwhile shares it. */
  probe(why: string): Promise<void> {
    if (this.#state.state === 'signing_out') return Promise.resolve();
    this.#asking ??= this.#ask(why).finally(() => {
      this.#asking = null;
    });
    return this.#asking;
  }

  /** Something suggests that the answer may have changed: ask soon, not at once, and never twice a second. */
  hint(why: string): void {
    if (this.#cancelHint !== null) return;
    const sinceLast = this.#ports.now() - this.#askedAt;
    const wait = Math.max(APART_MS - sinceLast, 0) + Math.round(250 * this.#ports.random());
    this.#cancelHint = this.#ports.after(wait, () => {
      this.#cancelHint = null;
      void this.probe(why);
    });
  }

  login(email: string, password: string): Promise<Reply<unknown>> {
    return this.#signIn('/api/auth/login', { email, password });
  }

  register(email: string, password: string, invitation: string | null): Promise<Reply<unknown>> {
    return this.#signIn('/api/auth/register', { email, password, ...(invitation === null ? {} : { invitation }) });
  }

  setup(code: string, email: string, password: string): Promise<Reply<unknown>> {
    return this.#signIn('/api/setup', { code, email, password });
  }

  /** Signs out: here at once, on the server at the next contact. */
  logout(): Promise<void> {
    const known = this.#ports.memory.read();
    if (known !== null) this.#ports.memory.write({ ...known, leaving: true });
    this.#cancelNext();
    this.#move({ state: 'signing_out' }, 'this person asked to sign out');
    return this.#leave();
  }

  /** After *account switched*: believe whoever is signed in now. */
  acceptSwitch(): Promise<void> {
    this.#sid = null;
    this.#ports.memory.write(null);
    this.#move({ state: 'unverified', since: this.#ports.now(), user: null, session: null }, 'the other account is accepted');
    return this.probe('account switched');
  }

  /** One call of the API. Its failures never end the session; at most they make the client ask. */
  async request(path: string, call: Call = {}): Promise<Reply<unknown>> {
    const outcome = await this.#send(path, call, this.#sid);
    const hint = hintOf(outcome);
    if (hint === 'account_switched') this.#apply({ verdict: 'account_switched' }, path);
    if (hint === 'ask') this.hint(`401 on ${path}`);
    return readReply(outcome);
  }

  async #ask(why: string): Promise<void> {
    this.#cancelNext();
    const first = await this.#question();
    if (first.verdict !== 'ended' || this.#state.state === 'signing_out') return this.#apply(first, why);
    await new Promise<void>((done) => this.#ports.after(confirmDelay(this.#ports.random()), done));
    this.#apply(await this.#question(), `${why}, confirmed`);
  }

  async #question(): Promise<Verdict> {
    const asked = nonce(this.#ports);
    const held = this.#sid;
    this.#askedAt = this.#ports.now();
    const outcome = await send(this.#ports, '/api/session', {
      method: 'GET',
      headers: { 'Session-Nonce': asked },
      timeoutMs: verifyTimeout(this.#timeouts),
    });
    const timedOut = outcome.kind === 'transport' && outcome.cause === 'timeout';
    this.#timeouts = timedOut ? this.#timeouts + 1 : 0;
    return classify(asked, held, outcome);
  }

  #apply(verdict: Verdict, why: string): void {
    if (this.#state.state === 'signing_out') return;
    this.#cancelNext();
    if (verdict.verdict === 'none') {
      this.#failures += 1;
      const wait = backoff(this.#failures, this.#ports.random(), verdict.retryAfterMs);
      this.#cancelNext = this.#ports.after(wait, () => void this.probe(`try ${this.#failures + 1}`));
    } else {
      this.#failures = 0;
      if (verdict.verdict === 'active') this.#remember(verdict);
      if (verdict.verdict === 'ended' || verdict.verdict === 'anonymous' || verdict.verdict === 'credential_missing') this.#sid = null;
      if (verdict.verdict === 'active') this.#cancelNext = this.#ports.after(VERIFY_EVERY_MS, () => void this.probe('periodic'));
    }
    const said = verdict.verdict === 'none' ? `no verdict (${verdict.kind})` : verdict.verdict;
    this.#move(next(this.#state, verdict, this.#ports.now()), `${said}, ${why}`);
  }

  #remember(verdict: Extract<Verdict, { verdict: 'active' }>): void {
    const { sid, user } = verdict.session;
    this.#sid = sid;
    this.#ports.memory.write({ sid, email: user.email, userId: user.id });
  }

  async #signIn(path: string, body: unknown): Promise<Reply<unknown>> {
    const asked = nonce(this.#ports);
    const outcome = await this.#send(path, { method: 'POST', body, timeoutMs: SIGN_IN_TIMEOUT_MS }, null, { 'Session-Nonce': asked });
    const reply = readReply(outcome);
    if (!reply.ok) return reply;
    const verdict = classify(asked, null, outcome);
    if (verdict.verdict === 'active') {
      this.#apply(verdict, path);
      return reply;
    }
    const status = outcome.kind === 'reply' ? outcome.status : 0;
    return { ok: false, failure: { kind: 'foreign', status, retryAfterMs: null } };
  }

  async #leave(): Promise<void> {
    const outcome = await this.#send('/api/session/logout', { method: 'POST' }, this.#sid);
    const answered = outcome.kind === 'reply' && [200, 204, 401, 409].includes(outcome.status);
    if (!answered) {
      this.#failures += 1;
      const wait = backoff(this.#failures, this.#ports.random());
      this.#cancelNext = this.#ports.after(wait, () => void this.#leave());
      return;
    }
    this.#failures = 0;
    this.#sid = null;
    this.#ports.memory.write(null);
    this.#move({ state: 'anonymous' }, 'signed out');
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
        ...extra,
      },
      ...(changing ? { body: JSON.stringify(call.body ?? {}) } : {}),
      timeoutMs: call.timeoutMs ?? CALL_TIMEOUT_MS,
      ...(call.signal === undefined ? {} : { signal: call.signal }),
    });
  }

  #move(state: SessionState, why: string): void {
    const changed = state.state !== this.#state.state || shownUser(state)?.id !== shownUser(this.#state)?.id;
    if (changed) this.#ports.log(`${this.#state.state} -> ${state.state}: ${why}`);
    this.#state = state;
    for (const listener of this.#listeners) listener(state);
  }
}
