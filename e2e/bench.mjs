// The numbers of a big house: ten thousand nodes watched by the real program beside the real simulator. Prints, and
// asserts no time: a number that is missed is for a person to look at.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { Person } from './world/person.mjs';
import { Server } from './world/server.mjs';
import { Simulator } from './world/simulator.mjs';

const bin = resolve(process.argv[2] ?? 'target/release');
const count = Number(process.env['BENCH_NODES'] ?? 10_000);
const rounds = Number(process.env['BENCH_ROUNDS'] ?? 3);
const data = mkdtempSync(join(tmpdir(), 'wakeful-bench-'));
const thresholds = /** @type {import('./world/thresholds.mjs').Thresholds} */ ({
  scan: 30,
  probe: 30,
  offline: 180,
  stuck: [600, 3600],
});
const TICKS_PER_SECOND = 100;

/** @param {string} name @param {string} number @param {string} baseline */
function line(name, number, baseline) {
  console.log(`${name.padEnd(46)} ${number.padStart(12)} · ${baseline}`);
}

/** What a program uses: megabytes resident, the most it ever had, seconds of processor time.
 * @param {number} pid */
function usage(pid) {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kb = (/** @type {string} */ key) => Number(new RegExp(`${key}:\\s+(\\d+) kB`).exec(status)?.[1] ?? 0);
  // The name in brackets may hold anything; the numbers begin after it.
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = Number(fields[11]) + Number(fields[12]);
  return { resident: kb('VmRSS') / 1024, most: kb('VmHWM') / 1024, seconds: ticks / TICKS_PER_SECOND };
}

/** Waits until `look` gives something.
 * @template T
 * @param {string} what @param {() => T | null | Promise<T | null>} look @param {number} [seconds]
 * @returns {Promise<T>} */
async function until(what, look, seconds = 300) {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const found = await look();
    if (found !== null) return found;
    if (Date.now() > end) throw new Error(`${what} did not come within ${seconds} s`);
    await pause(100);
  }
}

/** The rounds and scans that the program itself told of, in order.
 * @param {Server} server */
function told(server) {
  /** @type {{ at: number, what: string, nodes: number, asked: number, kept: number }[]} */
  const found = [];
  for (const text of server.program?.log ?? []) {
    if (!text.startsWith('{')) continue;
    const entry = JSON.parse(text);
    const fields = entry.fields ?? entry;
    if (fields.message !== 'a probe round' && fields.message !== 'a scan') continue;
    const [nodes, asked, kept] = [Number(fields.nodes ?? 0), Number(fields.asked_ms), Number(fields.kept_ms)];
    found.push({ at: Date.parse(entry.timestamp), what: fields.message, nodes, asked, kept });
  }
  return found;
}

/** How many calls of each method the simulator answered since the last time.
 * @param {Simulator} simulator
 * @returns {Promise<Record<string, number>>} */
async function calls(simulator) {
  const { methods } = await simulator.call('GET', '/sim/requests');
  return methods;
}

