// Browser rows about what a person was doing: forms that meet an end, and requests that another site forges.
import type { Page } from '@playwright/test';
import { EMAIL, ORIGINS, PASSWORD, STRANGER, expect, nudge, row, signInHeading } from './site.js';
import type { Site } from './site.js';

const FRESH = 'So11111111111111111111111111111111111111112';

/** This browser's session ends as if from another device. */
async function revoked(site: Site): Promise<void> {
  const { sessions } = await site.elsewhere.call('GET', '/api/sessions');
  for (const one of sessions as { sid: string; current: boolean }[]) if (!one.current) await site.elsewhere.call('DELETE', `/api/sessions/${one.sid}`);
}

async function back(page: Page): Promise<void> {
  await expect(signInHeading(page)).toBeVisible();
  await page.getByLabel(`Password for ${EMAIL}`).or(page.getByLabel('Password', { exact: true })).fill(PASSWORD);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await expect(signInHeading(page)).toBeHidden();
}

async function rename(page: Page, site: Site, address: string, name: string): Promise<void> {
  await page.goto(`${site.url}/nodes/${address}`);
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill(name);
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByRole('heading', { level: 1, name })).toBeVisible();
}

for (const origin of ORIGINS) {
  row(78, 'what_was_sent_into_an_end_is_done_once_after_signing_in', origin, async ({ page, site }) => {
    await page.goto(`${site.url}/nodes`);
    await page.getByRole('button', { name: 'Add nodes' }).click();
    await page.getByRole('dialog', { name: 'Add nodes' }).getByLabel('Node addresses').fill(FRESH);
    await expect(page.getByRole('button', { name: 'Watch 1 node' })).toBeEnabled();
    await revoked(site);
    await page.getByRole('button', { name: 'Watch 1 node' }).click();
    await back(page);
    const posted = () => site.proxy.requests('browser', '/api/nodes').filter(({ method, path }) => method === 'POST' && path === '/api/nodes');
    await expect.poll(() => posted().length).toBe(2);
    const keys = posted().map(({ headers }) => headers['idempotency-key']);
    expect(keys[0]).toMatch(/^[\w-]{16,}$/);
    expect(keys[1]).toBe(keys[0]);
    await expect
      .poll(async () => ((await site.elsewhere.call('GET', '/api/nodes')).nodes as { address: string }[]).filter(({ address }) => address === FRESH).length)
      .toBe(1);
    await page.goto(site.url);
    return [];
  });
}

row(78, 'a_draft_outlives_the_end', 'loopback', async ({ page, site }) => {
  const [node] = (await site.elsewhere.call('GET', '/api/nodes')).nodes as { address: string }[];
  await page.goto(`${site.url}/nodes/${node?.address}`);
  await page.getByRole('button', { name: 'Edit' }).click();
  await page.getByLabel('Notes').fill('half a sentence about the fan');
  await revoked(site);
  await nudge(page);
  await expect(page.getByText('What you were writing is kept.')).toBeVisible();
  await back(page);
  await expect(page.getByLabel('Notes')).toHaveValue('half a sentence about the fan');
  await page.getByRole('button', { name: 'Save' }).click();
  await expect(page.getByText('half a sentence about the fan')).toBeVisible();
  await page.goto(site.url);
  return [];
});

for (const origin of ORIGINS) {
  row(67, 'changes_work_after_a_renewal_and_in_a_second_tab_and_not_from_another_site', origin, async ({ context, page, site }) => {
    const [node] = (await site.elsewhere.call('GET', '/api/nodes')).nodes as { address: string }[];
    const second = await context.newPage();
    await second.goto(site.url);
    await site.shownSignedIn(second);
    const status = await page.evaluate(async () => {
      const nonce = btoa(String.fromCharCode(...crypto.getRandomValues(new Uint8Array(16)))).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '');
      const headers = { 'Session-Nonce': nonce, 'X-Wakeful': '1', 'Content-Type': 'application/json' };
      return (await fetch('/api/session/renew', { method: 'POST', headers, body: '{}' })).status;
    });
    expect(status).toBe(200);
    await rename(page, site, node?.address ?? '', 'renamed in the first tab');
    await rename(second, site, node?.address ?? '', 'renamed in the second tab');

    // Another site's form reaches the server, and nothing is done.
    const stranger = await site.proxy.door('stranger');
    const form = `<form method="post" enctype="text/plain" action="${site.url}/api/session/logout"><input name="x" value="1"><button>win a prize</button></form>`;
    site.proxy.fault({ client: 'stranger' }, { kind: 'answer', status: 200, type: 'text/html', body: form });
    await page.goto(stranger.url(STRANGER));
    await page.getByRole('button', { name: 'win a prize' }).click();
    await expect.poll(() => site.proxy.requests('browser', '/api/session/logout').length).toBe(1);
    await second.goto(site.url);
    await site.shownSignedIn(second);
    return [];
  });
}
