// The proxy itself: each fault is what it says it is, counted for the client that it met and for nobody else.
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test as any, vi } from 'vitest';
import { FaultProxy } from '../world/proxy.js';
import type { Door, Fault } from '../world/proxy.js';

// One after the other: they count what the server answers.
const test = any.sequential;

let answers = 0;
const upstream = createServer((incoming, outgoing) => {
  answers += 1;
  incoming.resume();
  outgoing.setHeader('x-number', answers);
  outgoing.setHeader('content-type', 'text/plain');
  outgoing.end(`answer ${answers} to ${incoming.method} ${incoming.url}`);
});

beforeAll(() => new Promise<void>((done) => void upstream.listen(0, '127.0.0.1', done)));
afterAll(() => {
  upstream.close();
});

async function meets(fault: Fault, what: (door: Door, proxy: FaultProxy) => Promise<void>): Promise<void> {
  const proxy = new FaultProxy(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
  try {
    const [door, other] = [await proxy.door('one'), await proxy.door('other')];
    // First a whole answer, so that there is something to replay; then the fault, and for this door alone.
    expect(await (await fetch(`${door.url()}/x`)).text()).toMatch(/^answer \d+ to GET \/x$/);
    const rule = proxy.fault({ client: 'one', path: '/x' }, fault);
    await what(door, proxy);
    expect((await fetch(`${other.url()}/x`)).status).toBe(200);
    await vi.waitFor(() => expect([rule.reached('one'), rule.reached('other')]).toEqual([1, 0]));
    proxy.heal();
    expect((await fetch(`${door.url()}/x`)).status).toBe(200);
  } finally {
    await proxy.stop();
  }
}

const get = (door: Door, ms = 5_000) => fetch(`${door.url()}/x`, { redirect: 'manual', signal: AbortSignal.timeout(ms) });

test('cuts connections', async () => {
  await meets({ kind: 'reset', when: 'connect' }, async (door) => void (await expect(get(door)).rejects.toThrow('fetch failed')));
  await meets({ kind: 'reset', when: 'request' }, async (door) => void (await expect(get(door)).rejects.toThrow('fetch failed')));
});

test('keeps waiting, and lets go of whoever waits when it heals', async () => {
  await meets({ kind: 'hang' }, async (door) => void (await expect(get(door, 300)).rejects.toThrow('timeout')));
  await meets({ kind: 'stall', bytes: 4 }, async (door) => {
    const answer = await get(door, 300);
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow();
  });
});

test('lets the server act and loses its answer, or a part of it', async () => {
  const before = answers;
  await meets({ kind: 'lose_reply' }, async (door) => void (await expect(get(door)).rejects.toThrow('fetch failed')));
  expect(answers).toBe(before + 4);
  await meets({ kind: 'cut', bytes: 4 }, async (door) => void (await expect(get(door).then((answer) => answer.text())).rejects.toThrow()));
});

test('answers in the place of the server', async () => {
  const before = answers;
  await meets({ kind: 'answer', status: 401, type: 'text/html', body: 'no', headers: { 'x-who': 'proxy' } }, async (door) => {
    const answer = await get(door);
    expect([answer.status, answer.headers.get('x-who'), await answer.text()]).toEqual([401, 'proxy', 'no']);
  });
  expect(answers).toBe(before + 3);
  await meets({ kind: 'redirect', status: 302, location: '/login' }, async (door) => expect((await get(door)).headers.get('location')).toBe('/login'));
  await meets({ kind: 'replay' }, async (door) => {
    const old = Number((await get(door)).headers.get('x-number'));
    expect(old).toBe(answers);
  });
});

test('is slow, and takes headers out', async () => {
  const begun = performance.now();
  await meets({ kind: 'delay', ms: 200 }, async (door) => expect((await get(door)).status).toBe(200));
  await meets({ kind: 'slow', ms: 200, bytesPerSecond: 200 }, async (door) => expect(await (await get(door)).text()).toContain('answer'));
  expect(performance.now() - begun).toBeGreaterThan(400);
  await meets({ kind: 'strip', headers: ['X-Number'] }, async (door) => expect((await get(door)).headers.get('x-number')).toBeNull());
});

test('refuses once nobody listens, and takes up the same port again', async () => {
  const proxy = new FaultProxy(`http://127.0.0.1:${(upstream.address() as AddressInfo).port}`);
  const door = await proxy.door('one');
  await door.close();
  await expect(get(door)).rejects.toMatchObject({ cause: { code: 'ECONNREFUSED' } });
  await door.open();
  expect((await get(door)).status).toBe(200);
  await proxy.stop();
});
