// Every page in every theme: axe finds nothing, nothing scrolls sideways, no policy is broken.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from '@playwright/test';
import type { AxeResults } from 'axe-core';
import { EMAIL, PASSWORD, expect, signedIn, test } from './world.js';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const THEMES = ['night', 'day', 'neon', 'cyber'];
const PAGES = ['/', '/nodes', '/nodes/ADDRESS', '/nodes/ADDRESS?hours=720', '/network', '/network/MARKET', '/sources', '/more', '/account/devices', '/account/password', '/account/tokens', '/alerts', '/alerts/destinations', '/alerts/preferences', '/help', '/no-such-page'];
const ANONYMOUS = ['/', '/register', '/setup'];

async function dressed(page: Page, theme: string): Promise<void> {
  await page.addInitScript((kept) => localStorage.setItem('wakeful.theme', kept), theme);
}

/** Waits until the page has its words: a heading, and nothing that says it is loading. */
async function arrived(page: Page): Promise<void> {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0);
}

async function sound(page: Page): Promise<string[]> {
  // A sheet that is still fading in has half its contrast: axe judges what a person comes to read.
  await page.evaluate(() => Promise.all(document.getAnimations().map((animation) => animation.finished.catch(() => null))));
  const results = await page.evaluate(
    () =>
      (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      }),
  );
  return results.violations.map((found) => `${found.id}: ${found.nodes.map((node) => node.html).join(' | ')}`);
}

for (const theme of THEMES) {
  test(`axe finds nothing, signed in, ${theme}`, async ({ page, context, house }) => {
    await signedIn(context, house.person);
    await dressed(page, theme);
    await page.addInitScript(axe);
    const nodes = await house.world.simulator.nodes();
    const [node, queued] = [nodes[0], nodes.find((other) => other.market !== null)];
    for (const path of PAGES) {
      await page.goto(house.world.server.url + path.replace('ADDRESS', node?.address ?? '').replace('MARKET', queued?.market ?? ''));
      await arrived(page);
      expect.soft(await sound(page), `${path} ${theme}`).toEqual([]);
    }
    await page.goto(`${house.world.server.url}/nodes`);
    await arrived(page);
    await page.getByRole('button', { name: 'Add nodes' }).click();
    await expect(page.getByRole('dialog')).toBeVisible();
    expect.soft(await sound(page), `adding nodes ${theme}`).toEqual([]);
    await page.keyboard.press('Escape');
    await page.keyboard.press('Control+k');
    await expect(page.getByRole('dialog')).toBeVisible();
    expect.soft(await sound(page), `palette ${theme}`).toEqual([]);
  });

  test(`axe finds nothing, signed out, ${theme}`, async ({ page, house }) => {
    await dressed(page, theme);
    await page.addInitScript(axe);
    for (const path of ANONYMOUS) {
      await page.goto(house.world.server.url + path);
      await arrived(page);
      expect.soft(await sound(page), `${path} ${theme}`).toEqual([]);
    }
  });
}

test('axe finds nothing in the first run and while we are blind, on a phone', async ({ page, world }) => {
  await page.setViewportSize({ width: 390, height: 844 });
  await page.addInitScript(axe);
  await page.goto(world.server.setUpLink ?? '');
  await arrived(page);
  expect.soft(await sound(page), 'account').toEqual([]);
  await page.getByLabel('E-mail').fill(EMAIL);
  await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
  await page.getByRole('button', { name: 'Make the account' }).click();
  const paste = page.getByLabel('Node addresses');
  await paste.fill([...(await world.simulator.nodes()).map((node) => node.address), 'not an address'].join('\n'));
  await expect(page.getByText('Character', { exact: false }).or(page.getByText('Too short', { exact: false })).first()).toBeVisible();
  expect.soft(await sound(page), 'nodes').toEqual([]);
  expect.soft(await page.evaluate(() => document.documentElement.scrollWidth), 'nodes').toBe(390);
  await page.getByRole('button', { name: /^Watch \d+ nodes$/ }).click();
  await expect(page.getByRole('heading', { name: 'The watch is on.' })).toBeVisible();
  expect.soft(await sound(page), 'ready').toEqual([]);

  await world.simulator.fault({ rpc: 'empty' });
  for (const theme of THEMES) {
    await dressed(page, theme);
    await page.goto(world.server.url);
    await expect(page.getByRole('alert').filter({ hasText: /We cannot see the chain/ })).toBeVisible({ timeout: 30_000 });
    await arrived(page);
    expect.soft(await sound(page), `blind ${theme}`).toEqual([]);
  }
});

for (const width of [390, 360, 320]) {
  test(`nothing scrolls sideways on a phone of ${width}`, async ({ page, context, house }) => {
    const wider = () => document.documentElement.scrollWidth - document.documentElement.clientWidth;
    await page.setViewportSize({ width, height: 844 });
    for (const path of ANONYMOUS) {
      await page.goto(house.world.server.url + path);
      await arrived(page);
      expect.soft(await page.evaluate(wider), path).toBe(0);
    }
    await signedIn(context, house.person);
    const nodes = await house.world.simulator.nodes();
    const [node, queued] = [nodes[0], nodes.find((other) => other.market !== null)];
    for (const path of PAGES) {
      await page.goto(house.world.server.url + path.replace('ADDRESS', node?.address ?? '').replace('MARKET', queued?.market ?? ''));
      await arrived(page);
      expect.soft(await page.evaluate(wider), path).toBe(0);
    }
  });
}

test('the policy of the pages is strict, and the browser enforces it', async ({ browser, house }) => {
  // A page of its own: this story breaks the policy on purpose.
  const page = await browser.newPage();
  const answer = await page.goto(house.world.server.url);
  const policy = answer?.headers()['content-security-policy'] ?? '';
  for (const directive of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'", "base-uri 'none'", "require-trusted-types-for 'script'"]) {
    expect(policy).toContain(directive);
  }
  expect(policy).not.toContain('unsafe');

  await page.addInitScript(() => {
    document.addEventListener('DOMContentLoaded', () => {
      let refused = '';
      try {
        document.createElement('div').innerHTML = '<b>bold</b>';
      } catch (error) {
        refused = String(error);
      }
      document.documentElement.dataset['refused'] = refused;
      const script = document.createElement('script');
      script.append('document.documentElement.dataset.inline = "ran"');
      document.body.append(script);
    });
  });
  await page.reload();
  await expect(page.locator('html')).toHaveAttribute('data-refused', /TypeError/);
  await expect(page.locator('html')).not.toHaveAttribute('data-inline', 'ran');
  await page.close();
});
