// One's own account: where one is signed in, the password, API tokens; and what a true end does to the page.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Person } from '../world/person.mjs';
import { Server } from '../world/server.mjs';
import { STORY } from '../world/thresholds.mjs';
import { EMAIL, PASSWORD, expect, signedIn, test } from './world.js';

const PHONE = 'Mozilla/5.0 (Linux; Android 15; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Mobile Safari/537.36';

test('a device is signed out from here, and is told why', async ({ keeper, browser, world }) => {
  const away = await browser.newContext({ userAgent: PHONE });
  const phone = await away.newPage();
  await phone.goto(world.server.url);
  await phone.getByLabel('E-mail').fill(EMAIL);
  await phone.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await phone.getByRole('button', { name: 'Sign in' }).click();
  await expect(phone.getByRole('list', { name: 'Nodes by state' })).toBeVisible();

  await keeper.goto(`${world.server.url}/account/devices`);
  await keeper.getByRole('button', { name: 'Sign out Chrome on Android' }).click();
  await expect(keeper.getByText('You are signed in nowhere else.')).toBeVisible();
  await expect(keeper.getByText('It was signed out from another device')).toBeVisible();

  // The phone says so, shows nothing any more, and knows whom to ask for the password.
  await expect(phone.getByText(/it was signed out from another device/)).toBeVisible({ timeout: 30_000 });
  await expect(phone.getByRole('list', { name: 'Nodes by state' })).toHaveCount(0);
  await expect(phone.getByLabel(`Password for ${EMAIL}`)).toBeVisible();
  await expect(keeper.getByRole('heading', { name: 'Devices' })).toBeVisible();
  await away.close();
});

test('the password is changed: the others end, this one goes on', async ({ keeper, world }) => {
  const other = new Person(world.server.url);
  await other.enter(null, EMAIL, PASSWORD);
  await keeper.goto(`${world.server.url}/account/password`);
  await keeper.getByLabel('Password so far').fill('not the one');
  await keeper.getByLabel('New password').fill('two lamps in the cellar');
  await keeper.getByRole('button', { name: 'Change the password' }).click();
  await expect(keeper.getByText('This is not the password of your account.')).toBeVisible();
  // A wrong password in a form is an error of that form.
  await expect(keeper.getByRole('heading', { name: 'Sign in to go on' })).toHaveCount(0);

  await keeper.getByLabel('Password so far').fill(PASSWORD);
  await keeper.getByRole('button', { name: 'Change the password' }).click();
  await expect(keeper.getByText('The password is changed.', { exact: false })).toBeVisible();
  await expect(keeper.getByText('The password was changed')).toBeVisible();
  await expect(other.call('GET', '/api/nodes')).rejects.toThrow(/password_changed|session_ended/);
  await keeper.reload();
  await expect(keeper.getByRole('heading', { name: 'Devices' })).toBeVisible();
});

test('an API token is shown once, works, and is refused once taken back', async ({ keeper, world }) => {
  await keeper.goto(`${world.server.url}/account/tokens`);
  await keeper.getByLabel('Name', { exact: true }).fill('Grafana');
  await keeper.getByRole('button', { name: 'Make a token' }).click();
  const secret = await keeper.getByLabel('Token', { exact: true }).inputValue();
  expect(secret).toMatch(/^wkf_[a-z2-7]{12}_[A-Za-z0-9]{43}$/);
  const ask = async () => (await fetch(`${world.server.url}/api/nodes`, { headers: { authorization: `Bearer ${secret}` } })).status;
  expect(await ask()).toBe(200);

  await keeper.getByRole('button', { name: 'I have kept it' }).click();
  await keeper.reload();
  await expect(keeper.getByText('Grafana', { exact: true })).toBeVisible();
  await expect(keeper.getByText(secret)).toHaveCount(0);
  await expect(keeper.getByLabel('Token', { exact: true })).toHaveCount(0);

  await keeper.getByRole('button', { name: 'Take back Grafana' }).click();
  await keeper.getByRole('button', { name: 'Take it back now' }).click();
  await expect(keeper.getByRole('heading', { name: 'Taken back or ended' })).toBeVisible();
  await expect.poll(ask).toBe(401);
});

