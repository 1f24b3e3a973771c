/** How the alerts of a page hang together: those of one cause, a silence with its end, what is open, the days. */

import type { Alert, Delivery, Message } from '../api/alerts.js';
import type { LogKind } from '../api/model.js';
import type { Shape, Tone } from './status.js';

/** One cause: the same kind within one hold of the first, told in the same messages. */
const ONE_CAUSE_MS = 60_000;
const GROUPED: readonly LogKind[] = ['silent', 'offline', 'stuck', 'kicked', 'back'];
const SILENCES: readonly LogKind[] = ['silent', 'offline'];

/** What is one thing to a reader: an alert, or several of one cause, with the recovery that closed it. */
export interface Item {
  readonly key: string;
  readonly alerts: readonly Alert[];
  /** That of a single alert; absent while it lasts, and for those of one cause. */
  readonly recovery: Alert | null;
  readonly open: boolean;
  /** Every one of them was seen. */
  readonly seen: boolean;
  readonly at: number;
}

const ms = (at: string): number => Date.parse(at);

/** Where and in which messages it was told. */
const told = (alert: Alert): string => alert.deliveries.map(({ destination, state, message }) => `${destination} ${message?.id ?? state}`).sort().join();

/** Newest first, as the alerts came. */
export function itemsOf(alerts: readonly Alert[]): Item[] {
  const closes = new Map<Alert, Alert>();
  for (const back of alerts.filter((alert) => alert.kind === 'back')) {
    const begun = alerts.find((alert) => SILENCES.includes(alert.kind) && alert.node === back.node && ms(alert.at) <= ms(back.at));
    if (begun !== undefined && !closes.has(begun)) closes.set(begun, back);
  }
  const ends = new Set(closes.values());
  const items: Item[] = [];
  const taken = new Set<Alert>();
  for (const alert of alerts) {
    if (taken.has(alert) || ends.has(alert)) continue;
    const group = GROUPED.includes(alert.kind)
      ? alerts.filter((other) => !taken.has(other) && !ends.has(other) && other.kind === alert.kind && told(other) === told(alert) && Math.abs(ms(other.at) - ms(alert.at)) <= ONE_CAUSE_MS)
      : [alert];
    group.forEach((member) => taken.add(member));
    const single = group.length === 1;
    items.push({
      key: alert.id,
      alerts: group,
      recovery: single ? (closes.get(alert) ?? null) : null,
      open: group.some((member) => member.open),
      seen: group.every((member) => member.acknowledged !== null),
      at: Math.min(...group.map((member) => ms(member.at))),
    });
  }
  return items;
}

/** The open ones: unseen before seen, then the newest. */
export function openOnes(items: readonly Item[]): Item[] {
  return items.filter((item) => item.open).sort((a, b) => Number(a.seen) - Number(b.seen) || b.at - a.at);
}

/** The rest by day; `dayOf` names the day of an instant in the reader's zone. */
export function byDay(items: readonly Item[], dayOf: (at: number) => string): { day: string; items: Item[] }[] {
  const days: { day: string; items: Item[] }[] = [];
  for (const item of items.filter((other) => !other.open).sort((a, b) => b.at - a.at)) {
    const day = dayOf(item.at);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}

/** The seconds that those of one cause lie apart; null for one alone, or all at once. */
export function spread(item: Item): number | null {
  const times = item.alerts.map((alert) => ms(alert.at));
  const seconds = Math.ceil((Math.max(...times) - Math.min(...times)) / 1000);
  return item.alerts.length > 1 && seconds > 0 ? seconds : null;
}

/** One line for each destination and message: several alerts of one message arrived or failed together. */
export function deliveriesOf(alerts: readonly Alert[]): Delivery[] {
  const lines = new Map<string, Delivery>();
  for (const delivery of alerts.flatMap((alert) => alert.deliveries)) {
    const key = `${delivery.destination} ${delivery.message?.id ?? delivery.state}`;
    if (!lines.has(key)) lines.set(key, delivery);
  }
  return [...lines.values()];
}

/** What became of a delivery. `pending` is drawn with the half lamp. */
export type Fate = 'pending' | 'held' | 'taken' | 'refused' | 'dropped' | 'muted' | 'logged';

const FATES: Record<Message['state'], Fate> = { waiting: 'pending', sent: 'taken', refused: 'refused', dropped: 'dropped' };

export function fateOf({ state, message, due }: Pick<Delivery, 'state' | 'message' | 'due'>, now: number): Fate {
  if (message !== null) return FATES[message.state];
  if (state === 'muted' || state === 'logged') return state;
  return ms(due) > now ? 'held' : 'pending';
}

const SHAPES: Partial<Record<LogKind, { shape: Shape; tone: Tone }>> = {
  silent: { shape: 'queued_silent', tone: 'act' },
  offline: { shape: 'offline', tone: 'act' },
  still_down: { shape: 'offline', tone: 'act' },
  back: { shape: 'up', tone: 'well' },
  stuck: { shape: 'stuck', tone: 'look' },
  kicked: { shape: 'low_sol', tone: 'look' },
  job_started: { shape: 'running', tone: 'well' },
  job_finished: { shape: 'up', tone: 'well' },
  job_ended: { shape: 'up', tone: 'well' },
  job_ended_by_deployer: { shape: 'up', tone: 'well' },
  job_overdue: { shape: 'overdue', tone: 'look' },
  job_failed: { shape: 'low_sol', tone: 'act' },
  job_abandoned: { shape: 'low_sol', tone: 'act' },
  jobs_failing: { shape: 'low_sol', tone: 'act' },
  blind: { shape: 'unknown', tone: 'unseen' },
  sighted: { shape: 'up', tone: 'well' },
  summary: { shape: 'up', tone: 'well' },
};

/** How an alert is drawn; what has no shape of its own is a condition. */
export const drawn = (kind: LogKind): { shape: Shape; tone: Tone } => SHAPES[kind] ?? { shape: 'low_sol', tone: 'look' };

/** Minutes of the day of `22:00`; null where it is no time. */
export function minutesOf(time: string): number | null {
  const [, hour, minute] = /^(\d{2}):(\d{2})$/.exec(time) ?? [];
  const minutes = Number(hour) * 60 + Number(minute);
  return hour === undefined || minutes >= 1440 || Number(minute) > 59 ? null : minutes;
}

/** The parts of the day, in minutes, that quiet hours take: two where they go over midnight. */
export function quietSpans(from: string, to: string): { from: number; to: number }[] {
  const [start, end] = [minutesOf(from), minutesOf(to)];
  if (start === null || end === null || start === end) return [];
  if (start < end) return [{ from: start, to: end }];
  return [
    { from: 0, to: end },
    { from: start, to: 1440 },
  ].filter((span) => span.from < span.to);
}
