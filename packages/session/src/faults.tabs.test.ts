/** The rows of the fault list with several tabs of one browser, against a server on a real socket. Each has its control. */

import { afterEach, beforeEach, expect, it } from 'vitest';
import { Profile } from './rig/profile.js';
import { ProtocolServer } from './rig/protocol-server.js';
import { SPEED, Tab, until } from './rig/tab.js';

const ANNA = 'anna@example.net';
const BEN = 'ben@example.net';

let server: ProtocolServer;
let profile: Profile;
let tabs: Tab[];

beforeEach(async () => {
  server = await ProtocolServer.start();
  profile = new Profile();
  tabs = [];
});

afterEach(async () => {
  for (const tab of tabs) tab.close();
  await server.stop();
});

/** The browser is signed in; its tabs are restored from what it remembers. */
function signedIn(email = ANNA): string {
  const { cookie, sid } = server.signIn(email);
  profile.cookie = cookie;
  profile.remembered = { sid, email, userId: `id-of-${email}` };
  return sid;
}

function open(options: { visible?: boolean; seed?: number } = {}): Tab {
  const tab = new Tab(profile, server.url, options);
  tabs.push(tab);
  void tab.session.start();
  return tab;
}

const reach = (tab: Tab, state: string): Promise<void> => until(() => tab.state === state, () => `${tab.state}, not ${state}: ${tab.lines.join('; ')}`);

/** The control: in this very rig a real end ends the session in every tab. */
async function reallyEnds(sid: string, reason = 'revoked'): Promise<void> {
  server.end(sid, reason);
  tabs[0]?.client.hint('control');
  for (const tab of tabs) await reach(tab, 'ended');
  for (const tab of tabs) expect(tab.client.state).toMatchObject({ reason });
}

it('fault_38_two_tabs_renew_at_once_and_the_credential_stays_what_it_was', async () => {
  const sid = signedIn();
  // Both were last renewed on another day, so both renew.
  if (profile.remembered !== null) profile.remembered = { ...profile.remembered, renewedOn: 1 };
  const { cookie } = profile;
  const [one, two] = [open(), open({ seed: 0.4 })];
  await until(() => server.asked('/api/session/renew').length >= 2, () => `${server.asked('/api/session/renew').length} renewals`);
  await until(() => [one, two].every((tab) => tab.state === 'active' && tab.client.machine.asking === 'no'), () => `${one.state}, ${two.state}`);
  expect(profile.cookie).toBe(cookie);
  expect([one.client.sid, two.client.sid]).toEqual([sid, sid]);
  expect([...one.lines, ...two.lines].join()).not.toMatch(/ended|unverified ->.*missing/);
  await reallyEnds(sid);
});

it('fault_39_twenty_tabs_restored_at_once_ask_at_most_twice', async () => {
  const sid = signedIn();
  for (let n = 0; n < 20; n += 1) open({ visible: n === 7, seed: n / 20 });
  await until(() => tabs[7]?.state === 'active', () => tabs[7]?.state ?? '');
  // Long enough for every jitter of a start: 10 s of the client's clock.
  const until_ = performance.now() + 10_000 / SPEED;
  await until(() => performance.now() > until_, () => '');
  expect(server.asked('/api/session').length).toBeLessThanOrEqual(2);
  for (const tab of tabs) expect(['active', 'unverified']).toContain(tab.state);
  for (const tab of tabs) expect(tab.client.state).toMatchObject({ user: { email: ANNA } });
  await reallyEnds(sid);
});

it('fault_40_signed_out_in_one_tab_while_the_other_renews', async () => {
  const sid = signedIn();
  const [one, two] = [open(), open()];
  await reach(one, 'active');
  await reach(two, 'active');
  if (profile.remembered !== null) profile.remembered = { ...profile.remembered, renewedOn: 1 };
  void one.client.logout();
  two.client.step({ type: 'hint', why: 'periodic' });
  await reach(one, 'anonymous');
  await reach(two, 'ended');
  expect(two.client.state).toMatchObject({ reason: 'logout' });
  expect(two.client.sid).toBeNull();
  expect(sid).not.toBeNull();
});

it('fault_42_another_account_signs_in_in_the_second_tab', async () => {
  signedIn();
  const [one, two] = [open(), open()];
  await reach(one, 'active');
  await reach(two, 'active');
  // The first tab hears nothing at all: no channel, no visibility. Only its own call tells.
  two.session.client.step({ type: 'accept' });
  await two.client.signIn('/api/auth/login', { email: BEN, password: 'x' });
  expect(two.client.state).toMatchObject({ state: 'active', user: { email: BEN } });
  const reply = await one.client.request('/api/nodes', { method: 'POST', body: { text: 'written by Anna' } });
  expect(reply).toMatchObject({ ok: false, failure: { status: 409, code: 'account_switched' } });
  await reach(one, 'account_switched');
  expect(one.client.state).toMatchObject({ user: { email: ANNA } });
  // Nothing was done as Ben.
  expect(server.done).toEqual([]);
  await one.client.acceptSwitch();
  expect(one.client.state).toMatchObject({ state: 'active', user: { email: BEN } });
  await reallyEnds(two.client.sid ?? '');
});

