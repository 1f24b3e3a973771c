// One server with one account for all tests of the fault list; each of them has a session of its own.
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { Person } from '../world/person.mjs';
import { Server } from '../world/server.mjs';
import { Simulator } from '../world/simulator.mjs';
import { STORY } from '../world/thresholds.mjs';

export const EMAIL = 'keeper@example.net';
export const PASSWORD = 'a lamp in the cellar';

declare module 'vitest' {
  interface ProvidedContext {
    serverUrl: string;
  }
}

const bin = resolve(process.env['WAKEFUL_BIN'] ?? '../target/debug');

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const data = await mkdtemp(join(tmpdir(), 'wakeful-faults-'));
  const simulator = await Simulator.start({ bin, thresholds: STORY, nodes: 4, speed: 0 });
  const server = await Server.start({ bin, data, thresholds: STORY, variables: simulator.variables });
  await new Person(server.url).enter(server.setUpLink, EMAIL, PASSWORD);
  project.provide('serverUrl', server.url);
  return async () => {
    await server.stop();
    await simulator.stop();
    await rm(data, { recursive: true, force: true });
  };
}
