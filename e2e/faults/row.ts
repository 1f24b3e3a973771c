// One row of the fault list as a test: signed in, the fault, still signed in as the same person; then the control, a real end.
import { SessionClient } from '@wakeful/session';
import { expect, inject, test } from 'vitest';
import { Person } from '../world/person.mjs';
import { FaultProxy } from '../world/proxy.js';
import type { Door, Rule } from '../world/proxy.js';
import { EMAIL, PASSWORD } from './house.js';
import { Profile, shellOn } from './profile.js';
import type { Shell } from './profile.js';
import { keepResult } from './results.js';
import { nameOf } from './sources.mjs';

/** How much faster than ours the client's clock runs: its 10 s of patience are one second here. */
export const SPEED = 10;

/** A signed-in client behind its own door of the proxy. */
export interface Subject {
  readonly proxy: FaultProxy;
  readonly door: Door;
  readonly profile: Profile;
  readonly shell: Shell;
  readonly client: SessionClient;
  /** The session that it is signed in with. */
  readonly sid: string;
  /** Whoever holds the same account elsewhere, straight at the server. */
  readonly elsewhere: Person;
}

interface Outcome {
  /** What the row shows is an end: there is nothing to go on with, and no other control. */
  readonly ended?: boolean;
  /** The faults that must have reached the client. */
  readonly rules: readonly Rule[];
  /** How often each of them at least; once where nothing is said. */
  readonly least?: number;
  /** Where the kernel, not the proxy, was the fault: how often the client met it. */
  readonly met?: number;
}

interface Scene {
  /** How much faster than ours the client's clock runs. */
  readonly speed?: number;
  /** The day of the last renewal, where the client remembers one. */
  readonly renewedOn?: number;
}

/** Registers the test `fault_NN_words`. */
export function row(number: number, words: string, run: (subject: Subject) => Promise<Outcome>, scene: Scene = {}): void {
  const name = nameOf(number, words);
  test(name, async () => {
    const subject = await signedIn(scene);
    try {
      const { rules, least = 1, met = 0, ended = false } = await run(subject);
      for (const rule of rules) {
        await until(() => rule.reached('subject') >= least, `${rule.fault.kind} reached the client ${rule.reached('subject')} times`);
      }
      if (ended) expect(subject.client.state.state).toBe('ended');
      else await stillSignedIn(subject);
      if (!ended) await control(subject);
      const reached = rules.length === 0 && met === 0 ? null : rules.reduce((sum, rule) => sum + rule.reached('subject'), met);
      await keepResult({ row: number, name, where: 'fault proxy', reached, control: true });
    } finally {
      subject.client.stop();
      subject.shell.stop();
      await subject.proxy.stop();
    }
  });
}

async function signedIn({ speed = SPEED, renewedOn }: Scene): Promise<Subject> {
  const server = inject('serverUrl');
  const proxy = new FaultProxy(server);
  const door = await proxy.door('subject');
  const [here, elsewhere] = [new Person(server), new Person(server)];
  await here.enter(null, EMAIL, PASSWORD);
  await elsewhere.enter(null, EMAIL, PASSWORD);
  const profile = new Profile();
  profile.adopt(here.cookie);
  const me = await here.call('GET', '/api/auth/me');
  if (renewedOn !== undefined) profile.remembered = { sid: here.sid, email: EMAIL, userId: me.id, renewedOn };
  const shell = shellOn(profile, door, speed);
  const client = new SessionClient(shell.ports);
  await client.start();
  // A machine with much to do may take longer than the fast clock waits.
  await until(() => client.state.state === 'active', () => `${client.state.state} before the fault`);
  expect(client.state).toMatchObject({ state: 'active', user: { email: EMAIL } });
  return { proxy, door, profile, shell, client, sid: here.sid, elsewhere };
}

/** The fault is gone: without a hand laid on, the client is sure again, as the same person in the same session. */
export async function stillSignedIn(subject: Subject): Promise<void> {
  const { client, proxy, sid, profile } = subject;
  const cookie = profile.cookie;
  proxy.heal();
  await until(() => client.state.state === 'active', `${client.state.state} after the fault`);
  expect(client.state).toMatchObject({ user: { email: EMAIL } });
  expect(client.sid).toBe(sid);
  expect(profile.cookie).toBe(cookie);
  expect(await client.request('/api/nodes')).toMatchObject({ ok: true });
}

/** The same rig sees a real end: the list shows nothing if this client could not be signed out at all. */
async function control({ client, sid, elsewhere }: Subject): Promise<void> {
  await elsewhere.call('DELETE', `/api/sessions/${sid}`);
  await client.request('/api/nodes');
  await until(() => client.state.state === 'ended', () => `${client.state.state} after a real end`);
  expect(client.state).toMatchObject({ reason: 'revoked' });
}

/** Waits for a condition, at most `seconds`; then says what is, not only what is not. */
export async function until(met: () => boolean, otherwise: string | (() => string), seconds = 30): Promise<void> {
  const deadline = performance.now() + seconds * 1000;
  while (!met()) {
    if (performance.now() > deadline) throw new Error(typeof otherwise === 'string' ? otherwise : otherwise());
    await new Promise((again) => setTimeout(again, 10));
  }
}

/** Shown as signed in although nobody confirms it. */
export async function unsure({ client }: Subject): Promise<void> {
  await until(() => client.state.state === 'unverified', () => `${client.state.state} in the middle of the fault`);
  expect(client.state).toMatchObject({ user: { email: EMAIL } });
}
