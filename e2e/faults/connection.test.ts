// Rows in which the connection fails: nothing is heard, so nothing is known, and the person stays signed in.
import { expect } from 'vitest';
import { SPEED, row, unsure, until } from './row.js';
import type { Subject } from './row.js';

/** Times between questions, in ms of the client's clock. */
function gaps({ proxy }: Subject, from: number): number[] {
  const at = proxy.requests('subject', '/api/session').slice(from).map((one) => one.at * SPEED);
  return at.slice(1).map((time, n) => time - (at[n] ?? 0));
}

row(1, 'a_refused_connection_keeps_the_session', async (subject) => {
  const { client, door, shell } = subject;
  await door.close();
  client.hint('test');
  const refusals = () => shell.broken.filter((code) => code === 'ECONNREFUSED').length;
  await until(() => refusals() >= 3, () => `refused ${refusals()} times: ${shell.broken.join()}`);
  await unsure(subject);
  const met = refusals();
  await door.open();
  return { rules: [], met };
});

row(1, 'a_reset_connection_keeps_the_session', async (subject) => {
  const rule = subject.proxy.fault({ client: 'subject' }, { kind: 'reset', when: 'connect' });
  subject.client.hint('test');
  await until(() => rule.reached('subject') >= 3, () => `reset ${rule.reached('subject')} times`);
  await unsure(subject);
  return { rules: [rule], least: 3 };
});

row(1, 'a_reset_request_is_tried_again_ever_more_slowly', async (subject) => {
  const before = subject.proxy.requests('subject', '/api/session').length;
  const rule = subject.proxy.fault({ path: '/api/session' }, { kind: 'reset', when: 'request' });
  subject.client.hint('test');
  await until(() => rule.reached('subject') >= 6, () => `reset ${rule.reached('subject')} times`);
  await unsure(subject);
  const between = gaps(subject, before);
  // Three retries 2 s apart, and from then on by chance, but never in less than a second.
  for (const gap of between.slice(0, 3)) expect(gap).toBeGreaterThanOrEqual(1_900);
  for (const gap of between.slice(3)) expect(gap).toBeGreaterThanOrEqual(900);
  return { rules: [rule], least: 6 };
});

row(2, 'a_server_that_never_answers_is_given_up_after_ten_seconds', async (subject) => {
  const { client, proxy, shell } = subject;
  const rule = proxy.fault({ path: '/api/session' }, { kind: 'hang' }, 1);
  client.hint('test');
  await until(() => proxy.seen.some((one) => one.fault === 'hang'), 'it never asked');
  const asked = shell.now();
  await until(() => rule.reached('subject') === 1, 'it never gave up');
  const waited = shell.now() - asked;
  expect(waited).toBeGreaterThan(9_000);
  expect(waited).toBeLessThan(40_000);
  return { rules: [rule] };
});

row(2, 'a_body_that_stops_in_the_middle_is_given_up_too', async (subject) => {
  const { client, proxy, shell } = subject;
  const rule = proxy.fault({ path: '/api/session' }, { kind: 'stall', bytes: 20 }, 1);
  client.hint('test');
  await until(() => proxy.seen.some((one) => one.fault === 'stall'), 'it never asked');
  const asked = shell.now();
  await until(() => rule.reached('subject') === 1, 'it never gave up');
  expect(shell.now() - asked).toBeGreaterThan(9_000);
  return { rules: [rule] };
});

row(2, 'a_body_that_is_cut_off_is_no_verdict', async (subject) => {
  const rule = subject.proxy.fault({ path: '/api/session' }, { kind: 'cut', bytes: 20 });
  subject.client.hint('test');
  await until(() => rule.reached('subject') >= 3, () => `cut ${rule.reached('subject')} times`);
  await unsure(subject);
  return { rules: [rule], least: 3 };
});

for (const status of [502, 503, 504]) {
  row(7, `a_${status}_page_is_no_verdict_and_its_retry_after_is_kept`, async (subject) => {
    const { client, proxy } = subject;
    const before = proxy.requests('subject', '/api/session').length;
    const page = { kind: 'answer', status, type: 'text/html', body: `<h1>${status}</h1>`, headers: { 'Retry-After': '20' } } as const;
    const rule = proxy.fault({ path: '/api/session' }, page, 2);
    client.hint('test');
    await until(() => rule.reached('subject') === 2, () => `asked ${rule.reached('subject')} times`);
    await unsure(subject);
    for (const gap of gaps(subject, before)) expect(gap).toBeGreaterThanOrEqual(19_500);
    return { rules: [rule], least: 2 };
  });
}

for (const [words, type, body] of [
  ['json', 'application/json', '{"detail":"Too Many Requests"}'],
  ['page', 'text/html', '<h1>Too Many Requests</h1>'],
] as const) {
  row(10, `a_429_${words}_is_no_verdict_and_its_retry_after_is_kept`, async (subject) => {
    const { client, proxy } = subject;
    const before = proxy.requests('subject', '/api/session').length;
    const rule = proxy.fault({ path: '/api/session' }, { kind: 'answer', status: 429, type, body, headers: { 'Retry-After': '15' } }, 2);
    client.hint('test');
    await until(() => rule.reached('subject') === 2, () => `asked ${rule.reached('subject')} times`);
    await unsure(subject);
    for (const gap of gaps(subject, before)) expect(gap).toBeGreaterThanOrEqual(14_500);
    return { rules: [rule], least: 2 };
  });
}

row(25, 'a_slow_link_gets_more_time_after_two_timeouts', async (subject) => {
  const { client, proxy } = subject;
  const before = proxy.requests('subject', '/api/session').length;
  // No answer in 10 or 20 s, but one in 30.
  const rule = proxy.fault({ path: '/api/session' }, { kind: 'delay', ms: 24_000 / SPEED });
  client.hint('test');
  await until(() => rule.reached('subject') >= 4, () => `asked ${rule.reached('subject')} times`);
  await until(() => client.state.state === 'active', 'the slow answer was not waited for');
  // One at a time: each came when the one before was over, and each was given its own patience.
  const [first = 0, second = 0, third = 0] = gaps(subject, before);
  expect(first).toBeGreaterThan(11_500);
  expect(second).toBeGreaterThan(11_500);
  expect(third).toBeGreaterThan(21_500);
  return { rules: [rule], least: 4 };
});

// Nearly as slow in our time as in the client's: what the machine adds must not decide.
const NEARLY = 2;
row(
  25,
  'a_link_of_nine_seconds_round_trip_is_slow_and_nothing_else',
  async (subject) => {
    const { client, proxy } = subject;
    const rule = proxy.fault({ path: '/api/session' }, { kind: 'slow', ms: 8_500 / NEARLY, bytesPerSecond: 50_000 }, 2);
    await client.probe('test');
    expect(client.state.state).toBe('active');
    await client.probe('test');
    expect(client.state.state).toBe('active');
    return { rules: [rule], least: 2 };
  },
  { speed: NEARLY },
);
