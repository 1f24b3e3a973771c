import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

const css = readFileSync('src/design/tokens.css', 'utf8');
const THEMES = ['night', 'day', 'neon', 'cyber'] as const;
const GROUNDS = ['bg', 'raised', 'sunken', 'hover', 'select'];

/** What the design's table says: contrast on bg, raised, sunken and select, for night and day. */
const TABLE: Record<string, readonly [string, number[]][]> = {
  night: [
    ['ink', [15.1, 13.8, 15.7, 12.0]],
    ['ink-2', [8.8, 8.0, 9.1, 7.0]],
    ['ink-3', [6.1, 5.6, 6.4, 4.9]],
    ['run', [8.4, 7.6, 8.7, 6.7]],
    ['wait', [8.1, 7.4, 8.4, 6.4]],
    ['look', [10.1, 9.3, 10.5, 8.1]],
    ['act', [7.6, 6.9, 7.9, 6.0]],
    ['run-fill', [3.8, 3.5, 3.9, 3.0]],
    ['hatch', [5.2, 4.8, 5.4, 4.2]],
    ['control', [4.0, 3.7, 4.2, 3.2]],
  ],
  day: [
    ['ink', [16.2, 17.8, 14.8, 14.4]],
    ['ink-2', [7.9, 8.6, 7.2, 7.0]],
    ['ink-3', [6.0, 6.6, 5.5, 5.3]],
    ['act', [6.3, 6.9, 5.7, 5.6]],
    ['look-fill', [4.0, 4.4, 3.6, 3.5]],
  ],
  neon: [['ink-3', [6.8, 6.2, 7.1, 5.5]]],
  cyber: [['ink-3', [7.1, 6.6, 7.2, 5.8]]],
};

function tokens(theme: string): Map<string, string> {
  const block = new RegExp(`:root\\[data-theme='${theme}'\\] \\{([^}]*)\\}`).exec(css)?.[1] ?? '';
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((found) => [found[1] ?? '', found[2] ?? '']));
}

/** Relative luminance as WCAG 2.2 defines it. */
function luminance(hex: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const channel = parseInt(hex.slice(at, at + 2), 16) / 255;
    return channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function contrast(one: string | undefined, other: string | undefined): number {
  if (one === undefined || other === undefined) throw new Error('a token is missing');
  const [dark = 0, light = 0] = [luminance(one), luminance(other)].sort((a, b) => a - b);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(THEMES)('%s', (theme) => {
  const of = tokens(theme);
  const least = (token: string) => Math.min(...GROUNDS.map((ground) => contrast(of.get(token), of.get(ground))));

  it.each(['ink', 'ink-2', 'ink-3', 'run', 'wait', 'look', 'act'])('%s can be read on every ground', (token) => {
    expect(least(token)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(['run-fill', 'wait-fill', 'look-fill', 'act-fill', 'hatch', 'control', 'focus'])('%s can be seen on every ground', (token) => {
    expect(least(token)).toBeGreaterThanOrEqual(3);
  });

  it('text on filled and inverted surfaces can be read', () => {
    expect(contrast(of.get('btn'), of.get('btn-text'))).toBeGreaterThanOrEqual(7);
    expect(contrast(of.get('danger'), of.get('danger-text'))).toBeGreaterThanOrEqual(4.5);
    expect(contrast(of.get('ink'), of.get('bg'))).toBeGreaterThanOrEqual(7);
    expect(contrast(of.get('rule'), of.get('bg'))).toBeGreaterThanOrEqual(3);
  });

  it.each(TABLE[theme] ?? [])('%s has the contrasts of the design', (token, wanted) => {
    const got = ['bg', 'raised', 'sunken', 'select'].map((ground) => contrast(of.get(token), of.get(ground)));
    got.forEach((value, index) => expect(value, `on ground ${index}`).toBeCloseTo(wanted[index] ?? 0, 0));
    got.forEach((value, index) => expect(Math.abs(value - (wanted[index] ?? 0))).toBeLessThanOrEqual(0.06));
  });
});
