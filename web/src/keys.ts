/** The keys that work everywhere: never while somebody types, never with a modifier that the browser owns. */

import { look } from './look.svelte.js';
import { palette } from './palette.svelte.js';
import { router } from './router.svelte.js';

const GO: Record<string, string> = { o: '/', n: '/nodes', w: '/network', l: '/alerts', a: '/more' };
const GO_WITHIN_MS = 1_500;

export function listenToKeys(): () => void {
  let goAt = Number.NEGATIVE_INFINITY;

  const down = (event: KeyboardEvent) => {
    const key = event.key.toLowerCase();
    if ((event.ctrlKey || event.metaKey) && key === 'k' && !event.altKey && !event.shiftKey) {
      event.preventDefault();
      palette.open = !palette.open;
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target) || document.querySelector('dialog[open]') !== null) return;
    if (event.timeStamp - goAt < GO_WITHIN_MS && key in GO) {
      goAt = Number.NEGATIVE_INFINITY;
      event.preventDefault();
      router.go(GO[key] ?? '/');
      return;
    }
    switch (key) {
      case 'g':
        goAt = event.timeStamp;
        return;
      case '/':
        event.preventDefault();
        focusSearch();
        return;
      case '?':
        event.preventDefault();
        router.go('/help');
        return;
      case 'r':
        void look.now();
        return;
      case 'm':
        // A phone's dock stands in the page too, out of sight.
        [...document.querySelectorAll<HTMLElement>('[data-mute]')].find((button) => button.offsetParent !== null)?.click();
        return;
      case 'j':
        walk(1, event);
        return;
      case 'k':
        walk(-1, event);
        return;
      case 'x':
        document.activeElement?.closest('[data-row]')?.querySelector<HTMLInputElement>('input[type=checkbox]')?.click();
        return;
    }
  };
  document.addEventListener('keydown', down);
  return () => document.removeEventListener('keydown', down);
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || ['INPUT', 'TEXTAREA', 'SELECT'].includes(target.tagName)) && !isBox(target);
}

const isBox = (element: HTMLElement): boolean => element instanceof HTMLInputElement && element.type === 'checkbox';

function focusSearch(): void {
  const field = document.querySelector<HTMLInputElement>('input[data-search]');
  if (field === null) palette.show();
  else field.focus();
}

/** To the next or previous node: on its own page to the neighbour's page, elsewhere along the links of the list. */
function walk(step: 1 | -1, event: KeyboardEvent): void {
  const neighbour = document.querySelector<HTMLAnchorElement>(`a[data-neighbour="${step}"]`);
  if (neighbour !== null) {
    neighbour.click();
    return;
  }
  const links = [...document.querySelectorAll<HTMLAnchorElement>('main a[data-node]')];
  if (links.length === 0) return;
  event.preventDefault();
  const row = document.activeElement?.closest('[data-row]')?.querySelector('a[data-node]') ?? document.activeElement;
  const at = links.indexOf(row as HTMLAnchorElement);
  const next = at < 0 ? (step > 0 ? 0 : links.length - 1) : Math.min(Math.max(at + step, 0), links.length - 1);
  links[next]?.focus();
}