test('what was being written is there after an end, for the same person, and is saved once', async ({ keeper, person, world }) => {
  const [node] = await world.simulator.nodes();
  await keeper.goto(`${world.server.url}/nodes/${node?.address}`);
  await keeper.getByRole('button', { name: 'Edit' }).first().click();
  await keeper.getByLabel('Notes').fill('the fan rattles');

  // Another device signs this one out while the sheet is open.
  const other = new Person(world.server.url);
  await other.enter(null, EMAIL, PASSWORD);
  await other.call('DELETE', '/api/sessions?scope=others');
  await keeper.getByRole('button', { name: 'Save' }).click();
  await expect(keeper.getByText('What you were writing is kept.', { exact: false })).toBeVisible({ timeout: 30_000 });
  await expect(keeper.getByText('the fan rattles')).toHaveCount(0);

  await keeper.getByLabel(`Password for ${EMAIL}`).fill(PASSWORD);
  await keeper.getByRole('button', { name: 'Sign in' }).click();
  await expect(keeper.getByRole('heading', { name: 'Sign in to go on' })).toHaveCount(0);
  await expect.poll(async () => (await other.call('GET', `/api/nodes/${node?.address}`)).notes).toBe('the fan rattles');
  await expect(keeper.getByText('the fan rattles')).toBeVisible();
  expect(person.sid).not.toBe('');
});

test('somebody in between who keeps asking for a sign-in is named, and a reload is offered', async ({ keeper, context }) => {
  await context.route('**/api/session', (route) => route.fulfill({ status: 401, contentType: 'text/html', body: '<h1>Sign in to the company</h1>' }));
  await keeper.reload();
  await expect(keeper.getByText('Something between you and the server asks for a sign-in')).toBeVisible({ timeout: 30_000 });
  await expect(keeper.getByRole('link', { name: EMAIL.split('@')[0] ?? EMAIL })).toBeVisible();
  await context.unroute('**/api/session');
  await keeper.getByRole('button', { name: 'Load the page anew' }).click();
  await expect(keeper.getByText('Something between you and the server asks for a sign-in')).toHaveCount(0);
  await expect(keeper.getByText('online', { exact: true }).first()).toBeVisible({ timeout: 30_000 });
});

test('the app opens without a network, as whom it knew, and nobody is signed out', async ({ page, context, person, world }) => {
  await signedIn(context, person);
  await page.goto(world.server.url);
  await expect(page.getByRole('list', { name: 'Nodes by state' })).toBeVisible();
  await page.evaluate(async () => {
    await navigator.serviceWorker.ready;
  });
  // Nothing of the API is kept.
  const kept = await page.evaluate(async () => {
    const names = await caches.keys();
    return (await Promise.all(names.map(async (name) => (await (await caches.open(name)).keys()).map((request) => new URL(request.url).pathname)))).flat();
  });
  expect(kept).toContain('/');
  expect(kept.filter((path) => path.startsWith('/api'))).toEqual([]);

  await world.server.kill();
  await page.reload();
  await expect(page.getByRole('link', { name: EMAIL.split('@')[0] ?? EMAIL })).toBeVisible();
  await expect(page.getByRole('heading', { name: /^Sign in/ })).toHaveCount(0);
  await world.server.start();
  await expect(page.getByRole('list', { name: 'Nodes by state' })).toBeVisible({ timeout: 60_000 });
});

test('a session that nears its longest time says so, and the password prolongs it in place', async ({ page, context, world }) => {
  const data = await mkdtemp(join(tmpdir(), 'wakeful-story-'));
  const variables = { ...world.server.variables, WAKEFUL_SESSION_ABSOLUTE: '3' };
  const server = await Server.start({ bin: dirname(world.server.path), data, thresholds: STORY, variables });
  try {
    const keeper = new Person(server.url);
    await keeper.enter(server.setUpLink, EMAIL, PASSWORD);
    await signedIn(context, keeper);
    await page.goto(`${server.url}/help`);
    await expect(page.getByText(/^This session ends in (3 d|2 d 23 h)$/)).toBeVisible();
    await page.getByRole('button', { name: 'Go on' }).click();
    const sheet = page.getByRole('dialog');
    await sheet.getByLabel(`Password for ${EMAIL}`).fill('not the one');
    await sheet.getByRole('button', { name: 'Go on' }).click();
    await expect(sheet.getByText('This is not the password of your account.')).toBeVisible();
    await sheet.getByLabel(`Password for ${EMAIL}`).fill(PASSWORD);
    await sheet.getByRole('button', { name: 'Go on' }).click();
    await expect(page.getByText('The session goes on.')).toBeVisible();
    // The page is where it was, and the same session goes on.
    await expect(page.getByRole('heading', { name: 'Help', level: 1 })).toBeVisible();
    await expect(page.getByText(/^This session ends in/)).toHaveCount(0);
    const { sessions } = await keeper.call('GET', '/api/sessions');
    expect(sessions).toHaveLength(1);
  } finally {
    await server.stop();
    await rm(data, { recursive: true, force: true });
  }
});
