/** What is said about a node: chooses the words, the catalogue has them. */

import type { Failure } from '@wakeful/session';
import type { Activity, LogEntry, Node, Status } from './api/model.js';
import { clock } from './clock.svelte.js';
import { chainReadAt } from './domain/sight.js';
import { look } from './domain/status.js';
import type { Look } from './domain/status.js';
import { live } from './live.svelte.js';
import { say } from './messages/index.svelte.js';
import { reader } from './reader.svelte.js';

export const lookOf = (node: Node): Look => look(node, live.blindSince !== null);

/** The word beside the glyph. */
export function word(node: Node): string {
  const { t } = say;
  const { shape } = lookOf(node);
  const { position, queue_length: length } = node.chain;
  if (shape === 'queued' && position !== null && length !== null) return t.status.queuedAt(position, length);
  if (shape === 'up' && node.endpoint.state === 'up' && node.endpoint.activity !== null) return t.activity[node.endpoint.activity];
  if (shape === 'low_sol') return t.status.lowSol(t.status[plainStatus(node)]);
  return t.status[shape];
}

/** The status that stands, or the last one that did. */
export const plainStatus = (node: Node): Status => (node.status === 'unknown' ? (node.last?.status ?? 'unknown') : node.status);

/** The word without the place in the queue, where that has a column of its own. */
export function plainWord(node: Node): string {
  return lookOf(node).shape === 'queued' ? say.t.status.queued : word(node);
}

/** What a market is called; its short address until the network told its name. */
export const marketName = (address: string): string => live.network?.markets.find((market) => market.address === address)?.name ?? reader.address(address);

export const reasonWord = (code: string | null): string => (code === null ? say.t.whyElse : (say.t.why[code] ?? say.t.whyElse));
export const raw = (activity: Activity | null): string | null => (activity === null ? null : say.t.rawActivity[activity]);

/** One sentence: what is so, and what follows from it. */
export function sentence(node: Node): string {
  const { sentence: t } = say.t;
  const { chain, endpoint } = node;
  const { shape, stale } = lookOf(node);
  if (stale || shape === 'unknown') return unseen(node);
  switch (shape) {
    case 'looking':
      return t.looking;
    case 'queued_silent':
      return t.queuedSilent(chain.position, chain.queue_length);
    case 'running_silent':
      return t.runningSilent;
    case 'offline':
      return t.offline(sinceOf(endpoint.since ?? node.since));
    case 'stuck': {
      const state = raw(endpoint.activity);
      const length = howLong(node) ?? '';
      return state === null ? t.stuckPlain(length) : t.stuck(length, state);
    }
    case 'overdue':
      return t.overdue(chain.deadline === null ? '' : reader.age(chain.deadline));
    case 'low_sol':
      return t.lowSol(node.sol_lamports.value === null ? '' : reader.sol(node.sol_lamports.value));
    case 'running':
      return chain.deadline === null ? t.running : t.runningUntil(reader.since(chain.deadline));
    case 'queued':
      return chain.position === null || chain.queue_length === null ? t.queued : t.queuedAt(chain.position, chain.queue_length);
    case 'up': {
      const state = raw(endpoint.activity);
      return state === null ? t.upPlain : t.up(state);
    }
  }
}

function unseen(node: Node): string {
  const { t } = say;
  const { chain, endpoint } = node;
  if (chain.state === 'unknown' && endpoint.state === 'unknown') return t.sentence.unseenBoth;
  if (chain.state === 'unknown' || live.blindSince !== null) return t.sentence.chainUnseen;
  if (endpoint.state === 'silent') return t.sentence.silentFor(sinceOf(endpoint.since));
  const front = frontStatus(node);
  if (front !== null) return t.sentence.frontAnswers(front);
  return capital(`${reasonWord(endpoint.why ?? node.why)}.`);
}

