/** The rows of the fault list that a scripted clock can show. Each ends with its control: the same rig, and a real end ends it. */

import { expect, it } from 'vitest';
import { NO_HEALTH, badge } from './health.js';
import type { Health } from './health.js';
import { KNOWN, Rig, USER, active, ended, json, server } from './rig/rig.js';
import type { Answer } from './rig/rig.js';
import { PageSession } from './session.js';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

class House {
  readonly rig = new Rig();
  health: Health = NO_HEALTH;
  readonly page: PageSession;
  readonly client: PageSession['client'];
  readonly seen: string[] = [];

  constructor() {
    this.rig.remembered = KNOWN;
    this.page = new PageSession(this.rig.ports, (health) => {
      this.health = health;
    });
    this.client = this.page.client;
  }

  get badge(): string {
    return badge(this.client.state, this.health, this.rig.now, this.client.machine.graceUntil);
  }
}

async function signedIn(answer: Answer = (asked) => active(asked)): Promise<House> {
  const house = new House();
  house.rig.answer = server(answer);
  house.client.subscribe((state) => house.seen.push(state.state));
  void house.page.start();
  await house.rig.pass(100);
  expect(house.client.state.state).toBe('active');
  house.seen.length = 0;
  return house;
}

/** The control: this rig does see an end when there is one. */
async function reallyEnds({ rig, client, page }: House, reason = 'revoked'): Promise<void> {
  rig.answer = server((asked) => ended(asked, reason));
  client.hint('control');
  await rig.pass(30_000);
  expect(client.state).toMatchObject({ state: 'ended', reason, user: USER });
  page.stop();
}

for (const counted of [true, false]) {
  it(`fault_44_eight_hours_of_sleep_and_forty_seconds_without_network, the monotonic clock ${counted ? 'counts' : 'skips'} the sleep`, async () => {
    const house = await signedIn();
    const { rig, client, page } = house;
    rig.answer = () => 'refuse';
    rig.sleep(8 * HOUR, counted);
    for (let second = 0; second < 40; second += 1) {
      await rig.pass(1_000);
      // The first tick after waking may be 5 s away; what a person sees meanwhile is what they left.
      expect(['online', 'looking', 'unverified']).toContain(house.badge);
      expect(client.state).toMatchObject({ user: USER });
    }
    const from = rig.asked.length;
    rig.answer = server((asked) => active(asked));
    rig.page.happen('online');
    await rig.pass(5_000);
    expect(client.state.state).toBe('active');
    expect(house.badge).toBe('online');
    // Once, and not once for each thing that happened.
    expect(rig.count('/api/session', from) + rig.count('/api/session/renew', from)).toBe(1);
    expect(house.seen).not.toContain('ended');
    await reallyEnds(house);
    expect(page.client.sid).toBeNull();
  });
}

it('fault_45_timers_slowed_to_one_a_minute_in_the_background', async () => {
  const house = await signedIn();
  const { rig, client } = house;
  rig.page.happen('hidden');
  const from = rig.asked.length;
  // Ten minutes of a hidden tab whose timers run once a minute.
  for (let minute = 0; minute < 10; minute += 1) {
    rig.sleep(MINUTE - 1_000, true);
    await rig.pass(1_000);
  }
  expect(client.state.state).toBe('active');
  expect(rig.count('/api/session', from)).toBeLessThanOrEqual(11);
  const before = rig.asked.length;
  rig.page.happen('visible');
  await rig.pass(2_000);
  expect(rig.count('/api/session', before) + rig.count('/api/session/renew', before)).toBe(1);
  await reallyEnds(house);
});

for (const event of ['pageshow', 'resume', 'visible'] as const) {
  it(`fault_45_a_page_that_comes_back (${event}) asks at once`, async () => {
    const house = await signedIn();
    const { rig, client } = house;
    rig.page.happen('hidden');
    rig.sleep(3 * HOUR, true);
    const from = rig.asked.length;
    if (event !== 'visible') rig.page.happen('visible');
    rig.page.happen(event);
    await rig.pass(2_000);
    expect(rig.asked.slice(from).some((asked) => asked.path.startsWith('/api/session'))).toBe(true);
    expect(client.state.state).toBe('active');
    await reallyEnds(house);
  });
}

for (const [row, hours] of [
  [46, 2],
  [47, -2],
] as const) {
  it(`fault_${row}_the_wall_clock_is_set_${hours > 0 ? 'forward' : 'back'}_two_hours`, async () => {
    const house = await signedIn((asked) => active(asked, { idle_in: 3_600, abs_in: 7_200 }));
    const { rig } = house;
    const from = rig.asked.length;
    rig.setWall(hours * HOUR);
    await rig.pass(5 * MINUTE);
    expect(house.seen.filter((state) => state !== 'active')).toEqual([]);
    // One question for the jump, at most one renewal, and the ordinary one: no storm.
    expect(rig.asked.slice(from).filter((asked) => asked.path.startsWith('/api/session')).length).toBeLessThanOrEqual(3);
    expect(house.badge).toBe('online');
    await reallyEnds(house);
  });

  it(`fault_${row}_a_device_whose_clock_was_always_wrong`, async () => {
    const house = await signedIn();
    house.rig.setWall(hours * HOUR);
    await house.rig.pass(DAY + HOUR);
    expect(house.seen.filter((state) => state !== 'active')).toEqual([]);
    await reallyEnds(house);
  });
}

