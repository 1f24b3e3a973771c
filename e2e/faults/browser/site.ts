// What every browser row begins with: the server behind the fault proxy on one of three origins, and a person signed in by hand.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { named } from '../../world/names.mjs';
import { Person } from '../../world/person.mjs';
import { FaultProxy, type Door, type Rule } from '../../world/proxy.js';
import { certificateFor } from '../../world/proxy/certificate.js';
import { Server } from '../../world/server.mjs';
import { Simulator } from '../../world/simulator.mjs';
import { STORY } from '../../world/thresholds.mjs';
import { keepResult } from '../results.js';
import { nameOf } from '../sources.mjs';

export const EMAIL = 'keeper@example.net';
export const PASSWORD = 'a lamp in the cellar';

/** Browsers treat them differently: loopback counts as secure, a name in the house over plain http does not. */
export type Origin = 'loopback' | 'plain_name' | 'https';
export const ORIGINS: readonly Origin[] = ['loopback', 'plain_name', 'https'];

const LAN_NAME = 'wakeful.lan';
const PUBLIC_NAME = 'wakeful.example.net';
/** Another site; every name of the rows leads to this machine. */
export const STRANGER = 'elsewhere.example.org';

const bin = resolve(process.env['WAKEFUL_BIN'] ?? '../target/debug');

export class Site {
  /** Where the person goes. */
  readonly url: string;
  readonly proxy: FaultProxy;
  readonly door: Door;
  readonly server: Server;
  /** The same account, signed in elsewhere, straight at the server. */
  readonly elsewhere: Person;

  constructor(url: string, proxy: FaultProxy, door: Door, server: Server, elsewhere: Person) {
    this.url = url;
    this.proxy = proxy;
    this.door = door;
    this.server = server;
    this.elsewhere = elsewhere;
  }

  static async open(origin: Origin): Promise<{ site: Site; close: () => Promise<void> }> {
    const data = await mkdtemp(join(tmpdir(), 'wakeful-site-'));
    const proxy = new FaultProxy();
    const secure = origin === 'https';
    const door = await proxy.door('browser', secure ? certificateFor([PUBLIC_NAME]) : undefined);
    const url = door.url(origin === 'loopback' ? undefined : secure ? PUBLIC_NAME : LAN_NAME);
    const simulator = await Simulator.start({ bin, thresholds: STORY, nodes: 4, speed: 0 });
    const variables = {
      ...simulator.variables,
      WAKEFUL_HOSTS: LAN_NAME,
      ...(secure ? { WAKEFUL_PUBLIC_URL: url, WAKEFUL_TRUSTED_PROXIES: '127.0.0.1/32' } : {}),
    };
    const server = await Server.start({ bin, data, thresholds: STORY, variables });
    proxy.upstream = server.url;
    const elsewhere = new Person(server.url);
    const link = server.setUpLink === null ? null : new URL(server.setUpLink);
    await elsewhere.enter(link?.href ?? null, EMAIL, PASSWORD);
    await elsewhere.watch(named(await simulator.nodes()));
    const close = async () => {
      await proxy.stop();
      await server.stop();
      await simulator.stop();
      await rm(data, { recursive: true, force: true });
    };
    return { site: new Site(url, proxy, door, server, elsewhere), close };
  }

  /** Signs in as a person does, and waits until the app shows the nodes. */
  async signIn(page: Page): Promise<void> {
    await page.goto(this.url);
    await page.getByLabel('E-mail').fill(EMAIL);
    await page.getByLabel('Password', { exact: true }).fill(PASSWORD);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await this.shownSignedIn(page);
  }

  /** Signed in, confirmed by the server, with the facts on the page. */
  async shownSignedIn(page: Page): Promise<void> {
    await expect(page.getByRole('list', { name: 'Nodes by state' })).toBeVisible();
    await expect(page.getByText('online', { exact: true }).first()).toBeVisible();
    await expect(signInHeading(page)).toBeHidden();
  }

  /** The session cookie as the browser keeps it. */
  async cookie(context: BrowserContext) {
    const cookies = await context.cookies(this.url);
    return cookies.find(({ name }) => /^(__Host-)?wakeful-[a-z2-7]{6}$/.test(name));
  }

  /** Ends the browser's session for real, past the browser: signed out with its very credential. */
  async end(context: BrowserContext): Promise<void> {
    const cookie = await this.cookie(context);
    const other = new Person(this.server.url);
    other.cookie = `${cookie?.name}=${cookie?.value}`;
    await other.call('POST', '/api/session/logout');
  }
}

export function signInHeading(page: Page) {
  return page.getByRole('heading', { name: /^Sign in/ });
}

/** Makes the app ask now, as a network that comes back does. */
export async function nudge(page: Page): Promise<void> {
  await page.evaluate(() => window.dispatchEvent(new Event('online')));
}

interface Own {
  origin: Origin;
  /** A server of this row alone. */
  site: Site;
}

const withSite = base.extend<Own>({
  origin: ['loopback', { option: true }],
  ignoreHTTPSErrors: true,
  site: async ({ origin }, use) => {
    const { site, close } = await Site.open(origin);
    try {
      await use(site);
    } finally {
      await close();
    }
  },
});

interface Scene {
  readonly page: Page;
  readonly context: BrowserContext;
  readonly site: Site;
}

/**
 * Registers the test `fault_NN_words` on one origin: signed in, `run`, and then the control: a real end signs the last
 * page of the browser out. `run` answers the rules whose faults must have reached the browser.
 */
export function row(number: number, words: string, origin: Origin, run: (scene: Scene) => Promise<readonly Rule[]>): void {
  const name = nameOf(number, words);
  withSite.describe(() => {
    withSite.use({ origin });
    withSite(`${name} on ${origin}`, async ({ page, context, site }) => {
      await site.signIn(page);
      const rules = await run({ page, context, site });
      for (const rule of rules) expect(rule.reached('browser'), `${rule.fault.kind} reached the browser`).toBeGreaterThan(0);
      site.proxy.heal();
      await control(site, context);
      const reached = rules.length === 0 ? null : rules.reduce((sum, rule) => sum + rule.reached('browser'), 0);
      await keepResult({ row: number, name, where: 'real Chromium', reached, control: true, origin });
    });
  });
}

async function control(site: Site, context: BrowserContext): Promise<void> {
  const page = context.pages().at(-1) ?? (await context.newPage());
  if (!page.url().startsWith(site.url)) await page.goto(site.url);
  await site.shownSignedIn(page);
  await site.end(context);
  await nudge(page);
  await expect(signInHeading(page)).toBeVisible();
}

export { expect, withSite as test };
