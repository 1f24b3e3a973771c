// What the simulator knows to be true, in the words of the page.
import type { Expected, SimNode } from '../world/simulator.mjs';
import type { Simulator } from '../world/simulator.mjs';
import { expect, SETTLED } from './world.js';
import type { Page } from '@playwright/test';
import type { Person } from '../world/person.mjs';

const WORDS: Record<string, RegExp> = {
  running: /Running(?!, but silent)|Overdue/,
  queued: /Queued(?!, but silent)/,
  up: /Up|Starting|Restarting|Benchmarking|Health check|Joining/,
  offline: /Offline/,
  unknown: /Unknown|looking/,
};

/** What a row must say of a node. */
export function wordOf(expected: Expected): RegExp {
  if (expected.silent) return expected.status === 'queued' ? /Queued, but silent/ : /Running, but silent/;
  if (expected.stuck) return /Stuck/;
  if (expected.overdue) return /Overdue/;
  return WORDS[expected.status] ?? /never/;
}

/** How often each word of the tally must be counted: a silent node counts as silent, a stuck one as stuck. */
export function tallyOf(nodes: SimNode[]): Record<string, number> {
  const tally: Record<string, number> = {};
  for (const { expect: expected } of nodes) {
    const word = expected.silent ? 'silent' : expected.stuck ? 'stuck' : expected.status;
    tally[word] = (tally[word] ?? 0) + 1;
  }
  return tally;
}

/** Waits until every patience has run out: from then on nothing changes unless a story changes it. */
export async function comesToRest(simulator: Simulator): Promise<void> {
  await expect(async () => {
    expect((await simulator.restless({ stuck: true })).map((node) => node.address)).toEqual([]);
  }).toPass({ timeout: SETTLED, intervals: [500] });
}

/** Where what the server says of the nodes differs from the truth, one line a node. */
export async function errors(person: Person, simulator: Simulator): Promise<string[]> {
  const short = ({ status, silent, stuck, overdue }: Expected) =>
    [status, silent && 'silent', stuck && 'stuck', overdue && 'overdue'].filter(Boolean).join(' ');
  const told = (await person.call('GET', '/api/nodes')).nodes as (Expected & { address: string; name: string })[];
  const truth = new Map((await simulator.nodes()).map((node) => [node.address, short(node.expect)]));
  return told
    .filter((node) => short(node) !== truth.get(node.address))
    .map((node) => `${node.name} is ${truth.get(node.address)}, and was said to be ${short(node)}`);
}

/** Waits until the server says of every node what is true. */
export async function seesTheTruth(person: Person, simulator: Simulator): Promise<void> {
  await expect(async () => {
    expect(await errors(person, simulator)).toEqual([]);
  }).toPass({ timeout: SETTLED, intervals: [500] });
}

/** Waits until the overview's tally and the rows of the list say what is true. */
export async function showsTheTruth(page: Page, simulator: Simulator): Promise<void> {
  await expect(async () => {
    for (const [word, count] of Object.entries(tallyOf(await simulator.nodes()))) {
      await expect(tally(page, word, count)).toBeVisible({ timeout: 250 });
    }
  }).toPass({ timeout: SETTLED, intervals: [500] });
}

/** The control of the overview that counts the nodes of one word. */
export function tally(page: Page, word: string, count: number) {
  return page
    .getByRole('list', { name: 'Nodes by state' })
    .getByRole('link', { name: new RegExp(`(${word}\\s*${count}|${count}\\s*${word})\\b`) });
}
