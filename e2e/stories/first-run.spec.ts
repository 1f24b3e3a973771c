// The first evening: from the link that the server printed to a board that tells the truth.
import { EMAIL, PASSWORD, expect, test } from './world.js';
import { showsTheTruth } from './truth.js';

test('from the set-up link to nodes that are seen, without one reload', async ({ page, world }) => {
  const nodes = await world.simulator.nodes();
  const addresses = nodes.map((node) => node.address);

  await page.goto(world.server.setUpLink ?? '');
  await expect(page.getByRole('heading', { name: 'Silence is not a verdict.' })).toBeVisible();
  await page.getByLabel('E-mail').fill(EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the account' }).click();

  // Pasting: every line gets its own verdict while it is typed.
  await expect(page.getByRole('heading', { name: 'What shall we watch?' })).toBeVisible();
  const first = addresses[0] ?? '';
  const slip = `${first.slice(0, 4)}0${first.slice(5)}`;
  await page.getByLabel('Node addresses').fill([...addresses, first, slip].join('\n'));
  await expect(page.getByText('Character 5 is a zero.')).toBeVisible();
  await expect(page.getByText('Twice in your list, watched once.')).toBeVisible();
  await page.getByRole('button', { name: `Watch ${addresses.length} nodes` }).click();

  await expect(page.getByRole('heading', { name: 'The watch is on.' })).toBeVisible();
  await page.getByRole('link', { name: 'Done' }).or(page.getByRole('button', { name: 'Done' })).click();
  await expect(page).toHaveURL(`${world.server.url}/`);

  // From here on nothing may reload the page: what changes, changes by itself.
  await page.evaluate(() => Object.assign(window, { untouched: true }));
  await showsTheTruth(page, world.simulator);

  const waiting = nodes.find((node) => node.expect.status === 'queued' && node.endpoint === 'up');
  await world.simulator.change(waiting?.address ?? '', { chain: 'running' });
  await showsTheTruth(page, world.simulator);
  const up = nodes.find((node) => node.expect.status === 'up' && node.endpoint_state === 'HEALTHCHECK');
  await world.simulator.change(up?.address ?? '', { endpoint: 'down' });
  await showsTheTruth(page, world.simulator);
  expect(await page.evaluate(() => 'untouched' in window)).toBe(true);
});

test('a wrong set-up code makes no account and says so', async ({ page, world }) => {
  await page.goto(`${world.server.url}/setup#not-the-code`);
  await page.getByLabel('E-mail').fill(EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the account' }).click();
  await expect(page.getByText('This is not the set-up code that the server printed.')).toBeVisible();
});
