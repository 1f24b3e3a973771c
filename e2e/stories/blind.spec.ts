// What we cannot see is said, and concluded from in no way: the chain's answers fail in five manners.
import { STORY } from '../world/thresholds.mjs';
import { expect, test } from './world.js';
import { seesTheTruth, showsTheTruth, tally, tallyOf } from './truth.js';

const BLIND_FOR = (STORY.offline + 3 * STORY.scan) * 1000;

for (const fault of ['empty', 'short', '429', 'garbage', 'hang']) {
  test(`the chain answers ${fault}: a notice, no verdict, and sight again`, async ({ keeper, world, person }) => {
    await seesTheTruth(person, world.simulator);
    const before = await world.simulator.nodes();
    const offline = tallyOf(before)['offline'] ?? 0;

    await world.simulator.fault({ rpc: fault });
    const notice = keeper.getByRole('alert').filter({ hasText: /We cannot see the chain since \d/ });
    // A hanging source is known to hang only when its time is over.
    await expect(notice).toBeVisible({ timeout: 45_000 });
    await expect(notice).toContainText('No node changes state because of this.');

    // Longer than the patience for silence: nothing may have turned offline meanwhile.
    const until = Date.now() + BLIND_FOR;
    while (Date.now() < until) {
      const told = (await person.call('GET', '/api/nodes')).nodes as { status: string }[];
      expect(told.filter((node) => node.status === 'offline').length).toBeLessThanOrEqual(offline);
      await keeper.waitForTimeout(500);
    }
    await expect(tally(keeper, 'offline', offline + 1)).toHaveCount(0);

    await world.simulator.fault({ rpc: 'ok' });
    await expect(notice).toBeHidden({ timeout: 45_000 });
    await seesTheTruth(person, world.simulator);
    await showsTheTruth(keeper, world.simulator);
    const log = (await person.call('GET', '/api/log?limit=100')).entries as { kind: string; at: string }[];
    expect(log.map((entry) => entry.kind)).toContain('sighted');
    expect(log.filter((entry) => entry.kind === 'offline').length).toBe(offline);
  });
}

test('the tunnel answers nobody: no node is called offline', async ({ keeper, world, person }) => {
  await seesTheTruth(person, world.simulator);
  await world.simulator.fault({ endpoints: 'down' });
  await expect(keeper.getByRole('alert').filter({ hasText: /We cannot see the endpoints since \d/ })).toBeVisible({ timeout: 30_000 });
  await seesTheTruth(person, world.simulator);
  await world.simulator.fault({ endpoints: 'ok' });
  await seesTheTruth(person, world.simulator);
  await showsTheTruth(keeper, world.simulator);
});