const simulator = await Simulator.start({ bin, thresholds, nodes: count, speed: 0 });
/** @type {Server | null} */
let server = null;
try {
  const nodes = await simulator.nodes();
  const addresses = nodes.map((node) => node.address);
  // One node that hangs makes every round as long as a node's own time; here it is the others that are measured.
  for (const { address, endpoint } of nodes) {
    if (endpoint === 'hang') await simulator.change(address, { endpoint: 'down' });
  }
  const running = await Server.start({
    bin,
    data,
    thresholds,
    variables: {
      ...simulator.variables,
      WAKEFUL_NODES_PER_ACCOUNT: String(count),
      WAKEFUL_LOG: 'info,server::loops=debug',
      WAKEFUL_LOG_FORMAT: 'json',
    },
  });
  server = running;
  const pid = running.program?.child.pid ?? 0;
  const simulatorPid = simulator.program.child.pid ?? 0;
  const person = new Person(running.url);
  await person.enter(running.setUpLink, 'demo@example.net', 'three quiet words');
  const adding = Date.now();
  for (let at = 0; at < count; at += 100) {
    await person.call('POST', '/api/nodes', { addresses: addresses.slice(at, at + 100) });
  }
  line(`${count} nodes added`, `${((Date.now() - adding) / 1000).toFixed(1)} s`, 'once, no baseline');
  const whole = () => told(running).filter((round) => round.nodes === count);
  await until('a round over all nodes', () => (whole().length > 0 ? true : null));

  // One scan, counted at the simulator.
  await simulator.call('DELETE', '/sim/requests');
  const scanning = Date.now();
  await person.call('POST', '/api/nodes/refresh-all-status');
  const scanned = Date.now() - scanning;
  const counted = await calls(simulator);
  const { runs } = await person.call('GET', '/api/network');
  const asked = (counted['getProgramAccounts'] ?? 0) + (counted['getMultipleAccounts'] ?? 0);
  line(`RPC calls of one scan, ${runs} runs`, `${asked}`, `2 + ceil(runs / 100) = ${2 + Math.ceil(runs / 100)}`);
  line('one scan, asked for by a person', `${(scanned / 1000).toFixed(2)} s`, 'within a full round');

  // Full rounds at their own pace.
  const before = whole().length;
  const from = { ...usage(pid), at: Date.now() };
  const simulatorFrom = usage(simulatorPid);
  let quietSeconds = 0;
  let quietTicks = 0;
  let last = { ...usage(pid), at: Date.now() };
  /** @type {{ from: number, to: number, used: number }[]} */
  const samples = [];
  await until(`${rounds} rounds`, () => {
    const now = { ...usage(pid), at: Date.now() };
    samples.push({ from: last.at, to: now.at, used: now.seconds - last.seconds });
    last = now;
    return whole().length - before >= rounds ? true : null;
  }, rounds * 60 + 120);
  const seen = told(running);
  const busy = seen.map(({ at, asked, kept }) => [at - asked - kept - 200, at + 500]);
  for (const sample of samples) {
    if (busy.some(([start = 0, end = 0]) => sample.to > start && sample.from < end)) continue;
    quietSeconds += (sample.to - sample.from) / 1000;
    quietTicks += sample.used;
  }
  const to = { ...usage(pid), at: Date.now() };
  const elapsed = (to.at - from.at) / 1000;
  const own = whole().slice(before);
  const longest = Math.max(...own.map((round) => round.asked + round.kept)) / 1000;
  const kept = Math.max(...own.map((round) => round.kept)) / 1000;
  const scans = seen.filter((one) => one.what === 'a scan');
  const slowest = Math.max(0, ...scans.map((scan) => scan.asked + scan.kept)) / 1000;
  line(`round over ${count} endpoints, spread over 6 s`, `${longest.toFixed(2)} s`, 'at most 10 s');
  line('  of it, judged and kept', `${kept.toFixed(2)} s`, 'no baseline');
  if (scans.length > 0) line('scan of the chain, judged and kept', `${slowest.toFixed(2)} s`, 'no baseline');
  line('resident memory', `${to.resident.toFixed(0)} MB`, `at most 150 MB; ever ${to.most.toFixed(0)} MB`);
  const quiet = quietSeconds === 0 ? Number.NaN : (quietTicks / quietSeconds) * 100;
  line('processor between rounds', `${quiet.toFixed(1)} %`, `under 2 % of one core, over ${quietSeconds.toFixed(0)} s`);
  const all = ((to.seconds - from.seconds) / elapsed) * 100;
  line('processor, rounds included', `${all.toFixed(1)} %`, `no baseline, over ${elapsed.toFixed(0)} s`);
  const simulated = ((usage(simulatorPid).seconds - simulatorFrom.seconds) / elapsed) * 100;
  line('  the simulator beside it', `${simulated.toFixed(1)} %`, 'no baseline');

  // A restart reads every balance: three accounts a node, a hundred in a call.
  await running.stop();
  await simulator.call('DELETE', '/sim/requests');
  await running.start();
  const wanted = Math.ceil((3 * count) / 100);
  const expected = Math.ceil(runs / 100) + wanted;
  const byName = await until('the balances', async () => {
    const named = (await calls(simulator))['getMultipleAccounts'] ?? 0;
    return named >= expected ? named : null;
  });
  line('RPC calls of a scan and the balances', `${byName}`, `ceil(runs / 100) + ceil(3 * nodes / 100) = ${expected}`);
} finally {
  await server?.stop();
  await simulator.stop();
  rmSync(data, { recursive: true, force: true });
}
