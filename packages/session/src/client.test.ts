import { describe, expect, it } from 'vitest';
import { SessionClient } from './client.js';
import { KNOWN, Rig, USER, active, ended, json, verdictOf } from './rig/rig.js';

async function signedIn(): Promise<{ rig: Rig; client: SessionClient }> {
  const rig = new Rig();
  rig.remembered = KNOWN;
  rig.answer = (asked) => active(asked);
  const client = new SessionClient(rig.ports);
  await client.start();
  expect(client.state.state).toBe('active');
  return { rig, client };
}

describe('what keeps a person signed in', () => {
  it.each([
    ['a refused connection', () => 'refuse' as const],
    ['a server that never answers', () => 'hang' as const],
    ['a page in place of JSON', () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } })],
    ['a 401 of a proxy', () => new Response('<html>', { status: 401, headers: { 'Content-Type': 'text/html' } })],
    ['a 503 of ours', () => json({ code: 'undecided' }, 503, { 'Retry-After': '1' })],
    ['an end meant for an earlier question', () => verdictOf({ headers: { 'Session-Nonce': 'old' } } as never, { state: 'ended', sid: 's1', reason: 'revoked' })],
  ])('%s', async (_, answer) => {
    const { rig, client } = await signedIn();
    rig.answer = answer;
    await rig.pass(3_600_000);
    expect(client.state).toMatchObject({ state: 'unverified', user: USER });
    rig.answer = (asked) => active(asked);
    await rig.pass(120_000);
    expect(client.state.state).toBe('active');
  });

  it('a 401 with our marker on another call only makes it ask', async () => {
    const { rig, client } = await signedIn();
    rig.answer = (asked) => (asked.path.startsWith('/api/session') ? active(asked) : json({ kind: 'wakeful.session', code: 'ended' }, 401));
    const before = rig.asked.length;
    expect(await client.request('/api/nodes')).toMatchObject({ ok: false });
    await rig.pass(2_000);
    expect(rig.asked.slice(before).map((asked) => asked.path)).toEqual(['/api/nodes', '/api/session']);
    expect(client.state.state).toBe('active');
  });
});

describe('what ends a session', () => {
  it('an end that a second question confirms', async () => {
    const { rig, client } = await signedIn();
    rig.answer = (asked) => ended(asked);
    client.hint('test');
    await rig.pass(5_000);
    expect(client.state).toMatchObject({ state: 'ended', reason: 'revoked', user: USER });
    const nonces = rig.asked.slice(-2).map((asked) => asked.headers['Session-Nonce']);
    expect(nonces[0]).not.toBe(nonces[1]);
  });

  it('not one that the second question takes back', async () => {
    const { rig, client } = await signedIn();
    let first = true;
    rig.answer = (asked) => {
      const answer = first ? ended(asked) : active(asked);
      first = false;
      return answer;
    };
    client.hint('test');
    await rig.pass(5_000);
    expect(client.state.state).toBe('active');
  });

  it('a lost cookie is said as such, and stays said', async () => {
    const { rig, client } = await signedIn();
    rig.answer = (asked) => verdictOf(asked, { state: 'anonymous', credential: 'none' });
    client.hint('test');
    await rig.pass(5_000);
    expect(client.state).toMatchObject({ state: 'credential_missing', user: USER });
    client.hint('again');
    await rig.pass(5_000);
    expect(client.state.state).toBe('credential_missing');
  });
});

describe('asking', () => {
  it('verifies every 300 s while signed in', async () => {
    const { rig } = await signedIn();
    const before = rig.asked.length;
    await rig.pass(900_000);
    expect(rig.asked.slice(before).map((asked) => asked.path)).toEqual(['/api/session', '/api/session', '/api/session']);
  });

  it('has one question in flight, and hints at most once a second', async () => {
    const { rig, client } = await signedIn();
    const before = rig.asked.length;
    for (let n = 0; n < 20; n += 1) client.hint('storm');
    void client.probe('a');
    void client.probe('b');
    await rig.pass(900);
    expect(rig.asked.length - before).toBe(0);
    await rig.pass(9_000);
    expect(rig.asked.length - before).toBe(1);
  });

  it('sends what a changing request needs', async () => {
    const { rig, client } = await signedIn();
    rig.answer = () => json({}, 201);
    await client.request('/api/nodes', { method: 'POST', body: { address: 'x' } });
    expect(rig.asked.at(-1)?.headers).toMatchObject({ 'X-Wakeful': '1', 'Content-Type': 'application/json', 'Session-Id': 's1' });
  });
});

