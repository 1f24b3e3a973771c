/** German: the administrators' page of the sources. */

import type { Messages } from '../en/index.js';
import { number, plural } from './state.js';

export const sources: Messages['sources'] = {
  title: 'Quellen',
  lead: 'Wo die Wache liest und wie gut jede Quelle dient.',
  link: 'Wie gut jede Quelle dient',
  administration: 'Verwaltung',
  forAdmins: 'Die Quellen sehen nur Verwalter.',
  rpc: 'Solana-RPC',
  rpcNote: 'die gesündeste wird zuerst gefragt',
  columns: { name: 'Endpunkt', state: 'Zustand', good: 'Letzte gute Antwort', slot: 'Slot', latency: 'Antwortet in', calls: 'Aufrufe', failures: 'Misslungen' },
  state: { untried: 'Noch nicht gefragt', ok: 'Dient', demoted: 'Zurückgesetzt', failing: 'Versagt', resting: 'Ruht' },
  stateText: {
    demoted: 'Ihre Antworten waren alt oder unvollständig: Andere werden vor ihr gefragt.',
    failing: 'Sie antwortet nicht, wie sie soll: Andere werden vor ihr gefragt.',
    resting: 'Sie bat uns zu warten, und wir warten.',
  },
  until: (time) => `wieder gefragt um ${time}`,
  never: 'nie',
  ms: (count) => `${number(count)} ms`,
  share: (failures, calls) => `${number(failures)} von ${number(calls)}`,
  push: 'Push',
  pushNote: 'solange er zu ist, bringen die Durchgänge alles, nur später',
  pushState: { off: 'Aus', standby: 'In Bereitschaft', connecting: 'Verbindet sich', open: 'Offen', backoff: 'Wartet auf den nächsten Versuch' },
  pushStateText: { off: 'WAKEFUL_SOLANA_WS ist off.', standby: 'Ein anderer Server wacht.' },
  pushTo: 'Verbunden mit',
  pushSince: 'Seit',
  pushOpened: 'Geöffnet',
  times: (count) => plural(count, 'Mal', 'Mal'),
  pushChanges: 'Gemeldete Änderungen',
  pushLast: 'Letzte Änderung',
  endpoints: 'Endpunkte der Nodes',
  endpointsAnswered: 'Antworteten im letzten Durchgang',
  endpointsAt: 'Gefragt',
  endpointsTook: 'Der Durchgang dauerte',
};
