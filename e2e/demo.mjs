// The demo: the program beside a simulated network, with an account and nodes already there, until Ctrl-C.
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { named } from './world/names.mjs';
import { Person } from './world/person.mjs';
import { Server } from './world/server.mjs';
import { Simulator } from './world/simulator.mjs';
import { DEMO } from './world/thresholds.mjs';
import { CHAT, tellEverywhere } from './world/told.mjs';

const EMAIL = 'demo@example.net';
const PASSWORD = 'wakeful-demo-night';

const bin = resolve(process.argv[2] ?? 'target/debug');
const data = process.env['DEMO_DATA'] ?? mkdtempSync(join(tmpdir(), 'wakeful-demo-'));
const seconds = Number(process.env['DEMO_SECONDS'] ?? 0);

/** The port that was asked for, or the kernel's choice where another program holds it.
 * @param {number} port
 * @returns {Promise<string>}
 */
function address(port) {
  return new Promise((found) => {
    const probe = createServer();
    probe.once('error', () => found('127.0.0.1:0'));
    probe.listen(port, '127.0.0.1', () => probe.close(() => found(`127.0.0.1:${port}`)));
  });
}

/** @type {(() => Promise<void>)[]} what was started, to be taken down in the other direction */
const started = [];
let leaving = false;

/** @param {number} code */
async function leave(code) {
  if (leaving) return;
  leaving = true;
  for (const stop of started.reverse()) await stop();
  if (process.env['DEMO_DATA'] === undefined) rmSync(data, { recursive: true, force: true });
  process.exit(code);
}
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => void leave(0));
// Whoever reads our words may go away before we do.
process.stdout.on('error', () => {});

try {
  const simulator = await Simulator.start({
    bin,
    thresholds: DEMO,
    listen: await address(Number(process.env['DEMO_SIM_PORT'] ?? 18899)),
    nodes: Number(process.env['DEMO_NODES'] ?? 14),
  });
  started.push(() => simulator.stop());
  const server = await Server.start({
    bin,
    data,
    thresholds: DEMO,
    listen: await address(Number(process.env['DEMO_PORT'] ?? 8080)),
    variables: simulator.variables,
  });
  started.push(() => server.stop());
  const person = new Person(server.url);
  await person.enter(server.setUpLink, EMAIL, PASSWORD);
  const nodes = await simulator.nodes();
  await person.watch(named(nodes));
  await tellEverywhere(person, simulator, EMAIL);
  // Any node that is well: its silence is told within a minute.
  const victim = nodes.find((node) => node.expect.status === 'queued')?.address ?? nodes[0]?.address;

  console.log(`
Wakeful watches a simulated network of ${nodes.length} nodes,
and tells a Telegram chat, a mailbox and a webhook, which are simulated too.

  look at   ${server.url}
  sign in   ${EMAIL}
  password  ${PASSWORD}

  the truth that the watch must find:  ${simulator.url}/sim/world
  make the watch blind:                curl -X POST ${simulator.url}/sim/faults -H 'content-type: application/json' -d '{"rpc":"empty"}'
  let it see again:                    curl -X POST ${simulator.url}/sim/faults -H 'content-type: application/json' -d '{"rpc":"ok"}'

  what reached people:                 ${simulator.url}/sim/messages
  silence a node:                      curl -X POST ${simulator.url}/sim/nodes/${victim} -H 'content-type: application/json' -d '{"endpoint":"down"}'
  let it answer again:                 curl -X POST ${simulator.url}/sim/nodes/${victim} -H 'content-type: application/json' -d '{"endpoint":"up"}'
  write to the bot:                    curl -X POST ${simulator.url}/sim/telegram/say -H 'content-type: application/json' -d '{"chat_id":${CHAT},"text":"/status"}'
  block its way:                       curl -X POST ${simulator.url}/sim/faults -H 'content-type: application/json' -d '{"telegram":"429"}'

${seconds > 0 ? `It stops by itself after ${seconds} s.` : 'Ctrl-C takes everything down.'}`);

  for (const program of [simulator.program, server.program]) {
    void program?.exited.then(() => {
      if (leaving) return;
      console.error(`${program.path} ended:\n${program.log.join('\n')}`);
      void leave(1);
    });
  }
  if (seconds > 0) setTimeout(() => void leave(0), seconds * 1000);
} catch (error) {
  if (!leaving) {
    console.error(error instanceof Error ? error.message : error);
    await leave(1);
  }
}
