/** English: what a node is, why, and what happened. */

import type { AddressFault } from '../../domain/address.js';
import type { Verdict } from '../../domain/verdict.js';

export const number = (value: number): string => new Intl.NumberFormat('en').format(value);
const rules = new Intl.PluralRules('en');
export const plural = (count: number, one: string, other: string): string => `${number(count)} ${rules.select(count) === 'one' ? one : other}`;
const nodes = (count: number) => plural(count, 'node', 'nodes');

export const units = { s: 's', min: 'min', h: 'h', d: 'd' };

export const status = {
  running: 'Running',
  queued: 'Queued',
  queuedAt: (position: number, length: number) => `Queued ${number(position)} of ${number(length)}`,
  up: 'Up',
  overdue: 'Overdue',
  stuck: 'Stuck',
  running_silent: 'Running, but silent',
  queued_silent: 'Queued, but silent',
  offline: 'Offline',
  unknown: 'Unknown',
  looking: 'looking',
  lowSol: (word: string) => `${word}, low SOL`,
  lastKnown: (word: string) => `unknown, last known ${word}`,
  for: (duration: string) => `for ${duration}`,
};

/** What a node that is up says it does. */
export const activity = {
  starting: 'Starting',
  restarting: 'Restarting',
  benchmarking: 'Benchmarking',
  healthcheck: 'Health check',
  joining_market: 'Joining',
  running_job: 'Up, says it runs',
  queued: 'Up, says queued',
  other: 'Up, busy',
};

/** The node's own state as it spells it. */
export const rawActivity = {
  starting: 'STARTING',
  restarting: 'RESTARTING',
  benchmarking: 'BENCHMARKING',
  healthcheck: 'HEALTHCHECK',
  joining_market: 'JOINING_MARKET',
  running_job: 'RUNNING_JOB',
  queued: 'QUEUED',
  other: 'OTHER',
};

export const tally = { running: 'running', queued: 'queued', up: 'up', stuck: 'stuck', silent: 'silent', offline: 'offline', unknown: 'unknown' };

/** What each state means, for the vocabulary. */
export const vocabulary = {
  running: 'a job pays',
  queued: 'waits its turn in a market',
  up: 'starting, benchmarking, joining',
  overdue: 'still running past its deadline',
  stuck: 'up for 10 minutes without work or place',
  low_sol: 'a condition on top of a state',
  queued_silent: 'chain and endpoint disagree',
  running_silent: 'chain and endpoint disagree',
  offline: 'endpoint silent and the chain agrees',
  unknown: 'we could not look, and say why',
  stale: 'last known, older than three looks',
  looking: 'the first look is under way',
};

