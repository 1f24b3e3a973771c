/** The English catalogue; every other language has exactly its keys. */

import * as account from './account.js';
import * as alerts from './alerts.js';
import * as chart from './chart.js';
import * as sources from './sources.js';
import * as state from './state.js';
import * as ui from './ui.js';

export const en = { ...chart, ...sources, ...state, ...ui, ...account, ...alerts, locale: 'en-GB', languageName: 'English' };

/** The catalogue's type: strings may differ, keys and arguments may not. */
export type Messages = typeof en;
