// Words that arrive: a chat is linked, a webhook tried out, an alert delivered and seen, a push shown on the screen.
import type { CDPSession, Page } from '@playwright/test';
import { CHAT } from '../world/told.mjs';
import { SETTLED, expect, test } from './world.js';

/** Longer than an alert is held, and than the provider needs. */
const TOLD = SETTLED + 40_000;

test('Telegram is linked with two presses of ours, and the page shows it by itself', async ({ keeper, world }) => {
  await keeper.goto(`${world.server.url}/alerts/destinations`);
  const telegram = keeper.getByRole('region', { name: 'Telegram' });
  await telegram.getByRole('button', { name: 'Link Telegram' }).click();
  const link = telegram.getByRole('link', { name: 'Open Telegram' });
  await expect(link).toHaveAttribute('href', /^https:\/\/t\.me\/\w+\?start=\w+/);
  await expect(telegram.getByRole('img', { name: 'QR code of the link to the bot' })).toBeVisible();
  await expect(telegram).toContainText('Waiting for Telegram');
  const code = new URL((await link.getAttribute('href')) ?? '').searchParams.get('start') ?? '';

  await world.simulator.say({ chat_id: CHAT, username: 'keeper', text: `/start ${code}` });
  await expect(telegram.getByText('Linked:')).toBeVisible({ timeout: 30_000 });
  await expect(telegram.getByRole('listitem')).toHaveCount(1);

  await telegram.getByRole('button', { name: /^Send a test to / }).click();
  await expect(telegram.getByRole('status')).toContainText('Telegram answered 200', { timeout: 30_000 });
  const arrived = (await world.simulator.messages()).filter((message) => message.channel === 'telegram');
  expect(arrived.length).toBeGreaterThanOrEqual(1);
});

test('a webhook is added, its secret shown once, and a test tells the receiver’s own answer', async ({ keeper, world }) => {
  await keeper.goto(`${world.server.url}/alerts/destinations`);
  const webhook = keeper.getByRole('region', { name: 'Webhook', exact: true });
  await webhook.getByLabel('URL').fill(`${world.simulator.url}/hook/story`);
  await webhook.getByLabel('Name, if you like').fill('Rack <b>hook</b>');
  await webhook.getByRole('button', { name: 'Add the webhook' }).click();
  const secret = keeper.getByRole('textbox', { name: 'Secret' });
  await expect(secret).toHaveValue(/\S{20,}/);
  await keeper.getByRole('button', { name: 'I have kept it' }).click();
  await keeper.reload();
  await expect(webhook.getByText('Rack <b>hook</b>')).toBeVisible();
  await expect(secret).toHaveCount(0);

  await webhook.getByRole('button', { name: /^Send a test to / }).click();
  await expect(webhook.getByRole('status')).toContainText('Webhook answered 200', { timeout: 30_000 });
  await world.simulator.fault({ hook: '500' });
  await webhook.getByRole('button', { name: /^Send a test to / }).click();
  await expect(webhook.getByRole('status')).toContainText('Webhook answered 500', { timeout: 30_000 });
});

test('an alert shows as delivered, is seen, and closes when the node is back', async ({ keeper, world, person }) => {
  await person.call('POST', '/api/destinations', { channel: 'webhook', name: 'Rack', url: `${world.simulator.url}/hook/story` });
  const victim = (await world.simulator.nodes()).find((node) => node.chain === 'running' && node.endpoint === 'up')?.address ?? '';
  await world.simulator.change(victim, { endpoint: 'down' });
  await keeper.goto(`${world.server.url}/alerts?node=${victim}`);
  const item = keeper.getByRole('region', { name: 'Open' }).getByRole('listitem').filter({ hasText: 'Fell silent' });
  await expect(item).toBeVisible({ timeout: TOLD });
  await expect(item.getByRole('row', { name: /Webhook, Rack.*taken/ })).toBeVisible({ timeout: TOLD });
  await item.getByRole('button', { name: 'I have seen it' }).click();
  await expect(item).toContainText('Seen');
  await expect(item.getByRole('button', { name: 'I have seen it' })).toHaveCount(0);

  await world.simulator.change(victim, { endpoint: 'up' });
  await expect(item).toHaveCount(0, { timeout: TOLD });
  const over = keeper.getByRole('listitem').filter({ hasText: 'Fell silent' });
  await expect(over).toContainText(/for \d+ (s|min)/, { timeout: TOLD });
  await expect(over.getByRole('row', { name: /taken/ })).toHaveCount(2, { timeout: TOLD });
});