/** The sentence of the overview: what matters, and the quiet rest. */
export function verdict(v: Verdict, at: string): { strong: string; quiet: readonly string[] } {
  if (v.all === 0) return { strong: 'No node is watched yet.', quiet: [] };
  const blind = v.blindSince !== null;
  const parts: string[] = [];
  if (v.unseen > 0) parts.push(blind ? `${number(v.unseen)} could not be seen` : `${number(v.unseen)} cannot be seen`);
  if (v.looking > 0) parts.push(`${number(v.looking)} ${v.looking === 1 ? 'gets its' : 'get their'} first look`);
  if (v.need === 0 && v.unseen === 0 && v.looking === 0) {
    const all = v.all === 1 ? `Your node ${blind ? 'was' : 'is'} well.` : `All ${nodes(v.all)} ${blind ? 'were' : 'are'} well.`;
    const rest = blind ? `${number(v.running)} ran, ${number(v.waiting)} waited.` : `${number(v.running)} ${v.running === 1 ? 'runs' : 'run'}, ${number(v.waiting)} ${v.waiting === 1 ? 'waits' : 'wait'}.`;
    return { strong: blind ? `At ${at}, ${lower(all)}` : all, quiet: [rest] };
  }
  if (v.well > 0) parts.push(`${number(v.well)} ${be(v.well, blind)} well`);
  const need = v.need === 1 ? (blind ? '1 node needed you.' : '1 node needs you.') : blind ? `${nodes(v.need)} needed you.` : `${nodes(v.need)} need you.`;
  const nobody = blind ? 'no node needed you.' : 'No node needs you.';
  const strong = v.need === 0 ? nobody : need;
  return { strong: blind ? `At ${at}, ${strong}` : strong, quiet: parts.map((part, index) => `${part}${index < parts.length - 1 ? ',' : '.'}`) };
}
const be = (count: number, past: boolean) => (past ? (count === 1 ? 'was' : 'were') : count === 1 ? 'is' : 'are');
const lower = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** One or two sentences with the consequence, and the advice that goes with them on the node's own page. */
export const sentence = {
  running: 'A job runs and pays.',
  runningUntil: (time: string) => `A job runs and pays, until ${time} at most.`,
  queued: 'It waits its turn.',
  queuedAt: (position: number, length: number) => `It holds place ${number(position)} of ${number(length)} and answers.`,
  up: (state: string) => `It answers and is in no queue. It says ${state}.`,
  upPlain: 'It answers and is in no queue.',
  queuedSilent: (position: number | null, length: number | null) =>
    position === null || length === null
      ? 'It holds a place in the queue and does not answer. If its turn comes, it will fail the job.'
      : `It holds place ${number(position)} of ${number(length)} and does not answer. If its turn comes, it will fail the job.`,
  runningSilent: 'The chain names it in a run, and it does not answer. The job may be lost.',
  offline: (since: string) => `Nothing answers since ${since}, and the chain names it nowhere.`,
  stuck: (duration: string, state: string) => `Up for ${duration}, neither queued nor running. It says ${state}.`,
  stuckPlain: (duration: string) => `Up for ${duration}, neither queued nor running.`,
  overdue: (duration: string) => `The job runs ${duration} past its deadline. It earns nothing more.`,
  lowSol: (left: string) => `${left} SOL left. Below 0.0050 the node takes no new work.`,
  looking: 'The first look is under way. What is missing fills itself in.',
  chainUnseen: 'We cannot see the chain, so we cannot tell what it does.',
  unseenBoth: 'We can see neither the chain nor its endpoint.',
  frontAnswers: (status: number) => `Something in front of it answers ${status}, so we cannot tell whether the node is up.`,
  silentFor: (since: string) => `Nothing answers since ${since}. We wait a little before we call that a verdict.`,
};

export const advice = {
  queuedSilent: 'Restart it, or stop it so that it leaves the queue.',
  runningSilent: 'Look at the machine and its network.',
  offline: 'Look at the machine, its power and its network.',
  stuck: 'Look at the node’s own log, then restart it.',
  overdue: 'Stop the job on the node, or restart the node.',
  lowSol: 'Send a little SOL to its address.',
  unseen: 'Nothing is to be done here: this is about our view, not about the node.',
};

/** Why something is not known; the keys are the API's own codes. */
export const why: Record<string, string> = {
  first_look: 'the first look is under way',
  waiting_for_second_look: 'a second look must agree first',
  rpc_unreachable: 'no RPC endpoint could be reached',
  rpc_timeout: 'the RPC endpoint timed out',
  rpc_throttled: 'the RPC endpoint throttles us',
  rpc_http_error: 'the RPC endpoint answers with an HTTP error',
  rpc_error: 'the RPC endpoint answers with an error',
  rpc_redirect: 'the RPC endpoint redirects us',
  rpc_garbage: 'the RPC endpoint answers what nobody can read',
  rpc_too_large: 'the RPC endpoint’s answer is too large',
  rpc_stale: 'the RPC endpoint is behind the chain',
  rpc_empty_list: 'the RPC endpoint answers an empty list',
  rpc_short_list: 'the RPC endpoint’s list is cut short',
  rpc_bad_account: 'an account on the chain cannot be read',
  no_address: 'the address of its endpoint cannot be used',
  private_address: 'the address of its endpoint is private, and WAKEFUL_ALLOW_PRIVATE does not allow it',
  not_asked: 'we did not ask: we are asked to wait, or have no connection to spare',
  api_unreachable: 'the network’s own API could not be reached',
  api_timeout: 'the network’s own API timed out',
  api_throttled: 'the network’s own API throttles us',
  api_http_error: 'the network’s own API answers with an HTTP error',
  api_garbage: 'the network’s own API answers what nobody can read',
  out_of_range: 'the amount is too large to be true',
  not_watching: 'we were not watching',
  store_unreachable: 'our own database does not answer, so nothing new can be kept',
  no_witness: 'no other node answers either, so we cannot tell whether it is up',
  not_json: 'somebody else answers in its place, not in JSON',
  other_node: 'another node answers in its place',
  redirect: 'something in front of it redirects us',
  asks_sign_in: 'something in front of it asks for a sign-in',
  throttled: 'something in front of it throttles us',
  unavailable_for_legal_reasons: 'something in front of it answers 451',
  http_error: 'something in front of it answers with an error',
  too_large: 'its answer is too large',
  silent: 'it does not answer, though not for long enough to call that a verdict',
};
export const whyElse: string = 'for a reason that this page does not know yet';

