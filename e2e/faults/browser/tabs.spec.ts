// Twenty tabs of one browser, over plain http on a name of the house: six connections for all of them, and no locks.
import type { BrowserContext, Page } from '@playwright/test';
import { expect, signInHeading, test } from './site.js';

const TABS = 20;
/** What a person waits without looking elsewhere. */
const SOON_MS = 10_000;

/** Browsers without a screen call every tab visible: here a tab is what it is told to be, from its first moment. */
async function canHide(context: BrowserContext): Promise<void> {
  await context.addInitScript(() => {
    let hidden = true;
    Object.defineProperty(Document.prototype, 'hidden', { configurable: true, get: () => hidden });
    Object.defineProperty(Document.prototype, 'visibilityState', { configurable: true, get: () => (hidden ? 'hidden' : 'visible') });
    Object.assign(window, {
      turn(away: boolean) {
        hidden = away;
        document.dispatchEvent(new Event('visibilitychange', { bubbles: true }));
      },
    });
  });
}

async function turn(page: Page, away: boolean): Promise<void> {
  if (!away) await page.bringToFront();
  await page.evaluate((to) => (window as unknown as { turn(away: boolean): void }).turn(to), away);
}

test.describe(() => {
  test.use({ origin: 'plain_name' });
  test('twenty tabs on a name of the house stay usable', async ({ context, page, site }) => {
    test.setTimeout(240_000);
    await site.signIn(page);
    await canHide(context);
    const nodes = (await site.elsewhere.call('GET', '/api/nodes')).nodes as { address: string; name: string }[];

    // Opened in the background, one after the other.
    const before = site.proxy.requests('browser', '/api/session').length;
    const tabs: Page[] = [];
    while (tabs.length < TABS - 1) {
      const tab = await context.newPage();
      await tab.goto(`${site.url}/nodes/${nodes[tabs.length % nodes.length]?.address}`);
      tabs.push(tab);
    }
    // None of them holds a connection.
    expect(site.proxy.requests('browser', '/api/events').length).toBeLessThanOrEqual(2);
    // The one in front goes on as if they were not there.
    await page.bringToFront();
    await page.getByRole('link', { name: 'Nodes', exact: true }).first().click();
    await expect(page.getByRole('row').nth(1)).toBeVisible({ timeout: SOON_MS });

    // From tab to tab, quickly: each shows its node soon, and none of them holds the others up.
    let front: Page = page;
    for (const [index, tab] of tabs.entries()) {
      if (front !== page) await turn(front, true);
      await turn(tab, false);
      front = tab;
      const name = nodes[index % nodes.length]?.name ?? '';
      await expect(tab.getByRole('heading', { level: 1, name })).toBeVisible({ timeout: SOON_MS });
      await expect(signInHeading(tab)).toBeHidden();
    }
    const asked = site.proxy.requests('browser', '/api/session').length - before;
    expect(asked).toBeLessThanOrEqual(2 * TABS);

    // A change is still made at once.
    await front.getByRole('button', { name: 'Edit' }).click();
    await front.getByRole('dialog').getByLabel('Name', { exact: true }).fill('one of twenty');
    await front.getByRole('button', { name: 'Save' }).click();
    await expect(front.getByRole('heading', { level: 1, name: 'one of twenty' })).toBeVisible({ timeout: SOON_MS });

    // A real end reaches every tab that is looked at.
    await site.end(context);
    for (const tab of tabs.slice(-3)) {
      await turn(tab, true);
      await turn(tab, false);
      await expect(signInHeading(tab)).toBeVisible();
    }
  });
});