/** What a person can do about it; null when nothing is to be done. */
export function adviceFor(node: Node): string | null {
  const { advice } = say.t;
  const { shape, stale } = lookOf(node);
  if (stale || shape === 'unknown') return advice.unseen;
  switch (shape) {
    case 'queued_silent':
      return advice.queuedSilent;
    case 'running_silent':
      return advice.runningSilent;
    case 'offline':
      return advice.offline;
    case 'stuck':
      return advice.stuck;
    case 'overdue':
      return advice.overdue;
    case 'low_sol':
      return advice.lowSol;
    default:
      return null;
  }
}

/** Since when the shown state lasts. A silence counts from its own beginning, a delay from the deadline. */
export function stateSince(node: Node): string | null {
  if (node.silent) return node.endpoint.since;
  return node.overdue ? (node.chain.deadline ?? node.since) : node.since;
}

export function howLong(node: Node): string | null {
  const at = stateSince(node);
  return at === null ? null : reader.age(at);
}

/** The HTTP status of whoever answers in the node's place; null where none says anything. */
function frontStatus(node: Node): number | null {
  const { answer } = node.endpoint;
  return answer?.kind === 'http_status' || answer?.kind === 'redirect' ? answer.status : null;
}

const sinceOf = (at: string | null): string => (at === null ? say.t.evidence.unknown : reader.since(at));

/** What the chain says of it, where and when it was read. */
export function chainEvidence(node: Node): string {
  const { evidence: t } = say.t;
  const { chain } = node;
  const at = chainReadAt(node, live.network);
  if (chain.state === 'unknown') {
    if (chain.why === 'first_look') return reasonWord(chain.why);
    const last = chain.last === null ? null : say.t.status.lastKnown(lastChainWord(chain.last.state));
    return list(t.notSeenSince(reader.since(chain.since), reasonWord(chain.why)), last);
  }
  const market = chain.market === null ? null : marketName(chain.market);
  const said = {
    running: market === null ? t.runsJob : t.runsIn(market),
    queued: [placeWord(node), market === null ? null : t.inMarket(market)].filter(Boolean).join(' '),
    none: t.nowhere,
  }[chain.state];
  const slot = live.network?.slot ?? chain.slot;
  return list(said, chain.more > 0 ? t.more(chain.more) : null, slot === null ? null : t.slot(slot), at === null ? null : t.ago(reader.age(at)));
}

function placeWord(node: Node): string {
  const { position, queue_length: length } = node.chain;
  return position === null || length === null ? say.t.evidence.queued : say.t.evidence.queuedAt(position, length);
}

export function lastChainWord(state: string): string {
  const { t } = say;
  if (state === 'running' || state === 'queued') return t.status[state];
  return state === 'none' ? t.evidence.nowhere : state;
}

/** What its endpoint says of it, and when. */
export function endpointEvidence(node: Node): string {
  const { evidence: t } = say.t;
  const { endpoint } = node;
  const { answer } = endpoint;
  const lastGood = endpoint.last_ok === null ? null : t.lastOk(reader.since(endpoint.last_ok));
  if (endpoint.state === 'unknown') {
    if (endpoint.why === 'first_look') return reasonWord(endpoint.why);
    const front = frontStatus(node);
    const reason = front === null ? reasonWord(endpoint.why) : t.frontAnswers(front);
    return list(t.notSeenSince(reader.since(endpoint.since), reason), lastGood);
  }
  if (endpoint.state === 'silent') return list(t.silentSince(sinceOf(endpoint.since)), answerWord(node), lastGood);
  const state = raw(endpoint.activity);
  const said = answer === null ? t.kind.ok : t.answered(answer.status ?? 200, answer.ms);
  return list(said, state === null ? null : t.says(state), endpoint.at === null ? null : t.ago(reader.age(endpoint.at)));
}

/** What the last probe brought, when that was not a good answer. */
export function answerWord(node: Node): string | null {
  const { answer } = node.endpoint;
  if (answer === null || answer.kind === 'ok') return null;
  const kind = say.t.evidence.kind[answer.kind];
  return answer.status === null ? kind : `${kind} (${answer.status})`;
}

