import { describe, expect, it } from 'vitest';
import { de } from './de/index.js';
import { en } from './en/index.js';
import { browserLanguage } from './index.svelte.js';

/** Every path through a catalogue that ends in words. */
function paths(value: unknown, at = ''): string[] {
  if (typeof value === 'object' && value !== null) return Object.entries(value).flatMap(([key, inner]) => paths(inner, `${at}.${key}`));
  return [at];
}

describe('catalogues', () => {
  it('have the same keys, down to the tables that the type leaves open', () => {
    expect(paths(de).sort()).toEqual(paths(en).sort());
  });

  it('have no empty words, no exclamation marks and no *please*', () => {
    for (const catalogue of [en, de]) {
      const words = JSON.stringify(catalogue);
      expect(words).not.toMatch(/!|\bplease\b|\bbitte\b|\boops\b/i);
      expect(words).not.toContain('""');
    }
  });
});

it('speaks the first language of the browser that it has', () => {
  expect(browserLanguage(['fr-FR', 'de-AT', 'en'])).toBe('de');
  expect(browserLanguage(['fr'])).toBe('en');
});
