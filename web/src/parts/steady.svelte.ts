/** A list that keeps its order while somebody points at it, touches it or stands in it with the keyboard. */

import { steady } from '../domain/order.js';

const AFTER_TOUCH_MS = 4_000;

export class Steady {
  #held = $state(false);
  #shown: readonly string[] = [];
  #reason = '';
  readonly #wanted: () => readonly string[];
  readonly #because: () => string;
  readonly order = $derived.by(() => {
    const reason = this.#because();
    this.#shown = steady(this.#shown, this.#wanted(), this.#held && reason === this.#reason);
    this.#reason = reason;
    return this.#shown;
  });

  /** `because` names what the person asked for: when that changes, the order follows at once. */
  constructor(wanted: () => readonly string[], because: () => string = () => '') {
    this.#wanted = wanted;
    this.#because = because;
  }

  /** For `{@attach}` on the list's element. */
  readonly hold = (element: HTMLElement): (() => void) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const take = () => {
      clearTimeout(timer);
      this.#held = true;
    };
    const give = () => {
      this.#held = false;
    };
    const leave = (event: PointerEvent) => {
      if (event.pointerType === 'mouse') give();
      else timer = setTimeout(give, AFTER_TOUCH_MS);
    };
    const blur = (event: FocusEvent) => {
      // An element that leaves the page loses the focus in the middle of a redraw: too early to change anything.
      if (!element.contains(event.relatedTarget as Element | null)) queueMicrotask(give);
    };
    element.addEventListener('pointerenter', take);
    element.addEventListener('pointerleave', leave);
    element.addEventListener('focusin', take);
    element.addEventListener('focusout', blur);
    return () => {
      clearTimeout(timer);
      element.removeEventListener('pointerenter', take);
      element.removeEventListener('pointerleave', leave);
      element.removeEventListener('focusin', take);
      element.removeEventListener('focusout', blur);
    };
  };
}
