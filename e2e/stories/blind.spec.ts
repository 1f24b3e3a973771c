// What we cannot see is said, and concluded from in no way: the chain's answers fail in five manners.
import { STORY } from '../world/thresholds.mjs';
import { expect, test } from './world.js';
import type { Person } from '../world/person.mjs';
import { comesToRest, seesTheTruth, showsTheTruth } from './truth.js';

const BLIND_FOR = (STORY.offline + 3 * Math.max(STORY.scan, STORY.probe)) * 1000;

for (const fault of ['empty', 'short', '429', 'garbage', 'hang']) {
  test(`the chain answers ${fault}: a notice, no verdict, and sight again`, async ({ keeper, world, person }) => {
    await comesToRest(world.simulator);
    await seesTheTruth(person, world.simulator);
    const before = await world.simulator.nodes();
    const offline = before.filter((node) => node.expect.status === 'offline').map((node) => node.address).sort();
    expect(offline.length).toBeGreaterThan(0);

    await world.simulator.fault({ rpc: fault });
    const notice = keeper.getByRole('alert').filter({ hasText: /We cannot see the chain since \d/ });
    // A hanging source is known to hang only when its time is over.
    await expect(notice).toBeVisible({ timeout: 45_000 });
    await expect(notice).toContainText('No node changes state because of this.');

    // One more node falls silent, and the blindness lasts longer than the patience for silence.
    const victim = before.find((node) => node.chain === 'none' && node.endpoint === 'up')?.address ?? '';
    await world.simulator.change(victim, { endpoint: 'down' });
    const until = Date.now() + BLIND_FOR;
    while (Date.now() < until) {
      const told = (await person.call('GET', '/api/nodes')).nodes as { address: string; status: string }[];
      const said = told.filter((node) => node.status === 'offline').map((node) => node.address);
      expect(offline).toEqual(expect.arrayContaining(said));
      await keeper.waitForTimeout(500);
    }
    await expect(notice).toBeVisible();
    expect(await offlineInLog(person)).toEqual(offline);

    // With the sight comes what is true by now, the one that fell silent included.
    await world.simulator.fault({ rpc: 'ok' });
    await expect(notice).toBeHidden({ timeout: 45_000 });
    await comesToRest(world.simulator);
    await seesTheTruth(person, world.simulator);
    await showsTheTruth(keeper, world.simulator);
    expect(await offlineInLog(person)).toEqual([...offline, victim].sort());
  });
}

/** The nodes that were ever called offline, each as often as it was. */
async function offlineInLog(person: Person): Promise<string[]> {
  const log = (await person.call('GET', '/api/log?limit=200')).entries as { kind: string; node: string }[];
  return log.filter((entry) => entry.kind === 'offline').map((entry) => entry.node).sort();
}

test('what was true when the sight went is told in the past tense, and not forgotten with the time', async ({ keeper, world, person }) => {
  await comesToRest(world.simulator);
  await seesTheTruth(person, world.simulator);
  await showsTheTruth(keeper, world.simulator);
  const needed = /^\d+/.exec(await keeper.getByText(/^\d+ nodes? needs? you\./).innerText())?.[0] ?? '';

  await world.simulator.fault({ rpc: 'empty' });
  const verdict = keeper.getByText(/nodes? needed you\./);
  await expect(verdict).toContainText(`, ${needed} node`);
  // By now every reading of the chain is older than we believe.
  await expect
    .poll(async () => ((await person.call('GET', '/api/nodes')).nodes as { chain: { state: string } }[]).every((node) => node.chain.state === 'unknown'))
    .toBe(true);
  await expect(verdict).toContainText(`, ${needed} node`);
  await keeper.reload();
  await expect(verdict).toContainText(`, ${needed} node`);
});

test('the tunnel answers nobody: no node is called offline', async ({ keeper, world, person }) => {
  await comesToRest(world.simulator);
  await seesTheTruth(person, world.simulator);
  await world.simulator.fault({ endpoints: 'down' });
  await expect(keeper.getByRole('alert').filter({ hasText: /We cannot see the endpoints since \d/ })).toBeVisible({ timeout: 30_000 });
  await seesTheTruth(person, world.simulator);
  await world.simulator.fault({ endpoints: 'ok' });
  await seesTheTruth(person, world.simulator);
  await showsTheTruth(keeper, world.simulator);
});
