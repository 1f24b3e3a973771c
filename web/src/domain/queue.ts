/** A node's place in queues over time, from what the chain said of it and the places that were seen. */

import type { Span } from '../api/model.js';
import type { Point } from './steps.js';

/** A place seen at an instant; it holds until the next one of the same market or until the node left. */
export interface PlaceSeen {
  readonly at: string;
  readonly market: string;
  readonly position: number;
}

/** The steps of the node's place. Only the chain's spans say when it was in a queue: between two of them it was away. */
export function placePoints(spans: readonly Span[], places: readonly PlaceSeen[], to: number): Point[] {
  const points: Point[] = [];
  let end = Number.NEGATIVE_INFINITY;
  for (const span of spans) {
    const from = Date.parse(span.from);
    if (from > end && end > Number.NEGATIVE_INFINITY) points.push({ at: end, value: 'away' });
    end = span.to === null ? to : Date.parse(span.to);
    if (span.state !== 'queued') {
      points.push({ at: from, value: span.state === 'unknown' ? 'unseen' : 'away' });
      continue;
    }
    const here = places.filter((place) => place.market === span.subject && Date.parse(place.at) < end);
    const before = here.filter((place) => Date.parse(place.at) <= from).at(-1);
    const within = here.filter((place) => Date.parse(place.at) > from);
    // Before its place was first written down it stood in the queue all the same.
    points.push({ at: from, value: before?.position ?? within[0]?.position ?? 'unseen' });
    points.push(...within.map((place) => ({ at: Date.parse(place.at), value: place.position })));
  }
  return points;
}