export const evidence = {
  chain: 'chain',
  endpoint: 'endpoint',
  together: 'together',
  runsJob: 'runs a job',
  runsIn: (market: string) => `runs a job in market ${market}`,
  queuedAt: (position: number, length: number) => `queued ${number(position)} of ${number(length)}`,
  queued: 'queued',
  inMarket: (market: string) => `in market ${market}`,
  nowhere: 'in no queue, no run',
  namesNowhere: 'names it nowhere',
  slot: (slot: number) => `slot ${number(slot)}`,
  ago: (duration: string) => `${duration} ago`,
  notSeen: (reason: string) => `could not look: ${reason}`,
  notSeenSince: (since: string, reason: string) => `could not look since ${since}: ${reason}`,
  silentSince: (since: string) => `silent since ${since}`,
  silentFor: (duration: string) => `silent ${duration}`,
  lastOk: (at: string) => `last good answer ${at}`,
  answered: (status: number, ms: number | null) => (ms === null ? `${status}` : `${status} in ${number(ms)} ms`),
  says: (state: string) => `state ${state}`,
  jobUntil: (time: string) => `job, to ${time} at most`,
  job: 'runs a job',
  placeOf: (position: number, length: number) => `${number(position)} of ${number(length)} in the queue`,
  since: (time: string) => `since ${time}`,
  frontAnswers: (status: number) => `${status} from something in front of it`,
  more: (count: number) => `and ${plural(count, 'further place', 'further places')} on the chain`,
  unknown: 'unknown',
  kind: {
    ok: 'answers',
    tunnel_page: 'the tunnel says that it is absent',
    http_status: 'HTTP error',
    timeout: 'timeout',
    refused: 'connection refused',
    reset: 'connection cut',
    tls: 'TLS failed',
    dns: 'its name does not resolve',
    private: 'a private address, not asked',
    unasked: 'not asked',
    not_json: 'not JSON',
    other_node: 'another node answers',
    redirect: 'redirected',
    too_large: 'answer too large',
  },
};

