// A proxy that misbehaves on demand: real TCP, HTTP and TLS, one listening port per client, and a count of what reached whom.
import { createServer as createPlain } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, Server, ServerResponse } from 'node:http';
import { createServer as createTls } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import type { Certificate } from './proxy/certificate.js';
import { Rule, ofConnections } from './proxy/fault.js';
import type { Fault, Match } from './proxy/fault.js';
import { play } from './proxy/play.js';
import type { Kept } from './proxy/play.js';

export type { Fault, Match, Rule } from './proxy/fault.js';

/** A request that came through a door. */
export interface Seen {
  readonly client: string;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  /** Monotonic milliseconds of its arrival. */
  readonly at: number;
  /** The fault that it met. */
  readonly fault: Fault['kind'] | null;
}

export class FaultProxy {
  readonly seen: Seen[] = [];
  readonly #doors: Door[] = [];
  readonly #kept = new Map<string, Kept>();
  #rules: Rule[] = [];
  #upstream: URL | null;

  /** `upstream` may be told later, where the server must know the proxy's address first. */
  constructor(upstream?: string) {
    this.#upstream = upstream === undefined ? null : new URL(upstream);
  }

  set upstream(url: string) {
    this.#upstream = new URL(url);
  }

  /** Opens a port for one client; with a certificate, one that speaks TLS. */
  async door(client: string, certificate?: Certificate): Promise<Door> {
    const door = new Door(client, certificate, (incoming, outgoing) => this.#exchange(door, incoming, outgoing), (socket) => this.#connected(door, socket));
    await door.open();
    this.#doors.push(door);
    return door;
  }

  /** Puts a fault in force, before the older ones, for so many exchanges. */
  fault(match: Match, fault: Fault, times = Number.POSITIVE_INFINITY): Rule {
    const rule = new Rule(match, fault, times);
    this.#rules.unshift(rule);
    // A fault of connections meets nobody who has one already.
    if (ofConnections(fault)) for (const door of this.#doors) door.dropConnections();
    return rule;
  }

  /** Behaves from now on, and cuts whom it kept waiting. */
  heal(): void {
    for (const rule of this.#rules) rule.lift();
    this.#rules = [];
    for (const door of this.#doors) door.dropHeld();
  }

  /** Requests of a client to paths with this beginning. */
  requests(client: string, path: string): Seen[] {
    return this.seen.filter((one) => one.client === client && one.path.startsWith(path));
  }

  async stop(): Promise<void> {
    this.heal();
    await Promise.all(this.#doors.map((door) => door.close()));
  }

  #connected(door: Door, socket: Socket): void {
    const rule = this.#rules.find((one) => ofConnections(one.fault) && one.takes('', '', door.client));
    if (rule === undefined) return;
    socket.once('close', () => rule.count(door.client));
    socket.resetAndDestroy();
  }

  #exchange(door: Door, incoming: IncomingMessage, outgoing: ServerResponse): void {
    const [method, path] = [incoming.method ?? '', incoming.url ?? ''];
    const rule = this.#rules.find((one) => !ofConnections(one.fault) && one.takes(method, path, door.client));
    this.seen.push({ client: door.client, method, path, headers: incoming.headers, at: performance.now(), fault: rule?.fault.kind ?? null });
    if (rule !== undefined) outgoing.once('close', () => rule.count(door.client));
    if (rule !== undefined && ['hang', 'stall'].includes(rule.fault.kind)) door.hold(outgoing);
    const key = `${door.client} ${method} ${path}`;
    play(rule?.fault ?? null, {
      incoming,
      outgoing,
      upstream: this.#upstream ?? new URL('http://127.0.0.1:9'),
      added: door.added,
      kept: this.#kept.get(key),
      keep: (answer) => this.#kept.set(key, answer),
    }).catch((error: unknown) => {
      // The client went away in the middle of what was played on it.
      if (!outgoing.destroyed) outgoing.destroy(error instanceof Error ? error : undefined);
    });
  }
}

/** One client's way in. */
export class Door {
  readonly client: string;
  readonly secure: boolean;
  /** A trusted proxy says on which scheme it was asked. */
  readonly added: Readonly<Record<string, string>>;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #held = new Set<ServerResponse>();
  #port = 0;

  constructor(
    client: string,
    certificate: Certificate | undefined,
    exchange: (incoming: IncomingMessage, outgoing: ServerResponse) => void,
    connected: (socket: Socket) => void,
  ) {
    this.client = client;
    this.secure = certificate !== undefined;
    this.added = this.secure ? { 'x-forwarded-proto': 'https', 'x-forwarded-for': '127.0.0.1' } : {};
    this.#server = certificate === undefined ? createPlain(exchange) : createTls({ key: certificate.key, cert: certificate.cert }, exchange);
    this.#server.on('connection', (socket: Socket) => {
      this.#sockets.add(socket);
      socket.once('close', () => this.#sockets.delete(socket));
      // A client may go at any time; that is no error of this proxy.
      socket.on('error', () => {});
      connected(socket);
    });
    this.#server.on('clientError', (_error, socket) => socket.destroy());
  }

  get port(): number {
    return this.#port;
  }

  /** Where this client finds the server; `name` in place of the address. */
  url(name = '127.0.0.1'): string {
    return `${this.secure ? 'https' : 'http'}://${name}:${this.#port}`;
  }

  /** Listens, again on the same port after a `close`. */
  async open(): Promise<void> {
    await new Promise<void>((listening, failed) => {
      this.#server.once('error', failed);
      this.#server.listen(this.#port, '127.0.0.1', () => {
        this.#server.off('error', failed);
        listening();
      });
    });
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Nobody listens any more: connections are refused by the kernel. */
  async close(): Promise<void> {
    const closed = new Promise<void>((done) => this.#server.close(() => done()));
    this.dropConnections();
    await closed;
  }

  dropConnections(): void {
    for (const socket of this.#sockets) socket.destroy();
  }

  hold(outgoing: ServerResponse): void {
    this.#held.add(outgoing);
    outgoing.once('close', () => this.#held.delete(outgoing));
  }

  dropHeld(): void {
    for (const outgoing of this.#held) outgoing.destroy();
  }
}
