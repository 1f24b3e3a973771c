// Browser rows about the cookie: what script cannot see, what survives, and what a lost one looks like.
import { ORIGINS, STRANGER, expect, nudge, row, signInHeading } from './site.js';

const YEAR_S = 365 * 86_400;

for (const origin of ORIGINS) {
  row(52, 'wiped_script_storage_loses_nothing', origin, async ({ page, site }) => {
    await page.evaluate(async () => {
      localStorage.clear();
      sessionStorage.clear();
      for (const { name } of (await indexedDB.databases?.()) ?? []) if (name !== undefined) indexedDB.deleteDatabase(name);
      for (const key of (await globalThis.caches?.keys()) ?? []) await caches.delete(key);
      for (const worker of (await navigator.serviceWorker?.getRegistrations()) ?? []) await worker.unregister();
    });
    await page.reload();
    await site.shownSignedIn(page);
    return [];
  });

  row(57, 'a_link_from_another_site_arrives_signed_in', origin, async ({ page, site }) => {
    const stranger = await site.proxy.door('stranger');
    site.proxy.fault({ client: 'stranger' }, { kind: 'answer', status: 200, type: 'text/html', body: `<a href="${site.url}/nodes">the nodes</a>` });
    await page.goto(stranger.url(STRANGER));
    await page.getByRole('link', { name: 'the nodes' }).click();
    await expect(page).toHaveURL(`${site.url}/nodes`);
    await expect(page.getByRole('row').nth(1)).toBeVisible();
    await expect(signInHeading(page)).toBeHidden();
    await page.goto(site.url);
    return [];
  });

  row(58, 'nothing_of_ours_renders_inside_another_site', origin, async ({ page, site }) => {
    const stranger = await site.proxy.door('stranger');
    site.proxy.fault({ client: 'stranger' }, { kind: 'answer', status: 200, type: 'text/html', body: `<iframe name="inside" src="${site.url}/"></iframe>` });
    const asked = site.proxy.requests('browser', '/').length;
    await page.goto(stranger.url(STRANGER));
    await expect.poll(() => site.proxy.requests('browser', '/').length).toBeGreaterThan(asked);
    await expect.poll(() => page.frame('inside')?.url()).toBe('chrome-error://chromewebdata/');
    await page.goto(site.url);
    await site.shownSignedIn(page);
    return [];
  });

  row(64, 'the_cookie_outlives_every_limit_of_the_server', origin, async ({ context, page, site }) => {
    const cookie = await site.cookie(context);
    expect(cookie).toMatchObject({ httpOnly: true, secure: origin === 'https', sameSite: 'Lax', path: '/' });
    expect(cookie?.expires).toBeGreaterThan(Date.now() / 1000 + YEAR_S);
    await site.shownSignedIn(page);
    return [];
  });
}

for (const origin of ORIGINS) {
  row(53, 'a_lost_cookie_is_called_what_it_is', origin, async ({ context, page, site }) => {
    await context.clearCookies();
    await nudge(page);
    await expect(page.getByText('This browser forgot you')).toBeVisible();
    // The view stays below what asks to sign in.
    await expect(page.getByRole('list', { name: 'Nodes by state', includeHidden: true })).toBeAttached();
    await page.getByLabel(/^Password/).fill('a lamp in the cellar');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await expect(signInHeading(page)).toBeHidden();
    await site.shownSignedIn(page);
    return [];
  });
}

row(60, 'http_and_https_have_cookies_of_their_own', 'https', async ({ context, page, site }) => {
  // Plain http to the same server: the page is sent to the one origin that counts.
  const plain = await site.proxy.door('plain');
  await page.goto(plain.url('wakeful.lan'));
  await expect(page).toHaveURL(`${site.url}/`);
  await site.shownSignedIn(page);
  // A cookie of that name that somebody plants over http is neither read nor does it push ours out.
  const cookie = await site.cookie(context);
  expect(cookie?.name).toMatch(/^__Host-/);
  const planted = cookie?.name.replace('__Host-', '') ?? '';
  await context.addCookies([{ name: planted, value: 'planted', domain: 'wakeful.example.net', path: '/' }]);
  await page.reload();
  await site.shownSignedIn(page);
  return [];
});
