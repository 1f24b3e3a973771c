// A push message of the real server, opened and checked by an implementation that is not ours: http_ece and Node's own crypto.
import { createECDH, randomBytes, webcrypto } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import { decrypt } from 'http_ece';
import { afterAll, beforeAll, expect, inject, test as any } from 'vitest';
import { EMAIL, PASSWORD } from '../faults/house.js';
import { Person } from '../world/person.mjs';

// One after the other: they share the push service.
const test = any.sequential;

interface Arrived {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** What the push service was sent. */
let arrived: Arrived[] = [];
let status = 201;
const service = createServer((incoming, outgoing) => {
  const parts: Buffer[] = [];
  incoming.on('data', (part: Buffer) => parts.push(part));
  incoming.on('end', () => {
    arrived.push({ path: incoming.url ?? '', headers: incoming.headers, body: Buffer.concat(parts) });
    outgoing.writeHead(status).end(status === 201 ? '' : 'the subscription is gone');
  });
});

const browser = createECDH('prime256v1');
const publicKey = browser.generateKeys();
const auth = randomBytes(16);
const person = new Person(inject('serverUrl'));
let origin = '';

beforeAll(async () => {
  await new Promise<void>((done) => void service.listen(0, '127.0.0.1', done));
  origin = `http://127.0.0.1:${(service.address() as AddressInfo).port}`;
  await person.enter(null, EMAIL, PASSWORD);
});
afterAll(() => {
  service.close();
});

/** A push destination whose endpoint is ours. */
async function subscribed(path: string): Promise<string> {
  arrived = [];
  const added = await person.call('POST', '/api/destinations', {
    channel: 'push',
    name: path,
    endpoint: `${origin}/${path}`,
    keys: { p256dh: publicKey.toString('base64url'), auth: auth.toString('base64url') },
  });
  return added.id;
}

/** The one message that was sent to this path. */
function only(path: string): Arrived {
  const mine = arrived.filter((one) => one.path === `/${path}`);
  expect(mine).toHaveLength(1);
  return mine[0] as Arrived;
}

/** The claims of a token whose ES256 signature holds for the key. */
async function verified(token: string, key: string): Promise<{ aud: string; exp: number; sub: string }> {
  const [head = '', claims = '', signature = ''] = token.split('.');
  const ecdsa = { name: 'ECDSA', namedCurve: 'P-256' };
  const imported = await webcrypto.subtle.importKey('raw', Buffer.from(key, 'base64url'), ecdsa, false, ['verify']);
  const holds = await webcrypto.subtle.verify(
    { name: 'ECDSA', hash: 'SHA-256' },
    imported,
    Buffer.from(signature, 'base64url'),
    Buffer.from(`${head}.${claims}`),
  );
  expect(holds).toBe(true);
  expect(JSON.parse(Buffer.from(head, 'base64url').toString())).toMatchObject({ alg: 'ES256' });
  return JSON.parse(Buffer.from(claims, 'base64url').toString());
}

test('a message of the server opens with the keys of the browser, and with no other', async () => {
  const id = await subscribed('opens');
  const told = await person.call('POST', `/api/destinations/${id}/test`);
  expect(told).toMatchObject({ outcome: 'accepted', status: 201 });
  const { headers, body } = only('opens');
  expect(headers['content-encoding']).toBe('aes128gcm');
  const plain = decrypt(body, { version: 'aes128gcm', privateKey: browser, authSecret: auth });
  const message = JSON.parse(plain.toString());
  expect(message.title).toMatch(/\S/);
  expect(message.body).toMatch(/\S/);
  expect(message.tag).toMatch(/\S/);
  expect(message.path).toMatch(/^\//);
  const stranger = { version: 'aes128gcm' as const, privateKey: browser, authSecret: randomBytes(16) };
  expect(() => decrypt(body, stranger)).toThrow();
});

test('the service can tell who sends, how long it keeps the message and how urgent it is', async () => {
  const id = await subscribed('signed');
  await person.call('POST', `/api/destinations/${id}/test`);
  const { headers } = only('signed');
  const [, token = '', key = ''] = /^vapid t=([^,]+), ?k=(.+)$/.exec(headers.authorization ?? '') ?? [];
  expect(key).toBe((await person.call('GET', '/api/destinations')).vapid_key);
  const claims = await verified(token, key);
  const now = Date.now() / 1000;
  expect(claims.aud).toBe(origin);
  expect(claims.exp).toBeGreaterThan(now);
  expect(claims.exp).toBeLessThanOrEqual(now + 24 * 3600);
  expect(claims.sub).toMatch(/^(mailto|https):/);
  expect(Number(headers['ttl'])).toBeGreaterThan(0);
  expect(['very-low', 'low', 'normal', 'high']).toContain(headers['urgency']);
  expect(headers['topic']).toMatch(/^[A-Za-z0-9_-]{1,32}$/);
});

test('the test button shows what the service itself said about a subscription that is gone', async () => {
  const id = await subscribed('gone');
  status = 410;
  const told = await person.call('POST', `/api/destinations/${id}/test`);
  expect(told).toMatchObject({ outcome: 'gone', status: 410 });
  expect(told.detail).toContain('the subscription is gone');
});
