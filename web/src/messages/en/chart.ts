/** English: charts, as they are read aloud and as tables. */

import { number, plural } from './state.js';

export const chart = {
  today: 'today',
  range: 'How far back',
  hours: { 24: '24 h', 168: '7 d', 720: '30 d', 2160: '90 d' } as Record<24 | 168 | 720 | 2160, string>,
  lasting: { 24: 'last 24 hours', 168: 'last 7 days', 720: 'last 30 days', 2160: 'last 90 days' } as Record<24 | 168 | 720 | 2160, string>,
  past: 'The past',
  pastName: (node: string, lasting: string, share: string | null, now: string) => `${node}, ${lasting}: ${share === null ? '' : `running ${share}, `}now ${now}`,
  dark: (length: string) => `We could not look for ${length} of it.`,
  neverDark: 'We could look all the time.',
  coarse: (length: string) => `Shorter than ${length} may be left out.`,
  inNoQueue: 'in no queue',
  asTable: 'Show as a table',
  time: 'From',
  length: 'For',
  unseen: 'we could not look',
  nothing: 'Nothing was seen in this time.',
  step: (what: string, since: string, length: string) => `${what} from ${since}, for ${length}`,
  place: (value: number) => `place ${number(value)}`,
  placeHead: 'Place',
  placeName: (node: string, lasting: string) => `${node}: its place in the queue, ${lasting}`,
  waiting: (value: number) => `${number(value)} waiting`,
  waitingHead: 'Waiting',
  waitingName: (market: string, lasting: string) => `${market}: how many wait, ${lasting}`,
  running: (value: number) => plural(value, 'job', 'jobs'),
  runningHead: 'Running',
  runningName: (market: string, lasting: string) => `${market}: jobs running, ${lasting}`,
};