/** Short forms for the cells of the table. */
export function chainCell(node: Node): string {
  const { evidence: t } = say.t;
  const { chain } = node;
  if (chain.state === 'running') return chain.deadline === null ? t.job : t.jobUntil(reader.since(chain.deadline));
  if (chain.state === 'queued') return chain.position === null || chain.queue_length === null ? t.queued : t.placeOf(chain.position, chain.queue_length);
  return chain.state === 'none' ? t.namesNowhere : t.unknown;
}

export function endpointCell(node: Node): string {
  const { evidence: t } = say.t;
  const { endpoint } = node;
  if (endpoint.state === 'silent') return t.silentFor(reader.age(endpoint.since));
  if (endpoint.state === 'unknown') return answerWord(node) ?? t.unknown;
  const said = endpoint.answer?.kind === 'ok' ? t.answered(endpoint.answer.status ?? 200, endpoint.answer.ms) : t.kind.ok;
  const quiet = node.status === 'up' || node.stuck;
  return list(said, quiet ? raw(endpoint.activity) : null);
}

const lamports = (subject: string | null): string | null => (subject === null || !/^\d+$/.test(subject) ? null : reader.sol(subject));
const change = (subject: string | null): string | null => subject?.replace('/', ' → ') ?? null;

/** What a line of the log and an alert have in common. */
export type Said = Pick<LogEntry, 'kind' | 'node' | 'subject' | 'seconds' | 'micro_nos'>;

/** A line of the log, without its time. The node's name comes first where there is one. */
export function logLine(entry: Said, withName: boolean): string {
  const { log } = say.t;
  const { subject } = entry;
  const ran = entry.seconds === null ? null : reader.dur(entry.seconds * 1000);
  const source = entry.subject === 'chain' || entry.subject === 'endpoints' || entry.subject === 'indexer' ? entry.subject : 'all';
  if (entry.kind === 'blind') return log.blind[source];
  if (entry.kind === 'sighted') return log.sighted[source](ran);
  const said = {
    job_finished: () => log.job_finished(ran, entry.micro_nos === null ? null : reader.nos(entry.micro_nos)),
    job_failed: () => log.job_failed(ran),
    job_ended_by_deployer: () => log.job_ended_by_deployer(ran),
    back: () => log.back(ran),
    job_started: () => log.job_started,
    job_abandoned: () => log.job_abandoned,
    job_overdue: () => log.job_overdue,
    queued: () => log.queued,
    kicked: () => log.kicked,
    silent: () => log.silent,
    offline: () => log.offline,
    stuck: () => log.stuck,
    job_ended: () => log.job_ended(ran),
    sol_low: () => log.sol_low(lamports(subject)),
    sol_critical: () => log.sol_critical(lamports(subject)),
    stake_low: () => log.stake_low,
    unstaking: () => log.unstaking,
    slashed: () => log.slashed,
    tier_changed: () => log.tier_changed(change(subject)),
    version_old: () => log.version_old(change(subject)),
    gpu_changed: () => log.gpu_changed(subject),
    jobs_failing: () => log.jobs_failing(subject),
    destination_paused: () => log.destination_paused(subject),
    summary: () => log.summary,
    still_down: () => log.still_down(ran),
  }[entry.kind]();
  if (!withName || entry.node === null) return capital(said);
  const node = live.nodes.get(entry.node);
  return `${node === undefined ? reader.address(entry.node) : reader.name(node)} ${said}`;
}

/** What a failed call means, for the person who made it. */
export function failureText(failure: Failure): string {
  const { t } = say;
  if (failure.kind === 'transport') return t.noAnswer;
  if (failure.kind === 'foreign') return failure.status >= 500 ? t.noAnswer : t.foreign(failure.status);
  if (failure.code === 'too_many_attempts' || failure.status === 429) {
    return t.tooMany(failure.retryAfterMs === null ? null : reader.dur(failure.retryAfterMs));
  }
  return t.problem[failure.code] ?? t.problemElse(failure.code);
}