describe('signing in and out', () => {
  it('takes the session from the answer to the sign-in', async () => {
    const rig = new Rig();
    rig.answer = (asked) => active(asked);
    const client = new SessionClient(rig.ports);
    expect(await client.signIn('/api/auth/login', { email: USER.email, password: 'correct horse' })).toMatchObject({ ok: true });
    expect(client.state.state).toBe('active');
    expect(rig.remembered).toMatchObject(KNOWN);
  });

  it('is nobody new where registering only sends a mail, and asks nobody for it', async () => {
    const rig = new Rig();
    rig.answer = () => json({ state: 'mail_sent' }, 202);
    const client = new SessionClient(rig.ports);
    expect(await client.signIn('/api/auth/register', { email: USER.email, password: 'correct horse' })).toMatchObject({ ok: true, status: 202 });
    expect(client.state.state).toBe('unverified');
    expect(rig.asked).toHaveLength(1);
  });

  it('says why a sign-in failed, and keeps what was', async () => {
    const rig = new Rig();
    rig.answer = () => json({ code: 'wrong_credentials', detail: 'x' }, 401);
    const client = new SessionClient(rig.ports);
    expect(await client.signIn('/api/auth/login', { email: USER.email, password: 'wrong' })).toMatchObject({ ok: false, failure: { kind: 'problem', code: 'wrong_credentials' } });
    expect(client.state.state).toBe('unverified');
  });

  it('signs out here at once and on the server when it answers again, even after a reload', async () => {
    const { rig, client } = await signedIn();
    rig.answer = () => 'refuse';
    await client.logout();
    expect(client.state.state).toBe('signing_out');
    client.stop();

    const reloaded = new SessionClient(rig.ports);
    expect(reloaded.state.state).toBe('signing_out');
    rig.answer = (asked) => (asked.path === '/api/session/logout' ? new Response(null, { status: 204 }) : active(asked));
    await reloaded.start();
    expect(rig.asked.at(-1)?.headers['Session-Id']).toBe('s1');
    expect(reloaded.state.state).toBe('anonymous');
    expect(rig.remembered).toBeNull();
  });

  it('does nothing as somebody else when the account was switched in another tab', async () => {
    const { rig, client } = await signedIn();
    rig.answer = () => json({ kind: 'wakeful.session', code: 'account_switched' }, 409);
    await client.request('/api/nodes');
    await rig.pass(2_000);
    expect(client.state).toMatchObject({ state: 'account_switched', user: USER });
  });

  it('is nobody else for having signed in anew in another tab', async () => {
    const { rig, client } = await signedIn();
    rig.answer = (asked) => (asked.path === '/api/session' ? active(asked, { sid: 's2' }) : json({ kind: 'wakeful.session', code: 'account_switched' }, 409));
    await client.request('/api/nodes');
    await rig.pass(10_000);
    expect(client.state).toMatchObject({ state: 'active', user: USER });
    expect(client.sid).toBe('s2');
  });

  it('waits for a word before it takes the page to somebody else, even after an end', async () => {
    const { rig, client } = await signedIn();
    rig.answer = (asked) => ended(asked);
    client.hint('test');
    await rig.pass(5_000);
    rig.answer = (asked) => active(asked, { sid: 's9', user: { id: 'u9', email: 'other@example.net' } });
    client.hint('another tab signed in');
    await rig.pass(5_000);
    expect(client.state).toMatchObject({ state: 'account_switched', user: USER });
    await client.acceptSwitch();
    expect(client.state).toMatchObject({ state: 'active', user: { id: 'u9' } });
  });
});
