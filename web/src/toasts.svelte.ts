/** Short notices, one at a time. What they say is never said there alone. */

interface Action {
  readonly label: string;
  readonly run: () => void;
}

export interface Toast {
  readonly text: string;
  readonly action: Action | null;
  /** Errors stay until they are dismissed. */
  readonly error: boolean;
}

const PLAIN_MS = 6_000;
const ACTION_MS = 10_000;

class Toasts {
  current = $state.raw<Toast | null>(null);
  #left = 0;
  #startedAt = 0;
  #timer: ReturnType<typeof setTimeout> | null = null;

  say(text: string, action: Action | null = null): void {
    this.#show({ text, action, error: false }, action === null ? PLAIN_MS : ACTION_MS);
  }

  error(text: string, action: Action | null = null): void {
    this.#show({ text, action, error: true }, null);
  }

  dismiss(): void {
    this.#stop();
    this.current = null;
  }

  act(): void {
    const { action } = this.current ?? {};
    this.dismiss();
    action?.run();
  }

  /** Somebody reads it or is about to press it. */
  pause(): void {
    if (this.#timer === null) return;
    this.#left -= performance.now() - this.#startedAt;
    this.#stop();
  }

  resume(): void {
    if (this.current !== null && !this.current.error && this.#timer === null) this.#run(Math.max(this.#left, 1_500));
  }

  #show(toast: Toast, ms: number | null): void {
    this.#stop();
    this.current = toast;
    if (ms !== null) this.#run(ms);
  }

  #run(ms: number): void {
    this.#left = ms;
    this.#startedAt = performance.now();
    this.#timer = setTimeout(() => this.dismiss(), ms);
  }

  #stop(): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
  }
}

export const toasts = new Toasts();
