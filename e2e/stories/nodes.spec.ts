// Many nodes at once: adding, finding, deleting, and taking the deleting back.
import { expect, test } from './world.js';
import type { Page } from '@playwright/test';

const rows = (page: Page) => page.getByRole('row').filter({ hasNot: page.getByRole('columnheader') });

test('adding many, filtering by search, deleting with undo', async ({ keeper, world, person }) => {
  const watched = (await world.simulator.nodes()).length;
  await keeper.goto(`${world.server.url}/nodes`);
  await expect(rows(keeper)).toHaveCount(watched);

  // Any key may be watched, whether the chain knows it or not.
  const strangers = ['So11111111111111111111111111111111111111112', 'TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA', 'Stake11111111111111111111111111111111111111'];
  await keeper.getByRole('button', { name: 'Add nodes' }).click();
  const sheet = keeper.getByRole('dialog', { name: 'Add nodes' });
  await sheet.getByLabel('Node addresses').fill(strangers.join(' '));
  await sheet.getByRole('button', { name: `Watch ${strangers.length} nodes` }).click();
  await expect(sheet).toBeHidden();
  await expect(rows(keeper)).toHaveCount(watched + strangers.length);

  await keeper.keyboard.press('/');
  await keeper.keyboard.type('barn-');
  const barn = ((await person.call('GET', '/api/nodes')).nodes as { name: string }[]).filter((node) => node.name.startsWith('barn-'));
  await expect(rows(keeper)).toHaveCount(barn.length);
  await expect(keeper).toHaveURL(/barn/);
  await keeper.reload();
  await expect(rows(keeper)).toHaveCount(barn.length);

  const [first, second] = barn;
  for (const node of [first, second]) await keeper.getByRole('checkbox', { name: `Select ${node?.name}` }).check();
  await expect(keeper.getByText('2 selected')).toBeVisible();
  await keeper.getByRole('button', { name: 'Delete' }).click();
  await expect(rows(keeper)).toHaveCount(barn.length - 2);
  await keeper.getByRole('button', { name: 'Undo' }).click();
  await expect(rows(keeper)).toHaveCount(barn.length);
  const after = (await person.call('GET', '/api/nodes')).nodes as { name: string }[];
  expect(after.length).toBe(watched + strangers.length);
  expect(after.map((node) => node.name)).toContain(first?.name);
});

test('a node keeps the name and the notes that were given to it', async ({ keeper, world, person }) => {
  const [node] = (await person.call('GET', '/api/nodes')).nodes as { address: string; name: string }[];
  await keeper.goto(`${world.server.url}/nodes/${node?.address}`);
  await expect(keeper.getByRole('heading', { level: 1, name: node?.name ?? '' })).toBeVisible();
  await keeper.getByRole('button', { name: 'Edit' }).click();
  await keeper.getByLabel('Name').fill('the one by the window');
  await keeper.getByLabel('Notes').fill('new fan in October <b>not bold</b>');
  await keeper.getByRole('button', { name: 'Save' }).click();
  await expect(keeper.getByRole('heading', { level: 1, name: 'the one by the window' })).toBeVisible();
  await keeper.reload();
  await expect(keeper.getByRole('heading', { level: 1, name: 'the one by the window' })).toBeVisible();
  await expect(keeper.getByText('new fan in October <b>not bold</b>')).toBeVisible();
});