/** A refusal by its code; its own English sentence when the code is a new one. */
export const codeText = (code: string, detail: string): string => say.t.problem[code] ?? (detail || say.t.problemElse(code));

const list = (...parts: (string | null)[]): string => parts.filter((part) => part !== null && part !== '').join(', ');
export const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
export const nowMs = (): number => clock.now;

/** One axis as a claim: what is said in bold, the rest of it, and where it was read. */
export interface Claim {
  readonly strong: string;
  readonly rest: string;
  readonly detail: string;
  readonly tone: Look['tone'];
  readonly at: string | null;
}

export function chainClaim(node: Node): Claim {
  const { evidence: t, status } = say.t;
  const { chain } = node;
  const at = chainReadAt(node, live.network);
  if (chain.state === 'unknown') {
    const strong = chain.last === null ? t.unknown : status.lastKnown(lastChainWord(chain.last.state));
    const reason = t.notSeenSince(reader.since(chain.since), reasonWord(chain.why));
    return { strong, rest: '', detail: reason, tone: 'unseen', at: chain.last?.at ?? at };
  }
  const since = t.since(reader.since(chain.since));
  const market = chain.market === null ? null : t.inMarket(marketName(chain.market));
  const slot = live.network?.slot ?? chain.slot;
  const detail = list(slot === null ? null : t.slot(slot), chain.more > 0 ? t.more(chain.more) : null);
  const strong = { running: status.running, queued: capital(placeWord(node)), none: capital(t.nowhere) }[chain.state];
  const rest = [market === null ? '' : ` ${market}`, `, ${since}`].join('');
  return { strong, rest, detail, tone: 'well', at };
}

export function endpointClaim(node: Node): Claim {
  const { evidence: t, status } = say.t;
  const { endpoint } = node;
  const { answer } = endpoint;
  const lastGood = endpoint.last_ok === null ? null : t.lastOk(reader.since(endpoint.last_ok));
  if (endpoint.state === 'unknown') {
    const front = frontStatus(node);
    const reason = front === null ? reasonWord(endpoint.why) : t.frontAnswers(front);
    const known = endpoint.last === null ? t.unknown : status.lastKnown(endpoint.last.state === 'up' ? status.up : endpoint.last.state);
    return { strong: known, rest: '', detail: list(t.notSeenSince(reader.since(endpoint.since), reason), lastGood), tone: 'unseen', at: endpoint.at };
  }
  if (endpoint.state === 'silent') {
    return { strong: capital(t.silentSince(sinceOf(endpoint.since))), rest: '', detail: list(answerWord(node), lastGood), tone: node.silent || node.status === 'offline' ? 'act' : 'unseen', at: endpoint.at };
  }
  const state = raw(endpoint.activity);
  const since = `, ${t.since(reader.since(endpoint.since))}`;
  const said = answer === null ? null : t.answered(answer.status ?? 200, answer.ms);
  return { strong: status.up, rest: since, detail: list(said, state === null ? null : t.says(state)), tone: 'well', at: endpoint.at };
}

/** What the two axes come to. */
export function together(node: Node): { strong: string; detail: string; tone: Look['tone'] } {
  const { t } = say;
  const { shape, tone, stale } = lookOf(node);
  const strong = stale ? t.status.lastKnown(word(node)) : capital(word(node));
  if (node.chain.state === 'unknown' || node.endpoint.state === 'unknown') return { strong, detail: t.node.oneAxis, tone };
  if (shape === 'queued_silent' || shape === 'running_silent') return { strong, detail: t.node.notTogetherOffline, tone };
  return { strong, detail: shape === 'offline' ? t.node.chainAgrees : t.node.bothAgree, tone };
}
