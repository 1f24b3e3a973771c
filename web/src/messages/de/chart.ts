/** German: charts, as they are read aloud and as tables. */

import type { Messages } from '../en/index.js';
import { number, plural } from './state.js';

export const chart: Messages['chart'] = {
  today: 'heute',
  range: 'Wie weit zurück',
  hours: { 24: '24 h', 168: '7 T', 720: '30 T', 2160: '90 T' },
  lasting: { 24: 'letzte 24 Stunden', 168: 'letzte 7 Tage', 720: 'letzte 30 Tage', 2160: 'letzte 90 Tage' },
  past: 'Die Vergangenheit',
  pastName: (node, lasting, share, now) => `${node}, ${lasting}: ${share === null ? '' : `${share} gelaufen, `}jetzt ${now}`,
  dark: (length) => `${length} davon konnten wir nicht hinsehen.`,
  neverDark: 'Wir konnten die ganze Zeit hinsehen.',
  coarse: (length) => `Kürzeres als ${length} kann fehlen.`,
  inNoQueue: 'in keiner Schlange',
  asTable: 'Als Tabelle zeigen',
  time: 'Von',
  length: 'Dauer',
  unseen: 'wir konnten nicht hinsehen',
  nothing: 'In dieser Zeit wurde nichts gesehen.',
  step: (what, since, length) => `${what} ab ${since}, ${length} lang`,
  place: (value) => `Platz ${number(value)}`,
  placeHead: 'Platz',
  placeName: (node, lasting) => `${node}: sein Platz in der Schlange, ${lasting}`,
  waiting: (value) => `${number(value)} wartend`,
  waitingHead: 'Wartend',
  waitingName: (market, lasting) => `${market}: wie viele warten, ${lasting}`,
  running: (value) => plural(value, 'Job', 'Jobs'),
  runningHead: 'Laufend',
  runningName: (market, lasting) => `${market}: laufende Jobs, ${lasting}`,
};
