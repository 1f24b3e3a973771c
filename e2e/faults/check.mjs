// Fails where a row of the fault list has no test in a place that it names, or a test names no row.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PENDING, ROWS } from './list.mjs';
import { root, tests } from './sources.mjs';

const found = tests();
const faults = [];
for (const { row, fault, places } of ROWS) {
  for (const place of places) {
    const tested = found.some((test) => test.row === row && test.place === place);
    const pending = PENDING.some((one) => one.row === row && one.place === place);
    if (!tested && !pending) faults.push(`row ${row} (${fault}) has no test in: ${place}`);
    if (tested && pending) faults.push(`row ${row} has its test in: ${place}. Take it out of PENDING`);
  }
}
const known = new Set(ROWS.map(({ row }) => row));
for (const { row, name } of found) if (!known.has(row)) faults.push(`${name} names row ${row}, which the list does not have`);

// A test that was just written is shown when the table is written next; a parameter in a name stands for what the results spell out.
const text = readFileSync(join(root, 'docs/sessions.md'), 'utf8');
const unseen = found.filter(({ name }) => !text.includes(name.replace(/\$\{.*/, '')));
if (unseen.length > 0) console.log(`docs/sessions.md does not show yet (make faults): ${unseen.map(({ name }) => name).slice(0, 3).join(', ')}${unseen.length > 3 ? ` and ${unseen.length - 3} more` : ''}`);

if (faults.length > 0) {
  console.error(faults.join('\n'));
  process.exit(1);
}
console.log(`fault list: ${ROWS.length} rows, ${found.length} tests, ${PENDING.length} pending`);
