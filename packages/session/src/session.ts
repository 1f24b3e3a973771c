/** One page's session: the client, the server's health, the other tabs, and what the page itself goes through. */

import { SessionClient } from './client.js';
import { HealthWatch } from './health.js';
import type { Health } from './health.js';
import { isVisible, wallClock } from './ports.js';
import type { Cancel, PageEvent, Ports } from './ports.js';
import { TICK_MS, slept } from './wake.js';

export class PageSession {
  readonly client: SessionClient;
  readonly watch: HealthWatch;
  readonly #ports: Ports;
  #stops: Cancel[] = [];
  #cancelTick: Cancel = () => {};

  /** `tell` hears every change of the server's health. */
  constructor(ports: Ports, tell: (health: Health) => void = () => {}) {
    this.#ports = ports;
    this.client = new SessionClient(ports);
    this.watch = new HealthWatch(ports, (health, recovered) => {
      tell(health);
      if (recovered) this.client.hint('health recovered');
    });
  }

  /** Asks, and goes on asking until it is stopped. Resolves with the first outcome. */
  async start(): Promise<void> {
    const { tabs, page } = this.#ports;
    if (tabs !== undefined) this.#stops.push(tabs.listen((message) => this.client.hear(message)));
    if (page !== undefined) this.#stops.push(page.listen((event) => this.#happened(event)));
    this.#tick();
    // A page that nobody sees waits to know whether another one asks already.
    if (isVisible(this.#ports)) void this.#lead();
    else await this.#lead();
    if (isVisible(this.#ports) || this.client.machine.leads) void this.watch.ping();
    await this.client.start();
  }

  stop(): void {
    for (const stop of this.#stops.splice(0)) stop();
    this.#cancelTick();
    this.client.stop();
    this.watch.stop();
  }

  /** A person asks to try now. */
  tryNow(): void {
    void this.watch.ping();
    void this.client.probe('asked by hand');
  }

  #happened(event: PageEvent): void {
    if (event === 'pointerdown' || event === 'keydown') return this.client.touch();
    const visible = isVisible(this.#ports);
    this.client.step({ type: 'page', visible });
    if (event === 'hidden') {
      if (!this.client.machine.leads) this.watch.stop();
      return;
    }
    this.client.hint(event);
    if (visible) void this.watch.ping();
    void this.#lead();
  }

  /** Takes the lead if it is free. Without locks every visible page looks after itself. */
  async #lead(): Promise<void> {
    const leads = (await this.#ports.tabs?.lead()) ?? isVisible(this.#ports);
    if (leads === this.client.machine.leads) return;
    this.client.step({ type: 'page', leads });
    if (leads) void this.watch.ping();
  }

  #tick(): void {
    const before = { monotonic: this.#ports.now(), wall: wallClock(this.#ports) };
    this.#cancelTick = this.#ports.after(TICK_MS, () => {
      const now = { monotonic: this.#ports.now(), wall: wallClock(this.#ports) };
      if (slept(before, now, isVisible(this.#ports))) {
        this.client.step({ type: 'slept' });
        void this.watch.ping();
      }
      // The one that led may be gone.
      if (!this.client.machine.leads) void this.#lead();
      this.#tick();
    });
  }
}
