// Draws every page by day and night, on a phone and on a desk, into docs/screenshots/PAGE-SIZE-THEME.png.
import { mkdirSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { chromium } from '@playwright/test';
import { launchOptions } from './browser.mjs';
import { named } from './world/names.mjs';
import { Person } from './world/person.mjs';
import { Server } from './world/server.mjs';
import { Simulator } from './world/simulator.mjs';
import { CHAT, tellEverywhere } from './world/told.mjs';

const EMAIL = 'demo@example.net';
const PASSWORD = 'wakeful-demo-night';
const SIZES = { phone: { width: 390, height: 844 }, desk: { width: 1440, height: 900 } };
const THEMES = ['night', 'day'];
/** A short patience for silence, a long one for benchmarks: every word of the vocabulary is in the pictures.
 * @type {import('./world/thresholds.mjs').Thresholds} */
const PATIENCE = { scan: 3, probe: 3, offline: 15, stuck: [20, 3600] };
const MOST_BYTES = 300 * 1024;

const bin = resolve(process.env['WAKEFUL_BIN'] ?? '../target/debug');
const folder = resolve('../docs/screenshots');
mkdirSync(folder, { recursive: true });

/** @param {(value: void) => void} done */
const pause = (done) => setTimeout(done, 500);

/** Waits until the watch says of every node what the simulator knows.
 * @param {Person} person
 * @param {Simulator} simulator
 */
async function settled(person, simulator) {
  const deadline = Date.now() + 120_000;
  for (;;) {
    const told = (await person.call('GET', '/api/nodes')).nodes;
    const truth = new Map((await simulator.nodes()).map((node) => [node.address, node.expect]));
    const off = told.filter((/** @type {any} */ node) => {
      const expected = truth.get(node.address);
      return node.status !== expected?.status || node.silent !== expected?.silent || node.stuck !== expected?.stuck;
    });
    if (off.length === 0 && (await simulator.restless({ stuck: false })).length === 0) return;
    if (Date.now() > deadline) throw new Error(`not seen as they are: ${off.map((/** @type {any} */ n) => n.name).join(', ')}`);
    await new Promise(pause);
  }
}

/** Presses *Link Telegram*; the address of the link that appears.
 * @param {import('@playwright/test').Page} tab
 */
async function linking(tab) {
  const telegram = tab.getByRole('region', { name: 'Telegram' });
  await telegram.getByRole('button', { name: /^Link/ }).click();
  return (await telegram.getByRole('link', { name: 'Open Telegram' }).getAttribute('href')) ?? '';
}

/** @type {(() => Promise<void>)[]} */
const started = [];
try {
  const data = mkdtempSync(join(tmpdir(), 'wakeful-pictures-'));
  started.push(async () => rmSync(data, { recursive: true, force: true }));
  const simulator = await Simulator.start({ bin, thresholds: PATIENCE, seed: 7, nodes: 14, speed: 0 });
  started.push(() => simulator.stop());
  const server = await Server.start({ bin, data, thresholds: PATIENCE, variables: simulator.variables });
  started.push(() => server.stop());
  const browser = await chromium.launch(launchOptions);
  started.push(() => browser.close());

  /** One picture of each size and theme.
   * @param {string} page
   * @param {string} path
   * @param {string} cookie
   * @param {(page: import('@playwright/test').Page) => Promise<unknown>} [prepare]
   */
  const draw = async (page, path, cookie, prepare) => {
    for (const [size, viewport] of Object.entries(SIZES)) {
      for (const theme of THEMES) {
        const context = await browser.newContext({ viewport, locale: 'en-GB', timezoneId: 'UTC', reducedMotion: 'reduce' });
        await context.addInitScript((kept) => localStorage.setItem('wakeful.theme', kept), theme);
        for (const pair of cookie === '' ? [] : cookie.split('; ')) {
          const at = pair.indexOf('=');
          await context.addCookies([{ name: pair.slice(0, at), value: pair.slice(at + 1), url: server.url }]);
        }
        const tab = await context.newPage();
        await tab.goto(path.startsWith('http') ? path : server.url + path);
        await tab.getByRole('heading', { level: 1 }).waitFor();
        await tab.evaluate(() => document.fonts.ready);
        if (prepare !== undefined) await prepare(tab);
        // Long enough for what a page asks for after its first paint; every skeleton is gone by then.
        await tab.locator('[aria-busy="true"]').first().waitFor({ state: 'detached' });
        const file = join(folder, `${page}-${size}-${theme}.png`);
        await tab.screenshot({ path: file, animations: 'disabled', caret: 'hide' });
        await context.close();
        const bytes = statSync(file).size;
        console.log(`${file} ${Math.round(bytes / 1024)} KB`);
        if (bytes > MOST_BYTES) throw new Error(`${file} is larger than ${MOST_BYTES} bytes`);
      }
    }
  };

  await draw('first-run', server.setUpLink ?? '', '');
  const person = new Person(server.url);
  await person.enter(server.setUpLink, EMAIL, PASSWORD);
  await draw('telegram-1-press', '/alerts/destinations', person.cookie);
  await draw('telegram-2-link', '/alerts/destinations', person.cookie, linking);
  await draw('telegram-3-linked', '/alerts/destinations', person.cookie, async (tab) => {
    const code = (await linking(tab)).replace(/^.*start=/, '');
    await simulator.say({ chat_id: CHAT, username: 'demo', text: `/start ${code}` });
    await tab.getByText('Linked:').waitFor();
    for (const link of (await person.call('GET', '/api/telegram')).links) await person.call('DELETE', `/api/telegram/${link.id}`);
  });
  await tellEverywhere(person, simulator, EMAIL);
  const nodes = named(await simulator.nodes());
  await person.watch(nodes);
  await draw('sign-in', '/', '');
  await settled(person, simulator);
  const silent = (await simulator.nodes()).find((node) => node.expect.silent && node.expect.status === 'queued');
  await draw('overview', '/', person.cookie);
  await draw('nodes', '/nodes', person.cookie);
  await draw('node', `/nodes/${silent?.address ?? nodes[0]?.address}`, person.cookie);
  await draw('alerts', '/alerts', person.cookie);
  await draw('destinations', '/alerts/destinations', person.cookie);
  await draw('preferences', '/alerts/preferences', person.cookie);
  await draw('network', '/network', person.cookie);
  await draw('account', '/more', person.cookie);
  await draw('devices', '/account/devices', person.cookie);
  await draw('tokens', '/account/tokens', person.cookie);
  await draw('help', '/help', person.cookie);
  await simulator.fault({ rpc: 'empty' });
  await draw('overview-blind', '/', person.cookie, (tab) => tab.getByRole('alert').first().waitFor());
} finally {
  for (const stop of started.reverse()) await stop();
}
