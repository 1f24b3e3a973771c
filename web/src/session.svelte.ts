/** The session and the server's health, as the page sees them. */

import { HealthWatch, NO_HEALTH, SessionClient, badge, browserPorts, mayRead, shownUser } from '@wakeful/session';
import type { Badge, Health, SessionState } from '@wakeful/session';
import { clock } from './clock.svelte.js';

const ports = browserPorts('wakeful.session');

class Session {
  readonly client = new SessionClient(ports);
  readonly watch = new HealthWatch(ports, () => Date.now(), (health, recovered) => this.#heard(health, recovered));

  state = $state.raw<SessionState>(this.client.state);
  health = $state.raw<Health>(NO_HEALTH);

  readonly user = $derived(shownUser(this.state));
  readonly mayRead = $derived(mayRead(this.state));
  readonly badge = $derived<Badge>(badge(this.state, this.health, Math.max(clock.steady, this.health.failingSince ?? 0)));

  start(): () => void {
    const stopListening = this.client.subscribe((state) => {
      this.state = state;
    });
    const hint = (event: Event) => {
      if (event.type === 'visibilitychange' && document.visibilityState === 'hidden') return;
      if (event.type === 'pageshow' && !(event as PageTransitionEvent).persisted) return;
      this.client.hint(event.type);
      void this.watch.ping();
    };
    window.addEventListener('online', hint);
    window.addEventListener('pageshow', hint);
    document.addEventListener('visibilitychange', hint);
    void this.client.start();
    void this.watch.ping();
    return () => {
      stopListening();
      this.client.stop();
      this.watch.stop();
      window.removeEventListener('online', hint);
      window.removeEventListener('pageshow', hint);
      document.removeEventListener('visibilitychange', hint);
    };
  }

  /** The person presses the badge: ask now. */
  tryNow(): void {
    void this.watch.ping();
    void this.client.probe('asked by hand');
  }

  #heard(health: Health, recovered: boolean): void {
    this.health = health;
    if (health.answered) clock.correct(health.clockOffsetMs);
    if (recovered) this.client.hint('health recovered');
  }
}

export const session = new Session();
