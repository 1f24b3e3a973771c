/** Moves one request and its whole body within one time limit, and says what came of it. */

import type { Ports } from './ports.js';
import type { Outcome, TransportCause } from './verdict.js';

export interface Send {
  readonly method: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | null;
  readonly timeoutMs: number;
  readonly signal?: AbortSignal | undefined;
}

/** Never throws: a failure of any kind is an outcome without a verdict. */
export async function send(ports: Ports, path: string, what: Send): Promise<Outcome> {
  const stop = new AbortController();
  let cause: TransportCause = 'network';
  const give = (why: TransportCause) => () => {
    cause = why;
    stop.abort();
  };
  const cancelTimeout = ports.after(what.timeoutMs, give('timeout'));
  const onAbort = give('abort');
  what.signal?.addEventListener('abort', onAbort, { once: true });
  if (what.signal?.aborted) onAbort();
  try {
    const response = await ports.fetch(path, {
      method: what.method,
      headers: { Accept: 'application/json', ...what.headers },
      body: what.body ?? null,
      // The cookie goes with it: to our own origin that is fetch's default.
      cache: 'no-store',
      redirect: 'manual',
      signal: stop.signal,
    });
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      return { kind: 'transport', cause: 'redirect' };
    }
    return {
      kind: 'reply',
      status: response.status,
      contentType: response.headers.get('Content-Type'),
      retryAfter: response.headers.get('Retry-After'),
      body: await response.text(),
      hint: response.headers.get('Session-Verdict'),
    };
  } catch {
    return { kind: 'transport', cause };
  } finally {
    cancelTimeout();
    what.signal?.removeEventListener('abort', onAbort);
  }
}

/** 16 random bytes in base64url, without padding. */
export function nonce(ports: Ports): string {
  let binary = '';
  for (const byte of ports.randomBytes(16)) binary += String.fromCharCode(byte);
  return btoa(binary).replace(/\W/g, (char) => ({ '+': '-', '/': '_' })[char] ?? '');
}