it('fault_63_the_cookie_is_stamped_again_each_day_long_before_80_percent_of_its_age', async () => {
  const house = await signedIn();
  const { rig } = house;
  const from = rig.asked.length;
  await rig.pass(8 * DAY);
  const renewals = rig.count('/api/session/renew', from);
  expect(renewals).toBeGreaterThanOrEqual(7);
  expect(renewals).toBeLessThanOrEqual(9);
  // The renewal names its session, and is a request of our own page.
  expect(rig.asked.filter((asked) => asked.path === '/api/session/renew')[0]?.headers).toMatchObject({ 'Session-Id': 's1', 'X-Wakeful': '1' });
  await reallyEnds(house);
});

it('fault_63_a_renewal_that_is_lost_each_time_ends_nothing', async () => {
  const house = await signedIn();
  const { rig } = house;
  rig.answer = server((asked) => (asked.path === '/api/session/renew' ? 'refuse' : active(asked)));
  await rig.pass(3 * DAY);
  expect(house.client.state.state).toBe('active');
  expect(house.seen).not.toContain('ended');
  await reallyEnds(house);
});

it('fault_72_revoked_while_offline: the first verified answer ends it', async () => {
  const house = await signedIn();
  const { rig, client, page } = house;
  rig.answer = () => 'refuse';
  await rig.pass(2 * HOUR);
  expect(client.state).toMatchObject({ state: 'unverified', user: USER });
  // The control of this row is the row: up to here nothing ended, and now it does.
  rig.answer = server((asked) => ended(asked, 'revoked_all'));
  rig.page.happen('online');
  await rig.pass(5_000);
  expect(client.state).toMatchObject({ state: 'ended', reason: 'revoked_all' });
  page.stop();
});

it('fault_75_an_open_dashboard_is_never_idle_by_default', async () => {
  // The server's side of the bargain: every question is a use, and moves the idle end at most once an hour.
  const house = new House();
  const { rig, client } = house;
  const idle = 6 * HOUR;
  let touched = 0;
  rig.answer = server((asked) => {
    const left = touched + idle - rig.now;
    if (left <= 0) return ended(asked, 'idle_timeout');
    if (rig.now - touched >= HOUR) touched = rig.now;
    return active(asked, { idle_in: Math.round((touched + idle - rig.now) / 1000) });
  });
  void house.page.start();
  rig.page.happen('hidden');
  await rig.pass(3 * DAY);
  expect(client.state.state).toBe('active');
  expect(client.warning()).toBeNull();
  await reallyEnds(house);
});

it('fault_75_strict: polls do not count, a warning comes before the end, and a key pressed puts it off', async () => {
  const strict = { idle: HOUR, used: 0 };
  const house = new House();
  const { rig, client } = house;
  rig.answer = server((asked) => {
    const left = strict.used + strict.idle - rig.now;
    if (asked.headers['X-Wakeful-Input'] === '1' && left > 0) strict.used = rig.now;
    return left <= 0 ? ended(asked, 'idle_timeout') : active(asked, { idle_in: Math.round((strict.used + strict.idle - rig.now) / 1000), abs_in: 86_400 });
  });
  void house.page.start();
  await rig.pass(52 * MINUTE);
  expect(client.state.state).toBe('active');
  expect(client.warning()).toMatchObject({ kind: 'idle' });
  rig.page.happen('keydown');
  await rig.pass(5_000);
  expect(client.warning()).toBeNull();
  expect(client.state.state).toBe('active');
  // Nobody is there any more: then it does end, with the reason after which the view may stay.
  await rig.pass(2 * HOUR);
  expect(client.state).toMatchObject({ state: 'ended', reason: 'idle_timeout' });
  house.page.stop();
});

it('fault_76_warns_seven_days_one_day_and_one_hour_before_the_absolute_end, and a password puts it off', async () => {
  const house = new House();
  const { rig, client } = house;
  let end = 7 * DAY + HOUR;
  rig.answer = server((asked) => {
    if (asked.path === '/api/session/reauth') {
      if (asked.body !== '{"password":"right"}') return json({ code: 'wrong_password', detail: 'x' }, 422);
      end = rig.now + 365 * DAY;
    }
    return rig.now >= end ? ended(asked, 'absolute_timeout') : active(asked, { abs_in: Math.round((end - rig.now) / 1000) });
  });
  void house.page.start();
  await rig.pass(10 * MINUTE);
  expect(client.warning()).toBeNull();
  await rig.pass(HOUR);
  expect(client.warning()).toMatchObject({ kind: 'absolute', mark: 604_800 });
  await rig.pass(6 * DAY);
  expect(client.warning()).toMatchObject({ mark: 86_400 });
  await rig.pass(23 * HOUR);
  expect(client.warning()).toMatchObject({ mark: 3_600 });
  expect(await client.signIn('/api/session/reauth', { password: 'wrong' }, true)).toMatchObject({ ok: false, failure: { status: 422, code: 'wrong_password' } });
  expect(client.state.state).toBe('active');
  expect(await client.signIn('/api/session/reauth', { password: 'right' }, true)).toMatchObject({ ok: true });
  expect(client.warning()).toBeNull();
  expect(client.sid).toBe('s1');
  await rig.pass(DAY);
  await reallyEnds(house, 'absolute_timeout');
});

it('no timer of ours ends a session: with every number of the server at 0, only its word does', async () => {
  const house = await signedIn((asked) => active(asked, { idle_in: 0, abs_in: 0 }));
  house.rig.answer = () => 'refuse';
  await house.rig.pass(2 * DAY);
  expect(house.client.state).toMatchObject({ state: 'unverified', user: USER });
  await reallyEnds(house);
});
