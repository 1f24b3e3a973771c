// Nobody is signed out by accident, and whoever signs out is out.
import { EMAIL, PASSWORD, expect, test } from './world.js';
import { seesTheTruth } from './truth.js';

test('signing out and in again', async ({ keeper, world }) => {
  await keeper.goto(`${world.server.url}/more`);
  await keeper.getByRole('button', { name: 'Sign out' }).click();
  await expect(keeper.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await keeper.reload();
  await expect(keeper.getByRole('heading', { name: 'Sign in' })).toBeVisible();

  await keeper.getByLabel('E-mail').fill(EMAIL);
  await keeper.getByLabel('Password', { exact: true }).fill('not the lamp at all');
  await keeper.getByRole('button', { name: 'Sign in' }).click();
  await expect(keeper.getByText('E-mail and password do not belong together.')).toBeVisible();

  await keeper.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await keeper.getByRole('button', { name: 'Sign in' }).click();
  await expect(keeper.getByRole('heading', { name: 'Sign in' })).toBeHidden();
  await keeper.goto(world.server.url);
  await expect(keeper.getByRole('list', { name: 'Nodes by state' })).toBeVisible();
});

test('the server is killed and starts again: still signed in, the nodes are there', async ({ keeper, world, person }) => {
  await seesTheTruth(person, world.simulator);
  const names = ((await person.call('GET', '/api/nodes')).nodes as { name: string }[]).map((node) => node.name);
  await keeper.goto(`${world.server.url}/nodes`);
  await expect(keeper.getByText(names[0] ?? '').first()).toBeVisible();

  await world.server.kill();
  // The page stays as it is and says in the corner that the server is away.
  await expect(keeper.getByText(/^(waking|unreachable|unverified)$/).first()).toBeVisible({ timeout: 60_000 });
  await expect(keeper.getByText(names[0] ?? '').first()).toBeVisible();
  await expect(keeper.getByRole('heading', { name: /^Sign in/ })).toBeHidden();

  await world.server.start();
  await expect(keeper.getByText('online', { exact: true }).first()).toBeVisible({ timeout: 60_000 });
  await keeper.reload();
  await expect(keeper.getByRole('heading', { name: /^Sign in/ })).toBeHidden();
  for (const name of names) await expect(keeper.getByText(name, { exact: true }).first()).toBeVisible();
  await seesTheTruth(person, world.simulator);
});

test('a proxy that answers 401 in the place of the server signs nobody out', async ({ keeper, context, world }) => {
  await context.route('**/api/**', (route) =>
    route.fulfill({ status: 401, contentType: 'text/html', body: '<h1>Hotel network: accept the terms</h1>' }),
  );
  await keeper.reload();
  // Shown as signed in, from what this device knows; nothing is claimed about the nodes.
  await expect(keeper.getByText('We could not load your nodes')).toBeVisible();
  await expect(keeper.getByRole('link', { name: EMAIL.split('@')[0] ?? EMAIL })).toBeVisible();
  await expect(keeper.getByText(/^(waking|unreachable|unverified)$/)).toBeVisible();
  await expect(keeper.getByRole('heading', { name: /^Sign in/ })).toBeHidden();

  await context.unroute('**/api/**');
  await expect(keeper.getByRole('list', { name: 'Nodes by state' })).toBeVisible({ timeout: 30_000 });
  await keeper.goto(`${world.server.url}/more`);
  await expect(keeper.getByText(EMAIL).first()).toBeVisible();
});
