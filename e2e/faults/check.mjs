// Fails where a row of the fault list has no test in a place that it names, or a test names no row.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROWS } from './list.mjs';
import { root, tests } from './sources.mjs';

const found = tests();
const faults = [];
for (const { row, fault, places } of ROWS) {
  for (const place of places) {
    if (!found.some((test) => test.row === row && test.place === place)) faults.push(`row ${row} (${fault}) has no test in: ${place}`);
  }
}
const known = new Set(ROWS.map(({ row }) => row));
for (const { row, name } of found) if (!known.has(row)) faults.push(`${name} names row ${row}, which the list does not have`);

// A parameter in a name stands for what the results spell out.
const text = readFileSync(join(root, 'docs/sessions.md'), 'utf8');
const missing = found.filter(({ name }) => !text.includes(name.replace(/\$\{.*/, '')));
for (const { name } of missing) faults.push(`docs/sessions.md does not show ${name}: run make faults`);

if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
console.log(`fault list: ${ROWS.length} rows, ${found.length} tests`);
