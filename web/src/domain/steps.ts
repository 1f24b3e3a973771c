/** A value that holds until the next one, as steps between two times: for places in a queue and lengths of one. */

/** A figure; `unseen`: we could not look; `away`: there was nothing to measure, such as a place in no queue. */
export type Value = number | 'unseen' | 'away';

/** From `at` on the value was this. */
export interface Point {
  readonly at: number;
  readonly value: Value;
}

/** One value and for how long it held. */
export interface Step {
  readonly from: number;
  readonly to: number;
  readonly value: Value;
}

/** The steps between `from` and `to` (ms). Equal neighbours are one step; before the first point nothing is known. */
export function steps(points: readonly Point[], from: number, to: number): Step[] {
  const found: Step[] = [];
  points.forEach((point, index) => {
    const start = Math.max(point.at, from);
    const end = Math.min(points[index + 1]?.at ?? to, to);
    if (end <= start) return;
    const last = found.at(-1);
    if (last !== undefined && last.value === point.value && last.to === start) found[found.length - 1] = { ...last, to: end };
    else found.push({ from: start, to: end, value: point.value });
  });
  return found;
}

/** The largest value, at least `least`, so that an axis is never empty. */
export function peak(list: readonly Step[], least = 1): number {
  return list.reduce((most, step) => (typeof step.value === 'number' ? Math.max(most, step.value) : most), least);
}

/** Three to five whole numbers from `low` to at least `high`, evenly apart: the labels of an axis. */
export function ticks(low: number, high: number): number[] {
  const span = Math.max(1, high - low);
  const rough = span / 4;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = Math.max(1, ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10) * power);
  const count = Math.ceil(span / step);
  return Array.from({ length: count + 1 }, (_, index) => low + index * step);
}

/** Where a line is drawn: one path a stretch without a break. `x` and `y` place a time and a value. */
export function paths(list: readonly Step[], x: (at: number) => number, y: (value: number) => number): string[] {
  const found: string[] = [];
  let open = '';
  list.forEach((step, index) => {
    if (typeof step.value !== 'number') {
      if (open !== '') found.push(open);
      open = '';
      return;
    }
    const joined = open !== '' && list[index - 1]?.to === step.from;
    if (!joined && open !== '') {
      found.push(open);
      open = '';
    }
    open += `${open === '' ? 'M' : 'L'}${round(x(step.from))} ${round(y(step.value))}H${round(x(step.to))}`;
  });
  if (open !== '') found.push(open);
  return found;
}

const round = (value: number): number => Math.round(value * 10) / 10;

/** The points with the times in which we could not look laid over them; after each, what held before holds again. */
export function veiled(points: readonly Point[], blind: readonly { from: number; to: number }[]): Point[] {
  const times = [...new Set([...points.map((point) => point.at), ...blind.flatMap((span) => [span.from, span.to])])].sort((a, b) => a - b);
  const held = (at: number) => points.filter((point) => point.at <= at).at(-1)?.value;
  return times.flatMap((at) => {
    const value = blind.some((span) => span.from <= at && at < span.to) ? 'unseen' : held(at);
    return value === undefined ? [] : [{ at, value }];
  });
}
