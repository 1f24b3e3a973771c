/** The German catalogue: the type holds it to the keys and arguments of the English one. */

import type { Messages } from '../en/index.js';
import * as account from './account.js';
import * as chart from './chart.js';
import * as sources from './sources.js';
import * as state from './state.js';
import * as ui from './ui.js';

export const de: Messages = { ...chart, ...sources, ...state, ...ui, ...account, locale: 'de', languageName: 'Deutsch' };