export const log = {
  job_started: 'started a job',
  job_finished: (ran: string | null, paid: string | null) => ['finished a job', ran, paid === null ? null : `${paid} NOS`].filter(Boolean).join(', '),
  job_failed: (ran: string | null) => (ran === null ? 'failed a job' : `failed a job after ${ran}`),
  job_abandoned: 'lost a job: it was abandoned',
  job_ended_by_deployer: (ran: string | null) => (ran === null ? 'had its job ended by the deployer' : `had its job ended by the deployer after ${ran}`),
  job_ended: (ran: string | null) => (ran === null ? 'ended a job; how is not known yet' : `ended a job after ${ran}; how is not known yet`),
  job_overdue: 'runs a job past its deadline',
  queued: 'entered the queue',
  kicked: 'was put out of the queue',
  silent: 'fell silent',
  offline: 'is offline',
  back: (after: string | null) => (after === null ? 'is back' : `is back after ${after}`),
  stuck: 'is stuck',
  sol_low: (left: string | null) => (left === null ? 'is low on SOL' : `is low on SOL: ${left} left`),
  sol_critical: (left: string | null) => (left === null ? 'has hardly any SOL left' : `has ${left} SOL left. Below 0.0050 it takes no new work`),
  stake_low: 'has less stake than its market asks for',
  unstaking: 'takes its stake out',
  slashed: 'lost part of its stake',
  tier_changed: (change: string | null) => (change === null ? 'is of another tier' : `changed its tier: ${change}`),
  version_old: (change: string | null) => (change === null ? 'runs a version below the minimum' : `runs a version below the minimum: ${change}`),
  gpu_changed: (now: string | null) => (now === null ? 'has other graphics cards' : `has other graphics cards: ${now}`),
  jobs_failing: (count: string | null) => (count === null ? 'failed its last jobs' : `failed its last ${count} jobs`),
  destination_paused: (words: string | null) => (words === null ? 'A destination was paused' : `A destination was paused: ${words}`),
  summary: 'The summary went out',
  still_down: (after: string | null) => (after === null ? 'is still down' : `is still down after ${after}`),
  blind: { chain: 'We cannot see the chain', endpoints: 'We cannot see the endpoints', indexer: 'We cannot see the indexer', all: 'We cannot see' },
  sighted: {
    chain: (after: string | null) => (after === null ? 'We see the chain again' : `We see the chain again, after ${after}`),
    indexer: (after: string | null) => (after === null ? 'We see the indexer again' : `We see the indexer again, after ${after}`),
    endpoints: (after: string | null) => (after === null ? 'We see the endpoints again' : `We see the endpoints again, after ${after}`),
    all: (after: string | null) => (after === null ? 'We see again' : `We see again, after ${after}`),
  },
};

export const outcome = { running: 'Running', finished: 'Finished', failed: 'Failed', abandoned: 'Abandoned', ended_by_deployer: 'Ended by deployer', unknown: 'Not known yet' };

export const track = {
  kind: {
    running: 'Running',
    queued: 'Queued',
    up: 'Up, not queued',
    stuck: 'Stuck',
    idle: 'In no queue, endpoint not asked',
    offline: 'Offline',
    running_silent: 'Running, but silent',
    queued_silent: 'Queued, but silent',
    chain_unseen: 'Chain not seen',
    unseen: 'We could not look',
    before: 'Not watched yet',
  },
  interval: (kind: string, from: string, to: string, length: string) => `${kind} from ${from} to ${to}, ${length}`,
  intervalOpen: (kind: string, from: string, length: string) => `${kind} since ${from}, ${length}`,
  name: (node: string, hours: number, share: string | null, now: string) => `${node}, last ${hours} hours: ${share === null ? '' : `running ${share}, `}now ${now}`,
  legend: { running: 'running', queued: 'queued', up: 'up, not queued', stuck: 'stuck', silent: 'endpoint silent', unseen: 'we could not look' },
};

export function addressFault(fault: AddressFault): string {
  switch (fault.kind) {
    case 'character': {
      const at = `Character ${fault.position}`;
      if (fault.character === '0') return `${at} is a zero. Node addresses have none; it may be an o.`;
      if (fault.character === 'O') return `${at} is a capital O. Node addresses have none; it may be an o.`;
      if (fault.character === 'I') return `${at} is a capital I. Node addresses have none; it may be a 1.`;
      if (fault.character === 'l') return `${at} is a small L. Node addresses have none; it may be a 1.`;
      return `${at} is “${fault.character}”. Node addresses have letters and digits only.`;
    }
    case 'too_short':
      return `Too short: ${plural(fault.length, 'character', 'characters')}. Node addresses have 32 to 44.`;
    case 'too_long':
      return `Too long: ${plural(fault.length, 'character', 'characters')}. Node addresses have 44 at most.`;
    case 'not_32_bytes':
      return 'The letters are right, their number is not: this is no 32-byte key.';
  }
}
