/** The words in use. Components read `say.t`; a change of language redraws them. */

import { en } from './en/index.js';
import type { Messages } from './en/index.js';

export type Language = 'en' | 'de';
export const LANGUAGES: Record<Language, string> = { en: 'English', de: 'Deutsch' };

class Say {
  t = $state.raw<Messages>(en);

  /** Loads a catalogue and puts it to use. English is always here; others come as files of their own. */
  async use(language: Language): Promise<void> {
    this.t = language === 'de' ? (await import('./de/index.js')).de : en;
    document.documentElement.lang = language;
  }
}

export const say = new Say();

/** The language that the browser asks for first among those we have. */
export function browserLanguage(wanted: readonly string[]): Language {
  const found = wanted.map((tag) => tag.slice(0, 2).toLowerCase()).find((tag): tag is Language => tag in LANGUAGES);
  return found ?? 'en';
}
