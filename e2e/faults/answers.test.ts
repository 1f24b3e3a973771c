// Rows in which somebody answers in the server's place: nobody of them is our server, so nothing of it is a verdict.
import { expect } from 'vitest';
import type { Fault } from '../world/proxy.js';
import { EMAIL, PASSWORD } from './house.js';
import { row, unsure, until } from './row.js';
import type { Subject } from './row.js';

const HTML = 'text/html; charset=utf-8';
const JSON_TYPE = 'application/json';
const PAGE = '<!doctype html><title>Welcome</title><h1>Please accept the terms</h1>';

/** Asks four times into the fault and stays signed in all the while. */
async function answered(subject: Subject, fault: Fault): ReturnType<Parameters<typeof row>[2]> {
  const rule = subject.proxy.fault({ path: '/api/' }, fault);
  subject.client.hint('test');
  await until(() => rule.reached('subject') >= 4, `asked ${rule.reached('subject')} times`);
  await unsure(subject);
  return { rules: [rule], least: 4 };
}

const answer = (status: number, type?: string, body?: string, headers?: Record<string, string>): Fault => ({
  kind: 'answer',
  status,
  ...(type === undefined ? {} : { type }),
  ...(body === undefined ? {} : { body }),
  ...(headers === undefined ? {} : { headers }),
});

row(6, 'a_500_with_json_is_no_verdict', (s) => answered(s, answer(500, JSON_TYPE, '{"detail":"Internal Server Error"}')));
row(11, 'a_431_is_no_verdict', (s) => answered(s, answer(431, HTML, '<h1>400 Request Header Or Cookie Too Large</h1>')));
row(11, 'our_own_cookies_are_two_and_small', async (subject) => {
  const headers = { 'Content-Type': 'application/json', 'X-Wakeful': '1' };
  const body = JSON.stringify({ email: EMAIL, password: PASSWORD });
  const cookies = (await fetch(`${subject.door.url()}/api/auth/login`, { method: 'POST', headers, body })).headers.getSetCookie();
  expect(cookies.length).toBeGreaterThan(0);
  expect(cookies.length).toBeLessThanOrEqual(2);
  for (const cookie of cookies) expect(cookie.length).toBeLessThan(200);
  return { rules: [] };
});
row(11, 'a_400_is_no_verdict', (s) => answered(s, answer(400, HTML, '<h1>400 Bad Request</h1>')));
row(12, 'a_401_page_of_a_proxy_is_no_verdict_and_after_two_it_is_named', async (subject) => {
  const { client } = subject;
  expect(client.refused).toBe(false);
  const outcome = await answered(subject, answer(401, HTML, PAGE, { 'WWW-Authenticate': 'Basic realm="proxy"' }));
  expect(client.refused).toBe(true);
  return outcome;
});
row(13, 'a_401_with_foreign_json_is_no_verdict', (s) => answered(s, answer(401, JSON_TYPE, '{"detail":"Could not validate credentials"}')));
row(13, 'a_401_that_calls_itself_ended_is_no_verdict', (s) =>
  answered(s, answer(401, JSON_TYPE, '{"v":1,"state":"ended","sid":"x","reason":"revoked"}')),
);
row(14, 'a_403_page_of_a_firewall_is_no_verdict', (s) => answered(s, answer(403, HTML, '<h1>Access denied</h1>')));
row(15, 'a_404_is_no_verdict', (s) => answered(s, answer(404, JSON_TYPE, '{"detail":"Not Found"}')));
row(15, 'a_405_is_no_verdict', (s) => answered(s, answer(405, HTML, '<h1>Method Not Allowed</h1>', { Allow: 'POST' })));
row(17, 'a_200_page_of_a_captive_portal_is_no_verdict', (s) => answered(s, answer(200, HTML, PAGE)));
row(17, 'a_200_page_called_json_is_no_verdict', (s) => answered(s, answer(200, JSON_TYPE, PAGE)));
row(18, 'an_empty_200_is_no_verdict', (s) => answered(s, answer(200, JSON_TYPE, '')));
row(18, 'a_204_is_no_verdict', (s) => answered(s, answer(204)));
row(19, 'an_empty_object_is_no_verdict', (s) => answered(s, answer(200, JSON_TYPE, '{}')));
row(19, 'null_is_no_verdict', (s) => answered(s, answer(200, JSON_TYPE, 'null')));
row(21, 'a_redirect_to_a_login_page_is_no_verdict', (s) => answered(s, { kind: 'redirect', status: 302, location: '/login?next=%2F' }));
row(22, 'a_redirect_to_another_site_is_no_verdict_and_after_two_it_is_named', async (subject) => {
  const outcome = await answered(subject, { kind: 'redirect', status: 307, location: 'https://sso.example.org/authorize' });
  expect(subject.client.refused).toBe(true);
  return outcome;
});

row(14, 'a_403_on_an_action_is_an_error_of_that_action', async (subject) => {
  const rule = subject.proxy.fault({ path: '/api/nodes', method: 'POST' }, answer(403, JSON_TYPE, '{"code":"forbidden","detail":"Not you."}'), 1);
  const reply = await subject.client.request('/api/nodes', { method: 'POST', body: { nodes: [] } });
  expect(reply).toMatchObject({ ok: false, failure: { status: 403 } });
  expect(subject.client.state.state).toBe('active');
  return { rules: [rule] };
});

row(17, 'an_old_answer_out_of_a_cache_is_no_verdict', async (subject) => {
  // It was our own server's word, but to an earlier question.
  const rule = subject.proxy.fault({ path: '/api/session' }, { kind: 'replay' });
  subject.client.hint('test');
  await until(() => rule.reached('subject') >= 3, `asked ${rule.reached('subject')} times`);
  await unsure(subject);
  return { rules: [rule], least: 3 };
});

row(77, 'one_401_in_a_burst_of_200_calls_only_makes_the_client_ask', async (subject) => {
  const { client, proxy } = subject;
  const ours = '{"kind":"wakeful.session","code":"not_signed_in","detail":"You are not signed in.","status":401}';
  proxy.fault({ path: '/api/network' }, answer(200, JSON_TYPE, '{}'));
  const rule = proxy.fault({ path: /^\/api\/network\?n=77$/ }, answer(401, 'application/problem+json', ours), 1);
  const before = proxy.requests('subject', '/api/session').length;
  const replies = await Promise.all(Array.from({ length: 200 }, (_, n) => client.request(`/api/network?n=${n}`)));
  expect(replies.filter((reply) => !reply.ok)).toHaveLength(1);
  expect(client.state.state).toBe('active');
  await until(() => proxy.requests('subject', '/api/session').length > before, 'it never asked');
  expect(proxy.requests('subject', '/api/session')).toHaveLength(before + 1);
  return { rules: [rule] };
});
