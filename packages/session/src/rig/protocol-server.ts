/** A server that speaks the protocol on a real socket, with its sessions in a map: for the tests of several tabs. */

import { createServer } from 'node:http';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Row {
  readonly sid: string;
  readonly user: { readonly id: string; readonly email: string };
  ended: { reason: string; at: string } | null;
}

export interface Request {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

export class ProtocolServer {
  readonly requests: Request[] = [];
  /** What was really done, by whom, once for each Idempotency-Key. */
  readonly done: { readonly user: string; readonly body: unknown }[] = [];
  url = '';
  #rows = new Map<string, Row>();
  #keys = new Map<string, { readonly body: string; readonly answer: unknown }>();
  #rev = 1;
  #count = 0;
  readonly #server: Server = createServer((incoming, outgoing) => void this.#answer(incoming, outgoing));

  static async start(): Promise<ProtocolServer> {
    const server = new ProtocolServer();
    await new Promise<void>((ready) => server.#server.listen(0, '127.0.0.1', ready));
    server.url = `http://127.0.0.1:${(server.#server.address() as AddressInfo).port}`;
    return server;
  }

  stop(): Promise<void> {
    this.#server.closeAllConnections();
    return new Promise((done) => this.#server.close(() => done()));
  }

  /** A new session; what it answers is its cookie. */
  signIn(email: string): { readonly cookie: string; readonly sid: string } {
    this.#count += 1;
    const cookie = `c${this.#count}`;
    this.#rows.set(cookie, { sid: `s${this.#count}`, user: { id: `id-of-${email}`, email }, ended: null });
    return { cookie, sid: `s${this.#count}` };
  }

  end(sid: string, reason: string): void {
    for (const row of this.#rows.values()) {
      if (row.sid !== sid || row.ended !== null) continue;
      row.ended = { reason, at: '2026-11-23T02:40:00.000Z' };
      this.#rev += 1;
    }
  }

  asked(path: string, from = 0): Request[] {
    return this.requests.slice(from).filter((request) => request.path === path);
  }

  async #answer(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
    let text = '';
    for await (const chunk of incoming) text += String(chunk);
    const request = { method: incoming.method ?? '', path: incoming.url ?? '', headers: incoming.headers, body: text === '' ? null : (JSON.parse(text) as unknown) };
    this.requests.push(request);
    const row = this.#rows.get(/(?:^|; )w=([^;]+)/.exec(incoming.headers.cookie ?? '')?.[1] ?? '');
    const believed = incoming.headers['session-id'];
    const say = (status: number, body: unknown, headers: Record<string, string> = {}) => {
      if (row !== undefined && row.ended === null) headers['Session-Verdict'] = `v=1; active; ${row.sid}; ${this.#rev}`;
      outgoing.writeHead(status, { 'Content-Type': status < 400 ? 'application/json' : 'application/problem+json', ...headers });
      outgoing.end(body === null ? undefined : JSON.stringify(body));
    };
    if (request.path === '/api/health') return say(200, { kind: 'wakeful.health', ready: true, timestamp: new Date().toISOString() });
    if (request.path === '/api/auth/login') {
      const { cookie } = this.signIn((request.body as { email: string }).email);
      return say(200, this.#word(incoming, this.#rows.get(cookie)), { 'Set-Cookie': `w=${cookie}; Path=/; HttpOnly; Max-Age=34560000` });
    }
    if (request.path === '/api/session') return say(200, this.#word(incoming, row));
    const problem = { kind: 'wakeful.session', title: 'x', detail: 'x' };
    if (row !== undefined && believed !== undefined && believed !== row.sid) return say(409, { ...problem, status: 409, code: 'account_switched' });
    if (request.path === '/api/session/renew') return say(200, this.#word(incoming, row), row === undefined ? {} : { 'Set-Cookie': String(incoming.headers.cookie) });
    if (request.path === '/api/session/logout') {
      if (row !== undefined) this.end(row.sid, 'logout');
      outgoing.writeHead(204);
      return void outgoing.end();
    }
    if (row === undefined || row.ended !== null) return say(401, { ...problem, status: 401, code: row === undefined ? 'not_signed_in' : 'session_ended', reason: row?.ended?.reason });
    return say(200, this.#once(incoming, text, row));
  }

  /** A change is made once for each key; a repeat gets the first answer. */
  #once(incoming: IncomingMessage, body: string, row: Row): unknown {
    const key = `${row.user.id} ${String(incoming.headers['idempotency-key'])}`;
    const before = this.#keys.get(key);
    if (before !== undefined) return before.answer;
    if (incoming.method !== 'GET') this.done.push({ user: row.user.email, body: JSON.parse(body) });
    const answer = { ok: true, for: row.user.email };
    if (incoming.headers['idempotency-key'] !== undefined) this.#keys.set(key, { body, answer });
    return answer;
  }

  #word(incoming: IncomingMessage, row: Row | undefined): Record<string, unknown> {
    const plain = { v: 1, kind: 'wakeful.session', nonce: incoming.headers['session-nonce'] ?? null };
    if (row === undefined) return { ...plain, state: 'anonymous', credential: incoming.headers.cookie === undefined ? 'none' : 'unknown' };
    if (row.ended !== null) return { ...plain, state: 'ended', sid: row.sid, reason: row.ended.reason, ended_at: row.ended.at };
    return { ...plain, state: 'active', sid: row.sid, user: row.user, idle_in: 2_592_000, abs_in: 31_536_000, rev: this.#rev, build: '0.1.0', hints: { verify_s: 300, health_s: 30 } };
  }
}
