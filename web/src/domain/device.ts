/** What a browser calls itself, in words that a person would use for it. */

export interface Device {
  readonly kind: 'phone' | 'tablet' | 'desk' | 'program';
  /** The browser or program; null when it does not say. */
  readonly name: string | null;
  readonly system: string | null;
}

/** In this order: many call themselves by each other's names as well. */
const BROWSERS: readonly [string, RegExp][] = [
  ['Edge', /\bEdg(e|A|iOS)?\//],
  ['Opera', /\bOPR\/|\bOpera\b/],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Vivaldi', /\bVivaldi\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Chrome|CriOS|Chromium|HeadlessChrome)\//],
  ['Safari', /\bSafari\//],
];

const SYSTEMS: readonly [string, RegExp][] = [
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Android', /\bAndroid\b/],
  ['Windows', /\bWindows\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['macOS', /\bMac OS X\b|\bMacintosh\b/],
  ['Linux', /\bLinux\b|\bX11\b/],
];

/** Reads a label as the server keeps it: a User-Agent, or whatever else a client sent in its place. */
export function device(label: string): Device {
  const find = (list: readonly [string, RegExp][]) => list.find(([, pattern]) => pattern.test(label))?.[0] ?? null;
  const system = find(SYSTEMS);
  const browser = find(BROWSERS);
  if (!/^Mozilla\//.test(label) || browser === null) {
    const name = /^[\w.+ -]{1,60}/.exec(label)?.[0]?.trim() ?? '';
    return { kind: 'program', name: name === '' ? null : name, system };
  }
  const tablet = system === 'iPad' || (system === 'Android' && !/\bMobile\b/.test(label));
  return { kind: tablet ? 'tablet' : system === 'iPhone' || system === 'Android' ? 'phone' : 'desk', name: browser, system };
}
