// Plays one fault, or none, on one exchange between a client and the server.
import { request } from 'node:http';
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Fault } from './fault.js';

/** An answer as the server gave it, kept to be given again. */
export interface Kept {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly outgoing: ServerResponse;
  readonly upstream: URL;
  /** Headers that this door adds to what it passes on. */
  readonly added: Readonly<Record<string, string>>;
  /** The last whole answer to the same method and path. */
  readonly kept: Kept | undefined;
  keep(answer: Kept): void;
}

const KEPT_BYTES = 64 * 1024;
const CHUNK = 1_024;
const BAD_GATEWAY = '<html><h1>502 Bad Gateway</h1></html>';

/** Ends when the client has got all that it will get. */
export async function play(fault: Fault | null, exchange: Exchange): Promise<void> {
  const { incoming, outgoing } = exchange;
  switch (fault?.kind) {
    case 'reset':
      incoming.socket.resetAndDestroy();
      return;
    case 'hang':
      incoming.resume();
      return;
    case 'answer': {
      await drained(incoming);
      // A 204 has no body, and Node would refuse to send one.
      const body = fault.status === 204 ? undefined : (fault.body ?? '');
      const type = fault.type === undefined ? {} : { 'content-type': fault.type };
      outgoing.writeHead(fault.status, { ...type, ...fault.headers }).end(body);
      return;
    }
    case 'redirect':
      await drained(incoming);
      outgoing.writeHead(fault.status, { location: fault.location }).end();
      return;
    case 'replay': {
      await drained(incoming);
      const { kept } = exchange;
      if (kept === undefined) throw new Error(`nothing to replay for ${incoming.method} ${incoming.url}`);
      outgoing.writeHead(kept.status, kept.headers).end(kept.body);
      return;
    }
    case 'delay':
      await pause(fault.ms);
      return pass(exchange, null);
    case 'slow':
      await pause(fault.ms / 2);
      await pass(exchange, fault);
      return;
    default:
      return pass(exchange, fault ?? null);
  }
}

async function pass(exchange: Exchange, fault: Fault | null): Promise<void> {
  const { outgoing } = exchange;
  let answer: IncomingMessage;
  try {
    answer = await ask(exchange, fault?.kind === 'lose_reply');
  } catch {
    // As a proxy does whose server is away.
    if (!outgoing.destroyed && !outgoing.headersSent) outgoing.writeHead(502, { 'content-type': 'text/html' }).end(BAD_GATEWAY);
    return;
  }
  if (fault?.kind === 'lose_reply') {
    await drained(answer);
    exchange.incoming.socket.resetAndDestroy();
    return;
  }
  const headers = { ...answer.headers };
  if (fault?.kind === 'strip') for (const name of fault.headers) delete headers[name.toLowerCase()];
  if (fault?.kind === 'slow') await pause(fault.ms / 2);
  outgoing.writeHead(answer.statusCode ?? 502, headers);
  if (fault?.kind === 'stall' || fault?.kind === 'cut') return part(exchange, answer, fault);
  if (fault?.kind === 'slow') return trickle(outgoing, answer, fault.bytesPerSecond);
  await whole(exchange, answer);
}

function ask(exchange: Exchange, evenIfGone: boolean): Promise<IncomingMessage> {
  const { incoming, outgoing, upstream, added } = exchange;
  return new Promise((answered, failed) => {
    const asked = request(
      { host: upstream.hostname, port: upstream.port, method: incoming.method, path: incoming.url, headers: { ...incoming.headers, ...added } },
      answered,
    );
    asked.once('error', failed);
    // Whoever goes away takes their stream along.
    if (!evenIfGone) outgoing.once('close', () => asked.destroy());
    incoming.pipe(asked);
  });
}

async function whole(exchange: Exchange, answer: IncomingMessage): Promise<void> {
  const chunks: Buffer[] = [];
  let size = 0;
  answer.on('data', (chunk: Buffer) => {
    size += chunk.length;
    if (size <= KEPT_BYTES) chunks.push(chunk);
  });
  answer.pipe(exchange.outgoing);
  answer.once('error', () => exchange.outgoing.destroy());
  await new Promise<void>((done) => exchange.outgoing.once('close', done));
  if (answer.complete && size <= KEPT_BYTES) {
    const { 'transfer-encoding': _chunked, ...headers } = answer.headers;
    exchange.keep({ status: answer.statusCode ?? 0, headers, body: Buffer.concat(chunks) });
  }
}

async function part(exchange: Exchange, answer: IncomingMessage, fault: { kind: 'stall' | 'cut'; bytes: number }): Promise<void> {
  const body = await drained(answer);
  const { outgoing } = exchange;
  outgoing.flushHeaders();
  await new Promise<void>((written) => outgoing.write(body.subarray(0, Math.max(1, Math.min(fault.bytes, body.length - 1))), () => written()));
  if (fault.kind === 'cut') exchange.incoming.socket.resetAndDestroy();
}

async function trickle(outgoing: ServerResponse, answer: IncomingMessage, bytesPerSecond: number): Promise<void> {
  const body = await drained(answer);
  for (let at = 0; at < body.length && !outgoing.destroyed; at += CHUNK) {
    const piece = body.subarray(at, at + CHUNK);
    outgoing.write(piece);
    await pause((piece.length / bytesPerSecond) * 1000);
  }
  outgoing.end();
}

async function drained(stream: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