test('preferences are kept over a reload, and a mute shows where the node is', async ({ keeper, world }) => {
  await keeper.goto(`${world.server.url}/alerts/preferences`);
  const box = keeper.getByRole('checkbox', { name: 'Job started, Telegram' });
  await expect(box).toBeChecked();
  const saved = () => keeper.waitForResponse((answer) => answer.url().endsWith('/api/preferences') && answer.request().method() === 'PUT' && answer.ok());
  await Promise.all([saved(), box.uncheck()]);
  await Promise.all([saved(), keeper.getByRole('checkbox', { name: 'Keep quiet hours' }).check()]);
  await Promise.all([saved(), keeper.getByLabel('From', { exact: true }).fill('23:30')]);
  await Promise.all([saved(), keeper.getByLabel('Time zone').selectOption('Europe/Berlin')]);
  await keeper.reload();
  await expect(box).not.toBeChecked();
  await expect(keeper.getByRole('img', { name: 'Quiet from 23:30 to 07:00' })).toBeVisible();
  await expect(keeper.getByLabel('Time zone')).toHaveValue('Europe/Berlin');

  const node = (await world.simulator.nodes())[0]?.address ?? '';
  await keeper.goto(`${world.server.url}/nodes/${node}`);
  await keeper.getByRole('button', { name: 'Mute' }).first().click();
  await keeper.getByRole('button', { name: '4 hours' }).click();
  await expect(keeper.getByText(/^muted until /)).toBeVisible();
  await keeper.goto(`${world.server.url}/alerts/preferences`);
  const muted = keeper.getByRole('region', { name: 'Muted now' });
  await expect(muted.getByRole('listitem')).toContainText(/3 h 5\d more/);
  await muted.getByRole('button', { name: 'Speak again' }).click();
  await expect(muted).toContainText('Nothing is muted.');
});

/** The worker's registration, told by the browser. */
async function worker(page: Page): Promise<{ cdp: CDPSession; registrationId: string }> {
  const cdp = await page.context().newCDPSession(page);
  const found = new Promise<string>((resolve) =>
    cdp.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const [first] = registrations;
      if (first !== undefined) resolve(first.registrationId);
    }),
  );
  await cdp.send('ServiceWorker.enable');
  return { cdp, registrationId: await found };
}

/** What the worker shows at this moment. */
const shown = (page: Page) =>
  page.evaluate(async () => (await (await navigator.serviceWorker.ready).getNotifications()).map(({ title, body, tag, data }) => ({ title, body, tag, path: (data as { path: string }).path })));

