// What a fault proxy can do to an exchange.

/** All times are real milliseconds, all sizes bytes of the body as it travels. */
export type Fault =
  /** Cuts the connection with a RST: before a byte is read, or once the request is in. */
  | { readonly kind: 'reset'; readonly when: 'connect' | 'request' }
  /** Takes the request and never answers. */
  | { readonly kind: 'hang' }
  /** Sends the real headers and so much of the real body, then nothing more. */
  | { readonly kind: 'stall'; readonly bytes: number }
  /** Sends the real headers and so much of the real body, then cuts the connection. */
  | { readonly kind: 'cut'; readonly bytes: number }
  /** Lets the server act, takes its whole answer, and cuts the connection in its place. */
  | { readonly kind: 'lose_reply' }
  /** Answers in the server's place; the server hears nothing. */
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly type?: string;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'redirect'; readonly status: number; readonly location: string }
  /** Passes the request on so much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** A link with that round trip and that throughput. */
  | { readonly kind: 'slow'; readonly ms: number; readonly bytesPerSecond: number }
  /** Answers what the server last answered to the same method and path, whatever was asked for now. */
  | { readonly kind: 'replay' }
  /** Passes everything on and takes these headers out of the answer. */
  | { readonly kind: 'strip'; readonly headers: readonly string[] };

/** A fault of the connection: there is no request yet that it could be chosen by. */
export function ofConnections(fault: Fault): boolean {
  return fault.kind === 'reset' && fault.when === 'connect';
}

/** Which exchanges a fault meets; what is left out matches all. */
export interface Match {
  /** Beginning of the path, or a pattern over path and query. */
  readonly path?: string | RegExp;
  readonly method?: string;
  /** The label of the door. */
  readonly client?: string;
}

/** A fault in force, and how often it really reached a client. */
export class Rule {
  readonly match: Match;
  readonly fault: Fault;
  readonly #reached = new Map<string, number>();
  #left: number;

  constructor(match: Match, fault: Fault, times: number) {
    this.match = match;
    this.fault = fault;
    this.#left = times;
  }

  /** Takes one of the times that are left, when this exchange is meant. */
  takes(method: string, path: string, client: string): boolean {
    const match: Match = ofConnections(this.fault) ? { ...this.match, method, path: '' } : this.match;
    const meant =
      (match.method === undefined || match.method === method) &&
      (match.client === undefined || match.client === client) &&
      (match.path === undefined || (typeof match.path === 'string' ? path.startsWith(match.path) : match.path.test(path)));
    if (!meant || this.#left <= 0) return false;
    this.#left -= 1;
    return true;
  }

  /** From now on it meets nothing more; what it holds stays held. */
  lift(): void {
    this.#left = 0;
  }

  count(client: string): void {
    this.#reached.set(client, this.reached(client) + 1);
  }

  /** How often the client saw this fault to its end: answered falsely, cut off, or given up waiting. */
  reached(client?: string): number {
    if (client !== undefined) return this.#reached.get(client) ?? 0;
    return [...this.#reached.values()].reduce((sum, n) => sum + n, 0);
  }
}
