// What was: a node's place in its queue, a market's length, and how each source served.
import { expect, test } from './world.js';
import { comesToRest, seesTheTruth } from './truth.js';

test('a node that leaves the queue for a job shows its place, the job and the market on a common clock', async ({ keeper, world, person }) => {
  await comesToRest(world.simulator);
  await seesTheTruth(person, world.simulator);
  const queued = (await world.simulator.nodes()).find((node) => node.expect.status === 'queued' && !node.expect.silent);
  if (queued?.market == null) throw new Error('no node waits in a queue');
  await keeper.goto(`${world.server.url}/nodes/${queued.address}`);
  const place = keeper.getByRole('slider', { name: /its place in the queue, last 24 hours/ });
  await expect(place).toHaveAttribute('aria-valuetext', /^place \d+ from /);

  await world.simulator.change(queued.address, { chain: 'running' });
  await expect(keeper.getByRole('heading', { name: 'The running job' })).toBeVisible({ timeout: 15_000 });
  await expect(place).toHaveAttribute('aria-valuetext', /^in no queue from /);
  await place.focus();
  await keeper.keyboard.press('ArrowLeft');
  await expect(place).toHaveAttribute('aria-valuetext', /^place \d+ from /);

  await keeper.getByRole('button', { name: '30 d' }).click();
  await expect(keeper).toHaveURL(/hours=720/);
  await expect(keeper.getByRole('button', { name: '30 d' })).toHaveAttribute('aria-pressed', 'true');

  await keeper.goto(`${world.server.url}/network/${queued.market}`);
  const running = keeper.getByRole('slider', { name: /jobs running, last 24 hours/ });
  await expect(running).toHaveAttribute('aria-valuetext', /^1 job from /);
  await keeper.getByText('Show as a table').first().click();
  await expect(keeper.getByRole('cell', { name: /waiting$/ }).first()).toBeVisible();
});

test('an administrator reads which source rests and why', async ({ keeper, world }) => {
  await keeper.goto(`${world.server.url}/sources`);
  await expect(keeper.getByText('Serves', { exact: true }).first()).toBeVisible({ timeout: 15_000 });
  await world.simulator.fault({ rpc: '429' });
  await expect(keeper.getByText('Rests', { exact: true })).toBeVisible({ timeout: 30_000 });
  await expect(keeper.getByText(/It asked us to wait, and we do\./)).toBeVisible();
  await world.simulator.fault({ rpc: 'ok' });
  await expect(keeper.getByText('Rests', { exact: true })).toBeHidden({ timeout: 60_000 });
});
