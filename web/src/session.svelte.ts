/** The session and the server's health, as the page sees them. */

import { NO_HEALTH, PageSession, badge, browserPorts, keepsView, mayRead, shownUser } from '@wakeful/session';
import type { Badge, Health, Reply, SessionState, Warning } from '@wakeful/session';
import { clock } from './clock.svelte.js';

function kept(key: string): number | null {
  try {
    const value = Number.parseFloat(localStorage.getItem(`wakeful.${key}`) ?? '');
    return Number.isFinite(value) ? value : null;
  } catch {
    return null;
  }
}

function keep(key: string, value: string): void {
  try {
    localStorage.setItem(`wakeful.${key}`, value);
  } catch {
    // Then the last week is announced where it need not be.
  }
}

class Session {
  readonly #page = new PageSession(browserPorts('wakeful.session'), (health) => this.#heard(health));
  readonly client = this.#page.client;

  state = $state.raw<SessionState>(this.client.state);
  health = $state.raw<Health>(NO_HEALTH);

  /** Something between this page and the server keeps asking for a sign-in of its own. */
  refused = $state(false);
  /** The server is of another build than the one this page first met. */
  newer = $state(false);
  #graceUntil = $state(0);
  #build: string | null = null;
  /** Seconds that a session lasts in all, as it was when the password was given last. */
  #lasts = $state(kept('lasts'));

  readonly user = $derived(shownUser(this.state));
  readonly mayRead = $derived(mayRead(this.state));
  /** What is on the screen may stay there, under the sign-in sheet too. */
  readonly keepsView = $derived(keepsView(this.state));
  readonly badge = $derived<Badge>(badge(this.state, this.health, Math.max(clock.steady, this.health.failingSince ?? 0), this.#graceUntil));
  /** An end that comes near; looked at again as the clock of minutes moves. */
  readonly warning = $derived.by<Warning | null>(() => {
    void clock.slow;
    void this.state;
    const near = this.client.warning();
    // Where a session lasts a few days altogether, its last week is no news.
    return near?.kind === 'absolute' && this.#lasts !== null && this.#lasts < near.mark * 1.5 ? null : near;
  });

  start(): () => void {
    const stopListening = this.client.subscribe((state) => {
      this.state = state;
      this.refused = this.client.refused;
      this.#graceUntil = this.client.machine.graceUntil;
      const build = state.state === 'active' ? state.session.build : null;
      if (build !== null && this.#build !== null && build !== this.#build) this.newer = true;
      this.#build = build ?? this.#build;
      // Whoever answers is there: the corner need not wait for its next ping.
      if (state.state === 'active' && this.health.failingSince !== null) void this.#page.watch.ping();
    });
    void this.#page.start();
    return () => {
      stopListening();
      this.#page.stop();
    };
  }

  login(email: string, password: string): Promise<Reply<unknown>> {
    return this.#enter('/api/auth/login', { email, password });
  }

  register(email: string, password: string, invitation: string | null): Promise<Reply<unknown>> {
    return this.#enter('/api/auth/register', { email, password, invitation: invitation ?? undefined });
  }

  setup(code: string, email: string, password: string): Promise<Reply<unknown>> {
    return this.#enter('/api/setup', { code, email, password });
  }

  /** The password once more, in the session that goes on: its longest time begins anew. */
  prolong(password: string): Promise<Reply<unknown>> {
    return this.#enter('/api/session/reauth', { password }, true);
  }

  async #enter(path: string, body: unknown, again = false): Promise<Reply<unknown>> {
    const reply = await this.client.signIn(path, body, again);
    const { state } = this.client;
    if (reply.ok && state.state === 'active' && state.session.absIn !== null) {
      this.#lasts = state.session.absIn;
      keep('lasts', String(state.session.absIn));
    }
    return reply;
  }

  /** The person presses the badge: ask now. */
  tryNow(): void {
    this.#page.tryNow();
  }

  #heard(health: Health): void {
    this.health = health;
    if (health.answered) clock.correct(health.clockOffsetMs);
  }
}

export const session = new Session();
