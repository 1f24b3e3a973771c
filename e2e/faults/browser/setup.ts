// Before the browser rows: what they found the last time is forgotten.
import { forgetResults } from '../results.js';

export default async function setup(): Promise<void> {
  await forgetResults('real Chromium');
}
