// What every story begins with: a server, a simulated network, and a browser that tells of each broken promise.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test as base, expect, type BrowserContext, type Page } from '@playwright/test';
import { named } from '../world/names.mjs';
import { Person } from '../world/person.mjs';
import { Server } from '../world/server.mjs';
import { Simulator } from '../world/simulator.mjs';
import { STORY } from '../world/thresholds.mjs';

export const EMAIL = 'keeper@example.net';
export const PASSWORD = 'a lamp in the cellar';

/** How long the watch may take to say what is true now: the longest patience, and three looks. */
export const SETTLED = (Math.max(STORY.offline, ...STORY.stuck) + 3 * Math.max(STORY.scan, STORY.probe)) * 1000 + 10_000;

const bin = resolve(process.env['WAKEFUL_BIN'] ?? '../target/debug');

export interface World {
  readonly server: Server;
  readonly simulator: Simulator;
  /** Makes the account and watches all nodes, without a browser. */
  furnish(): Promise<Person>;
}

async function inWorld(use: (world: World) => Promise<void>): Promise<void> {
  const data = await mkdtemp(join(tmpdir(), 'wakeful-story-'));
  // The network stands still: what a story waits for is what it changed itself.
  const simulator = await Simulator.start({ bin, thresholds: STORY, speed: 0 });
  const server = await Server.start({ bin, data, thresholds: STORY, variables: simulator.variables });
  try {
    await use({
      server,
      simulator,
      async furnish() {
        const person = new Person(server.url);
        await person.enter(server.setUpLink, EMAIL, PASSWORD);
        await person.watch(named(await simulator.nodes()));
        return person;
      },
    });
  } finally {
    await server.stop();
    await simulator.stop();
    await rm(data, { recursive: true, force: true });
  }
}

/** Lets the browser go on as somebody who signed in before. */
export async function signedIn(context: BrowserContext, person: Person): Promise<void> {
  const cookies = person.cookie.split('; ').map((pair) => {
    const at = pair.indexOf('=');
    return { name: pair.slice(0, at), value: pair.slice(at + 1), url: person.url };
  });
  await context.addCookies(cookies);
}

/** Everything in the page's life that must not happen: broken policies, uncaught errors, senseless requests. */
export function complaints(page: Page): string[] {
  const heard: string[] = [];
  page.on('pageerror', (error) => heard.push(String(error)));
  page.on('console', (message) => {
    if (/content security policy|trusted ?(html|script|types)/i.test(message.text())) heard.push(message.text());
  });
  // A page that asks wrongly (no such path, no such shape) or meets a broken server.
  page.on('response', (answer) => {
    const { pathname } = new URL(answer.url());
    const status = answer.status();
    if (pathname.startsWith('/api/') && (status >= 500 || [400, 404, 405, 415].includes(status))) heard.push(`${status} ${pathname}`);
  });
  return heard;
}

interface Own {
  /** A world of this story alone. */
  world: World;
  /** The account of this story's world, and its nodes. */
  person: Person;
  /** A page of that account, at the overview. */
  keeper: Page;
}

interface Shared {
  /** A furnished world for stories that only look. */
  house: { world: World; person: Person };
}

export const test = base.extend<Own, Shared>({
  world: async ({}, use) => inWorld(use),

  page: async ({ page }, use) => {
    const heard = complaints(page);
    await use(page);
    expect(heard).toEqual([]);
  },

  person: async ({ world }, use) => use(await world.furnish()),

  keeper: async ({ world, person, page, context }, use) => {
    await signedIn(context, person);
    await page.goto(world.server.url);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    await use(page);
  },

  house: [
    async ({}, use) =>
      inWorld(async (world) => {
        const person = await world.furnish();
        await use({ world, person });
      }),
    { scope: 'worker' },
  ],
});

export { expect };
