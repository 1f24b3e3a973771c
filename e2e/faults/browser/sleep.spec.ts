// Browser rows about time: a laptop that slept, a page that was frozen, an app that is opened without a network.
import { ORIGINS, expect, row, signInHeading } from './site.js';

const TROUBLE = /^(unreachable|unverified)$/;

row(24, 'without_a_network_the_app_opens_and_asks_nobody_to_sign_in', 'https', async ({ page, site }) => {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await site.door.close();
  await page.goto(`${site.url}/nodes`);
  // The shell, and in it the person that this device knows; nothing is claimed about the nodes.
  await expect(page.getByText('We could not load your nodes')).toBeVisible();
  await expect(page.getByRole('link', { name: 'keeper' })).toBeVisible();
  await expect(page.getByText(/^(waking|unreachable|unverified)$/).first()).toBeVisible();
  await expect(signInHeading(page)).toBeHidden();
  await site.door.open();
  // By itself, without a reload.
  await expect(page.getByRole('row').nth(1)).toBeVisible({ timeout: 60_000 });
  await page.goto(site.url);
  return [];
});

row(24, 'without_a_network_the_app_opens_on_this_machine_too', 'loopback', async ({ context, page, site }) => {
  await page.evaluate(async () => void (await navigator.serviceWorker.ready));
  await context.setOffline(true);
  await page.goto(site.url);
  await expect(page.getByText('We could not load your nodes')).toBeVisible();
  await expect(signInHeading(page)).toBeHidden();
  await context.setOffline(false);
  await site.shownSignedIn(page);
  return [];
});

for (const origin of ORIGINS) {
  row(44, 'eight_hours_of_sleep_and_forty_seconds_without_a_network', origin, async ({ context, page, site }) => {
    await page.clock.install();
    await page.reload();
    await site.shownSignedIn(page);
    await context.setOffline(true);
    // As when the lid closes: timers that fell due meanwhile fire once, late.
    await page.clock.fastForward('08:00:00');
    for (let second = 0; second < 40; second += 5) {
      await page.clock.runFor(5_000);
      await expect(page.getByText(TROUBLE)).toBeHidden();
      await expect(page.getByRole('alert')).toHaveText([]);
      await expect(signInHeading(page)).toBeHidden();
    }
    const before = site.proxy.requests('browser', '/api/session').length;
    await context.setOffline(false);
    await page.clock.runFor(2_000);
    await site.shownSignedIn(page);
    const asked = site.proxy.requests('browser', '/api/session').length - before;
    expect(asked).toBeGreaterThanOrEqual(1);
    expect(asked).toBeLessThanOrEqual(2);
    return [];
  });
}

for (const origin of ORIGINS) {
  row(45, 'late_timers_are_no_storm', origin, async ({ page, site }) => {
    await page.clock.install();
    await page.reload();
    await site.shownSignedIn(page);
    const before = site.proxy.requests('browser', '/api/session').length;
    // Each minute of a slowed tab comes in one piece, for half an hour.
    for (let minute = 0; minute < 30; minute += 1) await page.clock.fastForward(60_000);
    await page.clock.runFor(2_000);
    await site.shownSignedIn(page);
    const asked = site.proxy.requests('browser', '/api/session').length - before;
    expect(asked).toBeGreaterThanOrEqual(1);
    // Not more than one question a piece.
    expect(asked).toBeLessThanOrEqual(31);
    return [];
  });
}