it('fault_70_the_password_is_changed_in_one_tab_of_another_browser', async () => {
  const sid = signedIn();
  const other = server.signIn(ANNA);
  const [one, two] = [open(), open({ visible: false })];
  await reach(one, 'active');
  server.end(sid, 'password_changed');
  // The stream says so to the visible tab, which asks; the hidden one hears of it and asks for itself.
  one.client.hint('the stream says so', true);
  await reach(one, 'ended');
  await reach(two, 'ended');
  for (const tab of [one, two]) expect(tab.client.state).toMatchObject({ reason: 'password_changed', user: { email: ANNA } });
  // The one that changed it goes on.
  const elsewhere = new Profile();
  elsewhere.cookie = other.cookie;
  profile = elsewhere;
  const going = open();
  await reach(going, 'active');
});

it('fault_71_an_administrator_disables_the_account', async () => {
  const sid = signedIn();
  const [one, two] = [open(), open()];
  await reach(one, 'active');
  await reach(two, 'active');
  server.end(sid, 'account_disabled');
  // Any call of any tab is enough.
  expect(await one.client.request('/api/nodes')).toMatchObject({ ok: false });
  await reach(one, 'ended');
  await reach(two, 'ended');
  expect(two.client.state).toMatchObject({ reason: 'account_disabled' });
});

it('a message of another tab decides nothing, whatever it claims', async () => {
  const sid = signedIn();
  const tab = open();
  await reach(tab, 'active');
  const before = server.asked('/api/session').length;
  for (const message of [{ type: 'over', sid, rev: 99 }, { type: 'signed_in', sid: 'somebody', rev: 0 }, { type: 'ended' }, 'ended', null, { type: 'over', sid: 7, rev: 'x' }]) profile.forge(message);
  await until(() => server.asked('/api/session').length > before && tab.client.machine.asking === 'no', () => 'it never asked');
  expect(tab.state).toBe('active');
  expect(tab.lines.join()).not.toContain('-> ended');
  await reallyEnds(sid);
});

it('whoever leads may go: another tab takes the lead', async () => {
  const sid = signedIn();
  const [one, two] = [open(), open()];
  await reach(one, 'active');
  await reach(two, 'active');
  expect([one.client.machine.leads, two.client.machine.leads]).toEqual([true, false]);
  one.close();
  tabs = [two];
  await until(() => two.client.machine.leads, () => 'nobody leads');
  await reallyEnds(sid);
});

it('on plain http, without locks, every visible tab looks after itself', async () => {
  profile.locks = false;
  const sid = signedIn();
  const [one, two] = [open(), open({ visible: false })];
  await reach(one, 'active');
  expect([one.client.machine.leads, two.client.machine.leads]).toEqual([true, false]);
  await reallyEnds(sid);
});

it('fault_78_what_was_sent_into_an_end_is_done_once_after_the_same_person_is_back', async () => {
  const sid = signedIn();
  const tab = open();
  await reach(tab, 'active');
  server.end(sid, 'idle_timeout');
  let settled = false;
  const reply = tab.client.request('/api/nodes', { method: 'POST', body: { text: 'half a form' } }).finally(() => (settled = true));
  await reach(tab, 'ended');
  expect(settled).toBe(false);
  expect(server.done).toEqual([]);
  await tab.client.signIn('/api/auth/login', { email: ANNA, password: 'x' });
  expect(await reply).toMatchObject({ ok: true });
  expect(server.done).toEqual([{ user: ANNA, body: { text: 'half a form' } }]);
  const keys = server.asked('/api/nodes').map((request) => request.headers['idempotency-key']);
  expect(keys).toHaveLength(2);
  expect(new Set(keys).size).toBe(1);
  await reallyEnds(tab.client.sid ?? '');
});

it('fault_78_and_never_in_the_name_of_somebody_else', async () => {
  const sid = signedIn();
  const tab = open();
  await reach(tab, 'active');
  server.end(sid, 'idle_timeout');
  const reply = tab.client.request('/api/nodes', { method: 'POST', body: { text: 'written by Anna' } });
  await reach(tab, 'ended');
  await tab.client.signIn('/api/auth/login', { email: BEN, password: 'x' });
  expect(await reply).toMatchObject({ ok: false, failure: { code: 'session_ended' } });
  expect(server.done).toEqual([]);
});
