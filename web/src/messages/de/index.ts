/** German. */
import { en } from '../en/index.js';
import type { Messages } from '../en/index.js';
export const de: Messages = en;
