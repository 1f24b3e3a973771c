/** What a node's state looks like, who needs a person, and in which order. */

import type { Node, Status } from '../api/model.js';

/** The shapes of the status vocabulary. */
export type Shape =
  | 'running'
  | 'queued'
  | 'up'
  | 'overdue'
  | 'stuck'
  | 'low_sol'
  | 'queued_silent'
  | 'running_silent'
  | 'offline'
  | 'unknown'
  | 'looking';

/** Healthy words are grey; only these tones have a colour, and *unseen* has none. */
export type Tone = 'well' | 'look' | 'act' | 'unseen';

/** Below this many lamports a node may soon be unable to pay its fees. */
export const LOW_SOL_LAMPORTS = 6_000_000n;

export interface Look {
  readonly shape: Shape;
  readonly tone: Tone;
  /** Drawn in the dashed ring: this is the last known state, not the present one. */
  readonly stale: boolean;
}

const BY_STATUS: Record<Status, Shape> = { running: 'running', queued: 'queued', up: 'up', offline: 'offline', unknown: 'unknown' };

/**
 * How a node is drawn. While the chain cannot be seen (`blind`) every state is the last known one:
 * the drawing says so, and nothing turns into a verdict because of it.
 */
export function look(node: Node, blind: boolean): Look {
  const shape = shapeOf(node, blind || node.chain.state === 'unknown');
  if (shape === 'looking') return { shape, tone: 'unseen', stale: false };
  const remembered = node.status === 'unknown' && shape !== 'unknown';
  return blind || remembered ? { shape, tone: 'unseen', stale: true } : { shape, tone: TONES[shape], stale: false };
}

/** The shape of the present state or, with `remember`, of the last known one where the present is unknown. */
function shapeOf(node: Node, remember: boolean): Shape {
  if (node.status !== 'unknown') return shapeOfStatus(node, lowSol(node));
  if (node.why === 'first_look') return 'looking';
  return remember && node.last != null ? shapeOfStatus(node.last, lowSol(node)) : 'unknown';
}

/** A status as the server judged it, now or when it last could. */
type Judged = Pick<Node, 'status' | 'silent' | 'stuck' | 'overdue'>;

function shapeOfStatus(judged: Judged, low: boolean): Shape {
  if (judged.silent) return judged.status === 'running' ? 'running_silent' : 'queued_silent';
  if (judged.status === 'offline' || judged.status === 'unknown') return judged.status;
  if (judged.stuck) return 'stuck';
  if (judged.overdue) return 'overdue';
  return low ? 'low_sol' : BY_STATUS[judged.status];
}

const TONES: Record<Shape, Tone> = {
  running: 'well',
  queued: 'well',
  up: 'well',
  overdue: 'look',
  stuck: 'look',
  low_sol: 'look',
  queued_silent: 'act',
  running_silent: 'act',
  offline: 'act',
  unknown: 'unseen',
  looking: 'unseen',
};

/** True only when the balance was read: an unknown purse is no verdict. */
export function lowSol(node: Node): boolean {
  const { value } = node.sol_lamports;
  return value !== null && BigInt(value) < LOW_SOL_LAMPORTS;
}

const SEVERITY: Record<Shape, number> = {
  queued_silent: 0,
  running_silent: 0,
  offline: 1,
  stuck: 3,
  overdue: 4,
  low_sol: 5,
  unknown: 10,
  looking: 11,
  up: 20,
  queued: 21,
  running: 22,
};

/** Smaller is worse. Those below 10 need a person. In a blind time by what was last known, so that the order stays. */
export const severity = (node: Node, blind: boolean): number => SEVERITY[shapeOf(node, blind)];

export const needsYou = (node: Node, blind: boolean): boolean => severity(node, blind) < 10;
export const cannotBeSeen = (node: Node, blind: boolean): boolean => severity(node, blind) === SEVERITY.unknown;
export const firstLook = (node: Node): boolean => severity(node, false) === SEVERITY.looking;
export const isWell = (node: Node, blind: boolean): boolean => severity(node, blind) >= 20;

const natural = new Intl.Collator('en', { numeric: true, sensitivity: 'base' });

/** The place of a node: its first tag. It groups the board, in a fixed order, so that the eye learns each place. */
export const place = (node: Node): string => node.tags[0] ?? '';

/** By place, those without one last, then by name: the order of the board and of the lamps. */
export function byPlace(a: Node, b: Node): number {
  if ((place(a) === '') !== (place(b) === '')) return place(a) === '' ? 1 : -1;
  return natural.compare(place(a), place(b)) || natural.compare(a.name || a.address, b.name || b.address) || natural.compare(a.address, b.address);
}

/** Worst first, then by place and name. */
export const byNeed = (blind: boolean) => (a: Node, b: Node): number => severity(a, blind) - severity(b, blind) || byPlace(a, b);

/** The counters: they add up to all. A silent node counts as silent, a stuck one as stuck. */
export const TALLY = ['running', 'queued', 'up', 'stuck', 'silent', 'offline', 'unknown'] as const;
export type TallyKey = (typeof TALLY)[number];
export type Tally = Record<TallyKey, number>;

/** Where a node is counted. In a blind time by what was last known of it. */
export function tallyKey(node: Node, blind: boolean): TallyKey {
  if (node.silent) return 'silent';
  if (node.stuck) return 'stuck';
  if (!blind || node.status !== 'unknown') return node.status;
  const shape = shapeOf(node, true);
  if (shape === 'running_silent' || shape === 'queued_silent') return 'silent';
  return shape === 'stuck' ? 'stuck' : (node.last?.status ?? 'unknown');
}

export function tally(nodes: readonly Node[], blind: boolean): Tally {
  const counts: Tally = { running: 0, queued: 0, up: 0, stuck: 0, silent: 0, offline: 0, unknown: 0 };
  for (const node of nodes) counts[tallyKey(node, blind)] += 1;
  return counts;
}

/** The glyph that stands for a counter. */
export const TALLY_SHAPE: Record<TallyKey, Shape> = {
  running: 'running',
  queued: 'queued',
  up: 'up',
  stuck: 'stuck',
  silent: 'queued_silent',
  offline: 'offline',
  unknown: 'unknown',
};
