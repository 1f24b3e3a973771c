/** The English catalogue; every other language has exactly its keys. */

import * as state from './state.js';
import * as ui from './ui.js';

export const en = { ...state, ...ui, locale: 'en-GB', languageName: 'English' };

/** The catalogue's type: strings may differ, keys and arguments may not. */
export type Messages = typeof en;
