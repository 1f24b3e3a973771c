// Rows about the protocol itself: lost renewals, a stream that does not work, a wrong password in the middle of a session.
import { expect } from 'vitest';
import { Person } from '../world/person.mjs';
import { EMAIL, PASSWORD } from './house.js';
import { row, until } from './row.js';
import type { Subject } from './row.js';

row(4, 'a_lost_answer_changes_nothing', async (subject) => {
  const rule = subject.proxy.fault({ path: '/api/session' }, { kind: 'lose_reply' }, 3);
  subject.client.hint('test');
  await until(() => rule.reached('subject') === 3, () => `lost ${rule.reached('subject')} times`);
  return { rules: [rule], least: 3 };
});

row(
  4,
  'a_renewal_whose_answer_is_lost_renewed_all_the_same_and_nothing_rotates',
  async (subject) => {
    const { proxy, profile, sid } = subject;
    const cookie = profile.cookie;
    const rule = proxy.fault({ path: '/api/session/renew', method: 'POST' }, { kind: 'lose_reply' }, 1);
    await until(() => rule.reached('subject') === 1, () => 'it never renewed');
    // Whoever repeats it gets the same session and the same credential.
    for (let time = 0; time < 3; time += 1) {
      const answer = await renewal(subject, sid);
      expect(answer.body).toMatchObject({ state: 'active', sid });
      for (const line of answer.cookies) expect(cookie).toContain(line.split(';')[0]);
    }
    return { rules: [rule] };
  },
  // Long ago: a renewal is due.
  { renewedOn: 0 },
);

row(4, 'renewals_at_the_same_time_are_one_effect', async (subject) => {
  const { profile, sid } = subject;
  const answers = await Promise.all(Array.from({ length: 8 }, () => renewal(subject, sid)));
  for (const { body, cookies } of answers) {
    expect(body).toMatchObject({ state: 'active', sid });
    for (const line of cookies) expect(profile.cookie).toContain(line.split(';')[0]);
  }
  return { rules: [] };
});

row(
  74,
  'without_a_stream_the_question_of_every_five_minutes_brings_the_end',
  async ({ client, door, elsewhere, profile, proxy, sid }) => {
    const rule = proxy.fault({ path: '/api/events' }, { kind: 'hang' });
    const stream = fetch(`${door.url()}/api/events?sid=${sid}`, { headers: { Cookie: profile.cookie } }).catch(() => null);
    await until(() => proxy.requests('subject', '/api/events').length === 1, 'no stream was asked for');
    const before = proxy.requests('subject', '/api/session').length;
    await elsewhere.call('DELETE', `/api/sessions/${sid}`);
    expect(client.state.state).toBe('active');
    await until(() => client.state.state === 'ended', () => `${client.state.state} after five minutes`);
    expect(client.state).toMatchObject({ reason: 'revoked' });
    // The question and the one that confirms it; no call of the page was needed.
    expect(proxy.requests('subject', '/api/session').length - before).toBeGreaterThanOrEqual(2);
    proxy.heal();
    await stream;
    return { rules: [rule], ended: true };
  },
  { speed: 25 },
);

row(74, 'without_a_stream_the_next_reply_brings_the_news', async ({ client, door, elsewhere, profile, proxy, sid }) => {
  const rule = proxy.fault({ path: '/api/events' }, { kind: 'hang' });
  const stream = fetch(`${door.url()}/api/events?sid=${sid}`, { headers: { Cookie: profile.cookie } }).catch(() => null);
  await until(() => proxy.requests('subject', '/api/events').length === 1, 'no stream was asked for');
  const before = proxy.requests('subject', '/api/session').length;
  // Something else of this account is ended: no end of ours, but worth a question.
  const spare = new Person(elsewhere.url);
  await spare.enter(null, EMAIL, PASSWORD);
  await elsewhere.call('DELETE', `/api/sessions/${spare.sid}`);
  await client.request('/api/nodes');
  await until(() => proxy.requests('subject', '/api/session').length > before, 'the reply was no hint');
  expect(client.state.state).toBe('active');
  proxy.heal();
  await stream;
  return { rules: [rule] };
});

row(81, 'a_wrong_password_in_a_form_is_an_error_of_that_form', async ({ client, proxy }) => {
  // The server itself says 422; a server or a proxy that says 401 changes nothing.
  const own = await client.signIn('/api/session/reauth', { password: 'not the lamp at all' }, true);
  expect(own).toMatchObject({ ok: false, failure: { status: 422, code: 'wrong_password' } });
  expect(client.state.state).toBe('active');
  const body = '{"code":"wrong_password","detail":"Wrong password."}';
  const rule = proxy.fault({ path: '/api/session/reauth' }, { kind: 'answer', status: 401, type: 'application/problem+json', body }, 2);
  for (let time = 0; time < 2; time += 1) {
    expect(await client.signIn('/api/session/reauth', { password: 'not the lamp at all' }, true)).toMatchObject({ ok: false });
    expect(client.state.state).toBe('active');
  }
  // And the right one is taken as ever.
  expect(await client.signIn('/api/session/reauth', { password: PASSWORD }, true)).toMatchObject({ ok: true });
  return { rules: [rule], least: 2 };
});

/** A renewal as a client sends it, past the client. */
async function renewal({ door, profile }: Subject, sid: string): Promise<{ body: unknown; cookies: string[] }> {
  const nonce = Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('base64url');
  const answer = await fetch(`${door.url()}/api/session/renew`, {
    method: 'POST',
    headers: {
      'Content-Type': 'application/json',
      'Session-Id': sid,
      'Session-Nonce': nonce,
      'X-Wakeful': '1',
      Cookie: profile.cookie,
      Origin: door.url(),
    },
    body: '{}',
  });
  expect(answer.status).toBe(200);
  return { body: await answer.json(), cookies: answer.headers.getSetCookie().filter((line) => !line.includes('known')) };
}
