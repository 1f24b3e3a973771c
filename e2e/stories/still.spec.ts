// A network in which nothing happens: the page may not twitch.
import { expect, test } from './world.js';
import { comesToRest, errors, seesTheTruth, showsTheTruth } from './truth.js';

test('slow and dead endpoints beside it change nothing of what is said of a node', async ({ keeper, world, person }) => {
  await comesToRest(world.simulator);
  await seesTheTruth(person, world.simulator);
  await showsTheTruth(keeper, world.simulator);
  const verdict = keeper.getByText(/^\d+ nodes? needs? you\./);
  const said = await verdict.innerText();

  // Longer than a probe that hangs takes to be given up.
  const until = Date.now() + 15_000;
  while (Date.now() < until) {
    expect(await errors(person, world.simulator)).toEqual([]);
    expect(await verdict.innerText()).toBe(said);
    await keeper.waitForTimeout(500);
  }
});
