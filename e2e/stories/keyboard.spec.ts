// Everything without a pointer.
import { expect, test } from './world.js';

test('from page to page, to a node and back, by keys alone', async ({ keeper, world, person }) => {
  const nodes = (await person.call('GET', '/api/nodes')).nodes as { address: string; name: string }[];
  await keeper.keyboard.press('g');
  await keeper.keyboard.press('n');
  await expect(keeper).toHaveURL(`${world.server.url}/nodes`);
  await expect(keeper.getByRole('heading', { level: 1, name: 'Nodes' })).toBeVisible();

  await keeper.keyboard.press('j');
  await keeper.keyboard.press('Enter');
  await expect(keeper).toHaveURL(/\/nodes\/\w+$/);
  await keeper.keyboard.press('g');
  await keeper.keyboard.press('o');
  await expect(keeper).toHaveURL(`${world.server.url}/`);

  await keeper.keyboard.press('Control+k');
  const palette = keeper.getByRole('dialog', { name: 'Find or do' });
  await expect(palette).toBeVisible();
  const wanted = nodes.at(-1);
  await keeper.keyboard.type(wanted?.name ?? '');
  await keeper.keyboard.press('Enter');
  await expect(palette).toBeHidden();
  await expect(keeper).toHaveURL(`${world.server.url}/nodes/${wanted?.address}`);

  await keeper.keyboard.press('?');
  await expect(keeper.getByRole('heading', { name: 'Keys' })).toBeVisible();
  await keeper.keyboard.press('Escape');
});

test('signing in by Tab and Enter, and the first Tab skips to the content', async ({ page, world, person }) => {
  await page.goto(world.server.url);
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeVisible();
  await page.getByLabel('E-mail').focus();
  await page.keyboard.type('keeper@example.net');
  await page.keyboard.press('Tab');
  await page.keyboard.type('a lamp in the cellar');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('heading', { name: 'Sign in' })).toBeHidden();

  await page.goto(world.server.url);
  await expect(page.getByRole('list', { name: 'Nodes by state' })).toBeVisible();
  await page.keyboard.press('Tab');
  await expect(page.getByRole('link', { name: 'Skip to the content' })).toBeFocused();
  expect(person.sid).not.toBe('');
});
