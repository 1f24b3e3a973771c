/** What this device remembers about how to show things. */

import { browserLanguage, say } from './messages/index.svelte.js';
import type { Language } from './messages/index.svelte.js';

export const THEMES = ['auto', 'night', 'day', 'neon', 'cyber'] as const;
export type Theme = (typeof THEMES)[number];

/** Made by /theme.js, which runs before the first paint. */
interface ThemeSwitch {
  get(): Theme;
  set(theme: Theme): void;
}

declare global {
  var wakefulTheme: ThemeSwitch | undefined;
}

function kept(key: string): string | null {
  try {
    return localStorage.getItem(`wakeful.${key}`);
  } catch {
    return null;
  }
}

function keep(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(`wakeful.${key}`);
    else localStorage.setItem(`wakeful.${key}`, value);
  } catch {
    // The choice lasts as long as the page then.
  }
}

class Settings {
  theme = $state<Theme>(globalThis.wakefulTheme?.get() ?? 'auto');
  hidden = $state(kept('hidden') === '1');
  compact = $state(kept('compact') === '1');
  language = $state<Language | 'auto'>(kept('language') === 'de' ? 'de' : kept('language') === 'en' ? 'en' : 'auto');

  setTheme(theme: Theme): void {
    this.theme = theme;
    globalThis.wakefulTheme?.set(theme);
  }

  setHidden(hidden: boolean): void {
    this.hidden = hidden;
    keep('hidden', hidden ? '1' : null);
  }

  setCompact(compact: boolean): void {
    this.compact = compact;
    keep('compact', compact ? '1' : null);
  }

  setLanguage(language: Language | 'auto'): Promise<void> {
    this.language = language;
    keep('language', language === 'auto' ? null : language);
    return this.useLanguage();
  }

  useLanguage(): Promise<void> {
    return say.use(this.language === 'auto' ? browserLanguage(navigator.languages) : this.language);
  }
}

export const settings = new Settings();
