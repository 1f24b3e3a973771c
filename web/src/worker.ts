/** Registers the service worker, where the browser has them: https and localhost. Without one everything but an offline start works. */

/** The policy of the pages knows this name, and this name knows one file. */
const POLICY = 'wakeful-worker';

interface TrustedTypes {
  createPolicy(name: string, rules: { createScriptURL(url: string): string }): { createScriptURL(url: string): string };
}

export async function registerWorker(): Promise<void> {
  if (!('serviceWorker' in navigator) || !import.meta.env.PROD) return;
  try {
    const trusted = (globalThis as { trustedTypes?: TrustedTypes }).trustedTypes;
    const url = '/sw.js';
    const script = trusted?.createPolicy(POLICY, { createScriptURL: () => url }).createScriptURL(url) ?? url;
    await navigator.serviceWorker.register(script, { updateViaCache: 'none' });
  } catch (error) {
    console.info('worker: none, so the app does not open without a network', error);
  }
}
