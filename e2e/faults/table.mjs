// Writes the table of docs/sessions.md out of what the tests found when they last ran.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PENDING, ROWS } from './list.mjs';
import { placeOf, root } from './sources.mjs';

const DOCUMENT = join(root, 'docs/sessions.md');
const BEGIN = '<!-- the fault list: written by make faults -->';
const END = '<!-- end of the fault list -->';

/**
 * @typedef {import('./list.mjs').Place} Place
 * @typedef {{ row: number, name: string, place: Place, passed: boolean, reached: number | null, on: string[] }} Shown
 */

/** @returns {Shown[]} the rows that need a proxy or a browser: one file a test */
function ours() {
  const folder = join(root, 'e2e/faults/results');
  if (!existsSync(folder)) return [];
  /** @type {Map<string, Shown>} */
  const shown = new Map();
  for (const file of readdirSync(folder)) {
    const { row, name, where, reached, control, origin } = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    const before = shown.get(name);
    shown.set(name, {
      row,
      name,
      place: where,
      passed: control && (before?.passed ?? true),
      reached: reached === null ? null : (before?.reached ?? 0) + reached,
      on: [...(before?.on ?? []), ...(origin === undefined ? [] : [origin.replace('_', ' ')])].sort(),
    });
  }
  return [...shown.values()];
}

/** @returns {Shown[]} the rows of the session package, run here: they take a second */
function virtual() {
  const folder = mkdtempSync(join(tmpdir(), 'wakeful-table-'));
  const file = join(folder, 'results.json');
  spawnSync('npx', ['vitest', 'run', '-t', 'fault_', '--reporter=json', `--outputFile=${file}`], { cwd: join(root, 'packages/session'), stdio: 'ignore' });
  const results = JSON.parse(readFileSync(file, 'utf8'));
  rmSync(folder, { recursive: true });
  return results.testResults
    .flatMap((/** @type {any} */ file) => file.assertionResults.map((/** @type {any} */ test) => ({ ...test, file: file.name })))
    .filter((/** @type {any} */ test) => ['passed', 'failed'].includes(test.status))
    .flatMap((/** @type {any} */ test) => named(test.title, test.status === 'passed', placeOf(test.file)));
}

/** @returns {Shown[]} the server's own, out of what nextest last wrote */
function server() {
  const file = join(root, process.env['CARGO_TARGET_DIR'] ?? 'target', 'nextest/faults/junit.xml');
  if (!existsSync(file)) return [];
  const cases = readFileSync(file, 'utf8').split('<testcase ').slice(1);
  return cases.flatMap((text) => named(/name="([^"]*)"/.exec(text)?.[1] ?? '', !/<(failure|error)/.test(text), 'server'));
}

/**
 * @param {string} title
 * @param {boolean} passed
 * @param {Place} place
 * @returns {Shown[]}
 */
function named(title, passed, place) {
  const [, name, row] = /\b(fault_(\d+)_\w*[a-z0-9])/.exec(title) ?? [];
  return name === undefined ? [] : [{ row: Number(row), name, place, passed, reached: null, on: [] }];
}

/** One entry a name: passed when all its runs passed. @param {Shown[]} list */
function once(list) {
  /** @type {Map<string, Shown>} */
  const kept = new Map();
  for (const one of list) {
    const before = kept.get(`${one.place} ${one.name}`);
    kept.set(`${one.place} ${one.name}`, { ...one, passed: one.passed && (before?.passed ?? true) });
  }
  return [...kept.values()];
}

const shown = once([...ours(), ...virtual(), ...server()]);
const lines = ['| # | what goes wrong | what must come of it | shown by |', '|---|---|---|---|'];
for (const { row, fault, then, places } of ROWS) {
  const cell = [];
  const elsewhere = shown.filter((one) => one.row === row && !places.includes(one.place)).map(({ place }) => place);
  for (const place of new Set([...places, ...elsewhere])) {
    const here = shown.filter((one) => one.row === row && one.place === place).sort((a, b) => a.name.localeCompare(b.name));
    const names = here.map(({ name, passed, reached, on }) => {
      const count = reached === null || reached === 0 ? '' : ` ×${reached}`;
      return `\`${name}\`${count}${on.length > 1 ? ` (${on.join(', ')})` : ''}${passed ? '' : ' **failed**'}`;
    });
    const none = PENDING.some((one) => one.row === row && one.place === place) ? 'no test yet' : '**no result**';
    cell.push(`*${place}*: ${names.length === 0 ? none : names.join('<br>')}`);
  }
  lines.push(`| ${row} | ${fault} | ${then} | ${cell.join('<br>')} |`);
}

const text = readFileSync(DOCUMENT, 'utf8');
const [before, after] = [text.split(BEGIN)[0] ?? '', text.split(END)[1] ?? ''];
writeFileSync(DOCUMENT, `${before}${BEGIN}\n\n${lines.join('\n')}\n\n${END}${after}`);
const gaps = lines.filter((line) => /\*\*(no result|failed)\*\*/.test(line));
console.log(`docs/sessions.md: ${ROWS.length} rows, ${shown.length} tests, ${gaps.length} rows with gaps`);
for (const line of gaps) console.log(line);
process.exit(gaps.length === 0 ? 0 : 1);
