/**
 * The names that the app uses for the API's shapes. The document marks what may be null as optional and words as
 * strings; the server always sends the nulls, and the words are a closed list: both are said here, once.
 */

import type { components } from './schema.js';

type Schemas = components['schemas'];

/** Every field is there, null or not. */
export type Whole<T> = T extends readonly (infer Item)[] ? Whole<Item>[] : T extends object ? { [Key in keyof T]-?: Whole<Exclude<T[Key], undefined>> } : T;
export type With<T, Words> = Omit<T, keyof Words> & Words;

export type Status = 'running' | 'queued' | 'up' | 'offline' | 'unknown';
export type ChainState = 'running' | 'queued' | 'none' | 'unknown';
export type EndpointState = 'up' | 'silent' | 'unknown';
export type Activity = 'starting' | 'restarting' | 'benchmarking' | 'healthcheck' | 'joining_market' | 'running_job' | 'queued' | 'other';
export type AnswerKind = 'ok' | 'tunnel_page' | 'http_status' | 'timeout' | 'refused' | 'reset' | 'tls' | 'dns' | 'private' | 'unasked' | 'not_json' | 'other_node' | 'redirect' | 'too_large';
export type Source = 'chain' | 'endpoints' | 'indexer';
export type LogKind =
  | 'job_started'
  | 'job_finished'
  | 'job_failed'
  | 'job_abandoned'
  | 'job_ended_by_deployer'
  | 'job_ended'
  | 'job_overdue'
  | 'queued'
  | 'kicked'
  | 'silent'
  | 'offline'
  | 'back'
  | 'stuck'
  | 'blind'
  | 'sighted'
  | 'sol_low'
  | 'sol_critical'
  | 'stake_low'
  | 'unstaking'
  | 'slashed'
  | 'tier_changed'
  | 'version_old'
  | 'gpu_changed'
  | 'jobs_failing'
  | 'destination_paused'
  | 'summary'
  | 'still_down';
export type Outcome = 'running' | 'finished' | 'failed' | 'abandoned' | 'ended_by_deployer' | 'unknown';

/** Known: `value` and `at`. Unknown: `since`, `why` and, where there was one, `last`. */
export interface Measured {
  readonly value: string | null;
  readonly at?: string;
  readonly since?: string;
  readonly why?: string;
  readonly last?: Schemas['LastMeasured'] | null;
}
export type Answer = With<Whole<Schemas['Answer']>, { kind: AnswerKind }>;
export type Chain = With<Whole<Schemas['Chain']>, { state: ChainState }>;
export type Endpoint = With<Whole<Schemas['Endpoint']>, { state: EndpointState; activity: Activity | null; answer: Answer | null }>;
/** The status as it was last judged, while it is unknown. */
export type Last = With<Whole<Schemas['LastStatus']>, { status: Status }>;
export type Node = With<
  Whole<Schemas['Node']>,
  {
    status: Status;
    last: Last | null;
    chain: Chain;
    endpoint: Endpoint;
    sol_lamports: Measured;
    nos_micro: Measured;
    stake_micro_xnos: Measured;
  }
>;
/** `subject` is the run of a running span, the market of a queued one. */
export type Span = With<Whole<Schemas['Span']>, { state: ChainState | EndpointState }>;
export interface Spans {
  readonly chain: readonly Span[];
  readonly endpoint: readonly Span[];
}
/** Of one day, the seconds of each state; what is missing lies before we watched. */
export type Shares = Schemas['Shares'];
export type BlindSpan = With<Whole<Schemas['BlindSpan']>, { source: Source }>;
/** `days` is empty below 720 hours; `resolution_seconds` says how coarse the spans became, null = not at all. */
interface Past {
  readonly from: string;
  readonly to: string;
  readonly resolution_seconds: number | null;
  readonly blind: readonly BlindSpan[];
}
export type History = Past & { nodes: ({ address: string; days: readonly Shares[] } & Spans)[] };
export type QueuePoint = Schemas['QueuePoint'];
export type Job = With<Whole<Schemas['Job']>, { outcome: Outcome }>;
/** `subject` is the source where the log speaks of our own sight. */
export type LogEntry = With<Whole<Schemas['LogEntry']>, { kind: LogKind }>;
export type NodeDetail = Node & { history: Past & Spans & { days: readonly Shares[]; queue: readonly QueuePoint[]; jobs: Job[] }; jobs: Job[]; log: LogEntry[] };
export type Market = With<Whole<Schemas['Market']>, { queue_type: 'job' | 'node' | 'empty' | 'other' }>;
export type MarketPoint = With<Schemas['Point'], { queue_type: Market['queue_type'] }>;
export type MarketDetail = Omit<Past, 'resolution_seconds'> & { market: Market; points: readonly MarketPoint[] };
export type Jobs = { jobs: Job[]; next: string | null };
export type Blind = With<Whole<Schemas['Blind']>, { sources: { source: Source; since: string; why: string }[] }>;
export type Network = With<Whole<Schemas['Network']>, { markets: Market[]; blind: Blind | null }>;
export type Sources = Whole<Schemas['Sources']>;
export type AddError = Schemas['AddressProblem'];
export type Found = With<Whole<Schemas['Found']>, { chain: Chain | null }>;
