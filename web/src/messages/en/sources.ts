/** English: the administrators' page of the sources. */

import { number, plural } from './state.js';

export const sources = {
  title: 'Sources',
  lead: 'Where the watch reads, and how well each of them serves.',
  link: 'How well each source serves',
  administration: 'Administration',
  forAdmins: 'Only administrators see the sources.',
  rpc: 'Solana RPC',
  rpcNote: 'the healthiest is asked first',
  columns: { name: 'Endpoint', state: 'State', good: 'Last good answer', slot: 'Slot', latency: 'Answers in', calls: 'Calls', failures: 'Failed' },
  state: { untried: 'Not asked yet', ok: 'Serves', demoted: 'Set back', failing: 'Fails', resting: 'Rests' } as Record<string, string>,
  stateText: {
    demoted: 'Its answers were old or incomplete: others are asked before it.',
    failing: 'It does not answer as it should: others are asked before it.',
    resting: 'It asked us to wait, and we do.',
  } as Record<string, string>,
  until: (time: string) => `asked again at ${time}`,
  never: 'never',
  ms: (count: number) => `${number(count)} ms`,
  share: (failures: number, calls: number) => `${number(failures)} of ${number(calls)}`,
  push: 'Push',
  pushNote: 'scans bring everything while it is closed, only later',
  pushState: { off: 'Off', standby: 'Stands by', connecting: 'Connects', open: 'Open', backoff: 'Waits for the next try' } as Record<string, string>,
  pushStateText: { off: 'WAKEFUL_SOLANA_WS is off.', standby: 'Another server watches.' } as Record<string, string>,
  pushTo: 'Connected to',
  pushSince: 'Since',
  pushOpened: 'Opened',
  times: (count: number) => plural(count, 'time', 'times'),
  pushChanges: 'Changes told',
  pushLast: 'Last change',
  endpoints: 'Node endpoints',
  endpointsAnswered: 'Answered in the last round',
  endpointsAt: 'Asked',
  endpointsTook: 'The round took',
};
