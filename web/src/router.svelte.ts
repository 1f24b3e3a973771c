/** Which page the address names. */

export type Route =
  | { readonly page: 'overview' | 'nodes' | 'network' | 'sources' | 'more' | 'devices' | 'password' | 'tokens' | 'alerts' | 'destinations' | 'preferences' | 'help' | 'setup' | 'register' | 'missing' }
  | { readonly page: 'node' | 'market'; readonly address: string };

const PLAIN: Record<string, Exclude<Route['page'], 'node' | 'market' | 'missing'>> = {
  '/': 'overview',
  '/nodes': 'nodes',
  '/network': 'network',
  '/sources': 'sources',
  '/more': 'more',
  '/account/devices': 'devices',
  '/account/password': 'password',
  '/account/tokens': 'tokens',
  '/alerts': 'alerts',
  '/alerts/destinations': 'destinations',
  '/alerts/preferences': 'preferences',
  '/help': 'help',
  '/setup': 'setup',
  '/register': 'register',
};

export function parse(path: string): Route {
  const clean = path.length > 1 ? path.replace(/\/+$/, '') : path;
  const plain = PLAIN[clean];
  if (plain !== undefined) return { page: plain };
  const [, kind, address] = /^\/(nodes|network)\/([A-Za-z0-9]+)$/.exec(clean) ?? [];
  return address === undefined ? { page: 'missing' } : { page: kind === 'nodes' ? 'node' : 'market', address };
}

class Router {
  #url = $state.raw(new URL(location.href));
  readonly route = $derived(parse(this.#url.pathname));
  readonly query = $derived(this.#url.searchParams);
  readonly hash = $derived(this.#url.hash.slice(1));

  start(): () => void {
    const sync = () => {
      this.#url = new URL(location.href);
    };
    const click = (event: MouseEvent) => this.#follow(event);
    window.addEventListener('popstate', sync);
    document.addEventListener('click', click);
    return () => {
      window.removeEventListener('popstate', sync);
      document.removeEventListener('click', click);
    };
  }

  go(to: string, how: 'push' | 'replace' = 'push'): void {
    const before = this.#url.pathname;
    if (how === 'replace') history.replaceState(null, '', to);
    else history.pushState(null, '', to);
    this.#url = new URL(location.href);
    if (this.#url.pathname === before) return;
    window.scrollTo(0, 0);
    // A reader of the screen hears the new page from its heading on.
    requestAnimationFrame(() => document.querySelector<HTMLElement>('main h1')?.focus({ preventScroll: true }));
  }

  /** Replaces the query without a step in the history: filters and sorting live there. */
  setQuery(changes: Record<string, string | null>): void {
    const url = new URL(this.#url);
    for (const [key, value] of Object.entries(changes)) {
      if (value === null || value === '') url.searchParams.delete(key);
      else url.searchParams.set(key, value);
    }
    this.go(url.pathname + url.search, 'replace');
  }

  #follow(event: MouseEvent): void {
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    const link = (event.target as Element | null)?.closest('a');
    if (link == null || link.target !== '' || link.origin !== location.origin || link.hasAttribute('download')) return;
    if (link.hash !== '' && link.pathname === location.pathname) return;
    event.preventDefault();
    this.go(link.pathname + link.search + link.hash);
  }
}

/** The pages about the account: all of them stand under *Account*. */
export const isAccountPage = (page: Route['page']): boolean => page === 'more' || page === 'devices' || page === 'password' || page === 'tokens';

/** The pages about what a person is told. */
export const isAlertPage = (page: Route['page']): boolean => page === 'alerts' || page === 'destinations' || page === 'preferences';

export const router = new Router();
