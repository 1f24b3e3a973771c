/** The page's clock: the server's time as far as we know it, told once a second while somebody looks. */

class Clock {
  /** Wall-clock ms as the server counts. Ages are shown against it, so a wrong clock here falsifies none. */
  now = $state(Date.now());
  /** Monotonic ms, for the badge. */
  steady = $state(performance.now());
  #offset = 0;

  start(): () => void {
    const tick = () => {
      if (document.visibilityState === 'hidden') return;
      this.now = Date.now() + this.#offset;
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
    this.now = Date.now() + this.#offset;
  }
}

export const clock = new Clock();
