/** The German catalogue: the type holds it to the keys and arguments of the English one. */

import type { Messages } from '../en/index.js';
import * as account from './account.js';
import * as alerts from './alerts.js';
import * as chart from './chart.js';
import * as sources from './sources.js';
import * as state from './state.js';
import * as ui from './ui.js';

export const de: Messages = { ...chart, ...sources, ...state, ...ui, ...account, ...alerts, locale: 'de', languageName: 'Deutsch' };
