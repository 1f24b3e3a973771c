/** The page's clock: the server's time as far as we know it, told once a second while somebody looks. */

const SLOW_MS = 10_000;

class Clock {
  /** Wall-clock ms as the server counts. Ages are shown against it, so a wrong clock here falsifies none. */
  now = $state(Date.now());
  /** The same to 10 s: for what is told in minutes, so that a long list is not redrawn each second. */
  slow = $state(Date.now());
  /** Monotonic ms, for the badge. */
  steady = $state(performance.now());
  #offset = 0;

  start(): () => void {
    const tick = () => {
      if (document.visibilityState === 'hidden') return;
      this.#set(Date.now() + this.#offset);
      this.steady = performance.now();
    };
    const timer = setInterval(tick, 1000);
    document.addEventListener('visibilitychange', tick);
    return () => {
      clearInterval(timer);
      document.removeEventListener('visibilitychange', tick);
    };
  }

  /** Differences that the way there and back explains are left out. */
  correct(offsetMs: number): void {
    this.#offset = Math.abs(offsetMs) > 2_000 ? offsetMs : 0;
    this.#set(Date.now() + this.#offset);
  }

  #set(now: number): void {
    this.now = now;
    if (Math.abs(now - this.slow) >= SLOW_MS) this.slow = now;
  }
}

export const clock = new Clock();
