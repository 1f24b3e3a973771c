import { describe, expect, it } from 'vitest';
import { HealthWatch, NO_HEALTH, badge } from './health.js';
import type { Health } from './health.js';
import { Rig, json } from './rig/rig.js';
import type { SessionState } from './state.js';

const ACTIVE = { state: 'active' } as SessionState;
const healthy = () => json({ kind: 'wakeful.health', status: 'healthy', ready: true, timestamp: '2026-11-23T02:42:40.000Z', setup_needed: false });

describe('badge', () => {
  const failing: Health = { ...NO_HEALTH, answered: false, failingSince: 1_000 };
  const answered: Health = { ...NO_HEALTH, answered: true };
  const unverified = { state: 'unverified', since: 0, user: null, session: null } as SessionState;

  it.each([
    ['online', ACTIVE, answered, 0],
    ['looking', ACTIVE, NO_HEALTH, 0],
    ['waking', ACTIVE, failing, 1_000],
    ['waking', ACTIVE, failing, 60_999],
    ['unreachable', ACTIVE, failing, 61_000],
    ['waking', ACTIVE, { ...answered, ready: false }, 0],
    ['online', unverified, answered, 9_999],
    ['unverified', unverified, answered, 10_000],
    ['unreachable', unverified, failing, 61_000],
  ] as const)('%s', (word, session, health, now) => {
    expect(badge(session, health, now)).toBe(word);
  });
});

describe('HealthWatch', () => {
  it('pings every 30 s without a credential', async () => {
    const rig = new Rig();
    rig.answer = healthy;
    const watch = new HealthWatch(rig.ports, () => {});
    await watch.ping();
    await rig.pass(90_000);
    expect(rig.asked.length).toBe(4);
    expect(rig.asked.every((asked) => asked.headers['Session-Id'] === undefined)).toBe(true);
  });

  it('says once that the server is back, and knows its clock', async () => {
    const rig = new Rig();
    const told: [boolean | null, boolean][] = [];
    let last = NO_HEALTH;
    const watch = new HealthWatch(rig.ports, (health, recovered) => {
      last = health;
      told.push([health.answered, recovered]);
    });
    await watch.ping();
    rig.answer = healthy;
    await rig.pass(40_000);
    expect(told).toEqual([
      [false, false],
      [true, true],
      [true, false],
    ]);
    expect(last.clockOffsetMs).toBeGreaterThan(50_000);
  });

  it('does not take a page for the server', async () => {
    const rig = new Rig();
    rig.answer = () => new Response('<html>', { headers: { 'Content-Type': 'text/html' } });
    let last = NO_HEALTH;
    const watch = new HealthWatch(rig.ports, (health) => {
      last = health;
    });
    await watch.ping();
    expect(last.answered).toBe(false);
  });
});
