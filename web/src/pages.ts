/** The pages behind a sign-in, each a file of its own that is fetched when first asked for. */

import type { Component } from 'svelte';
import type { Route } from './router.svelte.js';

type Load = () => Promise<{ default: Component<Record<string, never>> }>;

export const PAGES: Record<Exclude<Route['page'], 'setup' | 'register'>, Load> = {
  overview: () => import('./routes/Overview.svelte'),
  nodes: () => import('./routes/Nodes.svelte'),
  node: () => import('./routes/Node.svelte'),
  network: () => import('./routes/Network.svelte'),
  market: () => import('./routes/Market.svelte'),
  sources: () => import('./routes/Sources.svelte'),
  more: () => import('./routes/More.svelte'),
  devices: () => import('./routes/Devices.svelte'),
  password: () => import('./routes/Password.svelte'),
  tokens: () => import('./routes/Tokens.svelte'),
  alerts: () => import('./routes/Alerts.svelte'),
  destinations: () => import('./routes/Destinations.svelte'),
  preferences: () => import('./routes/Preferences.svelte'),
  help: () => import('./routes/Help.svelte'),
  missing: () => import('./routes/Missing.svelte'),
};
