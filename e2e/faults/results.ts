// What each test of the fault list found, one JSON file a test, for the table of docs/sessions.md.
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

export type Where = 'fault proxy' | 'real Chromium';

export interface Result {
  /** The number in the fault list. */
  readonly row: number;
  readonly name: string;
  readonly where: Where;
  /** How often the proxy's fault reached the client; null where the fault is none of a proxy's. */
  readonly reached: number | null;
  /** The same rig saw a real revocation end the session. */
  readonly control: boolean;
  /** The origin that the browser was on. */
  readonly origin?: string;
}

const folder = join(import.meta.dirname, 'results');

export async function keepResult(result: Result): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${[result.name, result.origin].filter(Boolean).join('.')}.json`), `${JSON.stringify(result)}\n`);
}
