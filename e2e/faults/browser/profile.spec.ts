// Browser rows about the browser itself: closed and opened again, with an old service worker, with cookies that it caps.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from '@playwright/test';
import { ORIGINS, expect, nudge, row, signInHeading } from './site.js';
import { launchOptions } from '../../browser.mjs';
import { ARGS } from './names.js';

const DAY_S = 86_400;

/** Serves one page for whatever is opened, as a shell of long ago; it leaves the API alone. */
const OLD_WORKER = `
addEventListener('install', () => skipWaiting());
addEventListener('activate', (event) => event.waitUntil(clients.claim()));
addEventListener('fetch', (event) => {
  if (event.request.mode === 'navigate') event.respondWith(new Response('<h1>the shell of long ago</h1>', { headers: { 'content-type': 'text/html' } }));
});`;

for (const origin of ORIGINS) {
  row(59, 'a_browser_that_is_closed_and_opened_again_is_signed_in', origin, async ({ site }) => {
    const folder = await mkdtemp(join(tmpdir(), 'wakeful-profile-'));
    const open = () =>
      chromium.launchPersistentContext(folder, { ...launchOptions, args: [...launchOptions.args, ...ARGS], locale: 'en-GB', ignoreHTTPSErrors: true });
    try {
      const first = await open();
      await site.signIn(await first.newPage());
      await first.close();
      const again = await open();
      const page = await again.newPage();
      await page.goto(site.url);
      await site.shownSignedIn(page);
      // This profile has its own control: a real end is an end here too.
      await site.end(again);
      await nudge(page);
      await expect(signInHeading(page)).toBeVisible();
      await again.close();
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
    return [];
  });

  row(64, 'a_cookie_that_the_browser_caps_is_stamped_again_long_before', origin, async ({ context, page, site }) => {
    const cookie = await site.cookie(context);
    if (cookie === undefined) throw new Error('no cookie');
    const monthly = Date.now() / 1000 + 30 * DAY_S;
    await context.addCookies([{ ...cookie, expires: monthly }]);
    await page.clock.install();
    await page.reload();
    await site.shownSignedIn(page);
    await page.clock.fastForward('25:00:00');
    // In small steps: the page's patience with an answer must not be over before the answer can be there.
    await expect(async () => {
      await page.clock.runFor(1_000);
      expect((await site.cookie(context))?.expires).toBeGreaterThan(monthly + 300 * DAY_S);
    }).toPass({ timeout: 60_000, intervals: [300] });
    expect((await site.cookie(context))?.value).toBe(cookie.value);
    expect(site.proxy.requests('browser', '/api/session/renew').length).toBe(1);
    return [];
  });
}

for (const origin of ['loopback', 'https'] as const) {
  row(68, 'an_old_service_worker_gives_way_and_never_touches_the_session', origin, async ({ context, page, site }) => {
    const update = async () => void (await (await navigator.serviceWorker.ready).update());
    const cookie = await site.cookie(context);
    await page.evaluate(update);
    const rule = site.proxy.fault({ path: /^\/sw\.js$/ }, { kind: 'answer', status: 200, type: 'text/javascript', body: OLD_WORKER });
    await page.evaluate(update);
    await expect(async () => {
      await page.goto(site.url);
      await expect(page.getByRole('heading', { name: 'the shell of long ago' })).toBeVisible({ timeout: 1_000 });
    }).toPass();
    // Even from there the API answers for itself.
    const asked = site.proxy.requests('browser', '/api/health').length;
    expect(await page.evaluate(async () => (await fetch('/api/health')).json())).toMatchObject({ kind: 'wakeful.health' });
    expect(site.proxy.requests('browser', '/api/health')).toHaveLength(asked + 1);
    rule.lift();
    await expect(async () => {
      await page.goto(site.url);
      await expect(page.getByRole('list', { name: 'Nodes by state' })).toBeVisible({ timeout: 3_000 });
    }).toPass({ timeout: 60_000 });
    await site.shownSignedIn(page);
    expect(await site.cookie(context)).toMatchObject({ value: cookie?.value });
    return [rule];
  });
}