test('push is set up here, arrives at the service worker and is on the screen', async ({ keeper, world, context }) => {
  const { url } = world.server;
  await context.grantPermissions(['notifications'], { origin: url });
  const subscription = await world.simulator.call('POST', '/sim/push/subscriptions');
  // The one call that needs a vendor's service.
  await keeper.addInitScript((given) => {
    PushManager.prototype.subscribe = () => Promise.resolve({ endpoint: given.endpoint, options: {}, unsubscribe: () => Promise.resolve(true), toJSON: () => given } as unknown as PushSubscription);
  }, subscription);
  await keeper.goto(`${url}/alerts/destinations`);
  await keeper.evaluate(async () => navigator.serviceWorker.ready);
  const push = keeper.getByRole('region', { name: 'Push' });
  await push.getByRole('button', { name: 'Tell this browser' }).click();
  await expect(push.getByText('This browser is told.')).toBeVisible();
  await push.getByRole('button', { name: /^Send a test to / }).click();
  await expect(push.getByRole('status')).toContainText('Push answered 201', { timeout: 30_000 });

  // What the simulated push service decrypted, byte for byte, is what Chromium is handed.
  const sent = (await world.simulator.messages()).filter((message) => message.channel === 'push').at(-1)?.text ?? '';
  const { cdp, registrationId } = await worker(keeper);
  await cdp.send('ServiceWorker.deliverPushMessage', { origin: url, registrationId, data: sent });
  const test = JSON.parse(sent) as { title: string; tag: string };
  await expect.poll(() => shown(keeper)).toMatchObject([{ title: test.title, tag: test.tag }]);

  const node = (await world.simulator.nodes())[0]?.address ?? '';
  const about = { id: 'm1', title: 'barn is offline', body: 'since 02:14', tag: 'offline:barn', path: `/nodes/${node}`, node, actions: true, at: Date.now() };
  await cdp.send('ServiceWorker.deliverPushMessage', { origin: url, registrationId, data: JSON.stringify(about) });
  await expect.poll(async () => (await shown(keeper)).find(({ tag }) => tag === about.tag)).toEqual({ title: about.title, body: about.body, tag: about.tag, path: about.path });
  // The same tag takes its place; nobody's lock screen fills up.
  await cdp.send('ServiceWorker.deliverPushMessage', { origin: url, registrationId, data: JSON.stringify({ ...about, title: 'barn is back' }) });
  await expect.poll(async () => (await shown(keeper)).filter(({ tag }) => tag === about.tag).map(({ title }) => title)).toEqual(['barn is back']);
});

test('a press on a notification opens its page, which mutes once and can take it back; a link does nothing', async ({ keeper, world, context }) => {
  const { url } = world.server;
  await context.grantPermissions(['notifications'], { origin: url });
  await keeper.evaluate(async () => navigator.serviceWorker.ready);
  const node = (await world.simulator.nodes())[0]?.address ?? '';
  const { cdp, registrationId } = await worker(keeper);
  const about = { id: 'm1', title: 'barn is offline', body: '', tag: 'offline', path: `/nodes/${node}`, node, actions: true, at: Date.now() };
  await cdp.send('ServiceWorker.deliverPushMessage', { origin: url, registrationId, data: JSON.stringify(about) });
  await expect.poll(async () => (await shown(keeper)).length).toBe(1);

  const [serviceWorker] = context.serviceWorkers();
  // What the lock screen would say to the worker.
  await serviceWorker?.evaluate(async () => {
    const scope = globalThis as unknown as { registration: ServiceWorkerRegistration; dispatchEvent(event: Event): boolean };
    const [notification] = await scope.registration.getNotifications();
    const Click = (globalThis as unknown as { NotificationEvent: new (kind: string, what: object) => Event }).NotificationEvent;
    scope.dispatchEvent(new Click('notificationclick', { notification, action: 'mute' }));
  });
  await expect(keeper).toHaveURL(`${url}/nodes/${node}`);
  await expect(keeper.getByText(/^muted until /)).toBeVisible();
  await keeper.getByRole('button', { name: 'Undo' }).click();
  await expect(keeper.getByText(/^muted until /)).toHaveCount(0);
  await expect(keeper.getByText('speaks again', { exact: false })).toBeVisible();

  const calls: string[] = [];
  keeper.on('request', (request) => calls.push(`${request.method()} ${new URL(request.url()).pathname}`));
  await keeper.goto(`${url}/nodes/${node}?do=7d8f8a52-0000-4000-8000-000000000000`);
  await expect(keeper).toHaveURL(`${url}/nodes/${node}`);
  await expect(keeper.getByRole('heading', { level: 1 })).toBeVisible();
  expect(calls.filter((call) => call.startsWith('POST /api/nodes'))).toEqual([]);
});
