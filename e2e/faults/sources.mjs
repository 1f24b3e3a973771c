// Which tests of the fault list there are, read from the sources: their names carry the row, their places the kind.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

/** @typedef {{ row: number, name: string, place: import('./list.mjs').Place }} Found */

export const root = resolve(import.meta.dirname, '../..');

const NAME = /\b(fault_(\d+)_\w*[a-z0-9])/g;
const ROW = /\brow\((\d+), ['"`]([\w${}]+)['"`]/g;

/**
 * @param {string} folder
 * @param {string} ending
 * @returns {string[]}
 */
function files(folder, ending) {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith(ending) && !file.includes('node_modules'))
    .map((file) => join(folder, file));
}

/** `fault_06_words`, as the list and the results write it.
 * @param {number} row
 * @param {string} words
 */
export function nameOf(row, words) {
  return `fault_${String(row).padStart(2, '0')}_${words}`;
}

/** Every test, once, by row and name. @returns {Found[]} */
export function tests() {
  /** @type {Map<string, Found>} */
  const found = new Map();
  /** @param {Found} one */
  const keep = (one) => found.set(`${one.place} ${one.name}`, one);
  for (const file of files('crates', '.rs')) {
    for (const [, name = '', row] of named(file, NAME)) keep({ row: Number(row), name, place: 'server' });
  }
  for (const { title, place } of sessionTitles()) for (const [, name = '', row] of title.matchAll(NAME)) keep({ row: Number(row), name, place });
  for (const file of [...files('e2e/faults', '.test.ts'), ...files('e2e/faults', '.spec.ts')]) {
    const place = file.endsWith('.spec.ts') ? 'real Chromium' : 'fault proxy';
    for (const [, row, words = ''] of named(file, ROW)) keep({ row: Number(row), name: nameOf(Number(row), words), place });
  }
  return [...found.values()].sort((a, b) => a.row - b.row || a.place.localeCompare(b.place) || a.name.localeCompare(b.name));
}

/** The titles of the session package's tests, as its runner lists them: their loops make names that no source spells out. */
function sessionTitles() {
  const listed = spawnSync('npx', ['vitest', 'list', '--json', '-t', 'fault_'], { cwd: join(root, 'packages/session'), encoding: 'utf8' });
  /** @type {{ name: string, file: string }[]} */
  const all = JSON.parse(listed.stdout.slice(listed.stdout.indexOf('[')));
  return all.map(({ name, file }) => ({ title: name, place: placeOf(file) }));
}

/** @param {string} file of the session package @returns {import('./list.mjs').Place} */
export function placeOf(file) {
  return file.includes('tabs') ? 'two tabs' : 'virtual clock';
}

/**
 * @param {string} file
 * @param {RegExp} pattern
 */
function named(file, pattern) {
  const text = readFileSync(join(root, file), 'utf8').replace(/^\s*\/\/.*$/gm, '');
  return text.matchAll(pattern);
}
