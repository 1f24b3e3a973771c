//! Makes a long past short enough for a plot, without hiding how coarse it became. Pure.

use std::time::Duration;

use domain::time::Timestamp;
use serde::Serialize;
use store::Span;
use utoipa::ToSchema;

/// The most spans of one answer, over all nodes and both axes.
pub const MOST_SPANS: usize = 20_000;
/// The most spans of one axis of one node.
pub const MOST_OF_AXIS: usize = 500;
/// The fewest to which one is cut, however many nodes there are.
const FEWEST_OF_AXIS: usize = 20;
/// The most points of a line.
pub const MOST_POINTS: usize = 500;
/// From so many hours on, a past has columns: one a day.
pub const COLUMNS_FROM_HOURS: u32 = 720;
const DAY_MS: i64 = 86_400_000;

/// A time with an end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Range {
    /// Its first instant.
    pub from: Timestamp,
    /// The first instant after it.
    pub to: Timestamp,
}

/// How a day was: seconds of each state. What is missing to the length lies before we watched.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, ToSchema)]
pub struct Shares {
    /// The chain named the node in a run.
    pub running: i64,
    /// It waited in a queue.
    pub queued: i64,
    /// Neither.
    pub none: i64,
    /// The endpoint answered.
    pub up: i64,
    /// It was silent.
    pub silent: i64,
    /// We could not look.
    pub unknown: i64,
}

/// How many spans each axis may have when so many nodes are told at once.
pub fn share(nodes: usize) -> usize {
    (MOST_SPANS / 2 / nodes.max(1)).clamp(FEWEST_OF_AXIS, MOST_OF_AXIS)
}

impl Range {
    /// The last hours before `now`.
    pub fn last(hours: u32, now: Timestamp) -> Self {
        Self { from: now.minus(Duration::from_secs(u64::from(hours) * 3_600)), to: now }
    }

    const fn millis(self) -> i64 {
        self.to.millis().saturating_sub(self.from.millis())
    }

    fn overlap(self, span: &Span) -> i64 {
        let end = span.to.map_or(self.to.millis(), |to| to.millis().min(self.to.millis()));
        end.saturating_sub(span.from.millis().max(self.from.millis())).max(0)
    }

    /// The whole of it in pieces of `millis`, the last one may be shorter.
    fn pieces(self, millis: i64) -> impl Iterator<Item = Self> {
        let step = usize::try_from(millis.max(1)).unwrap_or(usize::MAX);
        (self.from.millis()..self.to.millis()).step_by(step).map(move |from| Self {
            from: Timestamp::from_millis(from),
            to: Timestamp::from_millis(from.saturating_add(millis).min(self.to.millis())),
        })
    }
}

/// How coarse an axis must become; `None` = it is told as it was.
pub fn coarse(range: Range, spans: usize, most: usize) -> Option<Duration> {
    let most = i64::try_from(most.max(1)).unwrap_or(i64::MAX);
    let fits = i64::try_from(spans).is_ok_and(|spans| spans <= most);
    let millis = range.millis() / most + 1;
    (!fits).then(|| Duration::from_millis(u64::try_from(millis).unwrap_or(0)))
}

/// The spans of one axis in their order, at most `most` of them: of each piece of the range only the state that held
/// for longest is told.
pub fn spans(range: Range, spans: Vec<Span>, most: usize) -> Vec<Span> {
    let Some(piece) = coarse(range, spans.len(), most) else { return spans };
    let millis = i64::try_from(piece.as_millis()).unwrap_or(i64::MAX);
    let mut thinned: Vec<Span> = Vec::new();
    let mut first = 0;
    for piece in range.pieces(millis) {
        let rest = spans.get(first..).unwrap_or_default();
        first += rest.iter().take_while(|span| span.to.is_some_and(|to| to <= piece.from)).count();
        let rest = spans.get(first..).unwrap_or_default();
        let touching: Vec<&Span> = rest.iter().take_while(|span| span.from < piece.to).collect();
        let weight = |state: &str| -> i64 {
            touching.iter().filter(|span| span.state == state).map(|span| piece.overlap(span)).sum()
        };
        let longest = touching.iter().max_by_key(|span| (weight(&span.state), piece.overlap(span)));
        let Some(span) = longest.filter(|span| piece.overlap(span) > 0) else { continue };
        let open = span.to.is_none() && piece.to == range.to;
        let to = (!open).then_some(piece.to);
        match thinned.last_mut() {
            Some(last) if goes_on(last, span, piece.from) => last.to = to,
            _ => thinned.push(Span { from: piece.from, to, ..(*span).clone() }),
        }
    }
    thinned
}

fn goes_on(last: &Span, span: &Span, from: Timestamp) -> bool {
    last.to == Some(from) && last.state == span.state && last.subject == span.subject && last.why == span.why
}

/// One entry per day of the range, counted from its beginning: how long each state held.
pub fn columns(range: Range, spans: &[Span]) -> Vec<Shares> {
    let mut days: Vec<(Range, Shares)> = range.pieces(DAY_MS).map(|day| (day, Shares::default())).collect();
    for span in spans {
        let before = span.from.millis().saturating_sub(range.from.millis()).div_euclid(DAY_MS);
        let first = usize::try_from(before).unwrap_or(0);
        for (day, shares) in days.iter_mut().skip(first) {
            let seconds = day.overlap(span) / 1_000;
            if span.to.is_some_and(|to| to <= day.from) {
                break;
            }
            match span.state.as_str() {
                "running" => shares.running += seconds,
                "queued" => shares.queued += seconds,
                "none" => shares.none += seconds,
                "up" => shares.up += seconds,
                "silent" => shares.silent += seconds,
                _ => shares.unknown += seconds,
            }
        }
    }
    days.into_iter().map(|(_, shares)| shares).collect()
}

/// The points of a line that holds until its next point, at most [`MOST_POINTS`] and the one that leads: of each piece
/// of the range the last.
pub fn points<T>(range: Range, points: Vec<T>, at: impl Fn(&T) -> Timestamp) -> Vec<T> {
    if points.len() <= MOST_POINTS {
        return points;
    }
    let pieces = i64::try_from(MOST_POINTS).unwrap_or(1);
    let millis = range.millis() / pieces + 1;
    let piece = |point: &T| at(point).millis().saturating_sub(range.from.millis()).div_euclid(millis);
    let mut thinned: Vec<T> = Vec::new();
    for point in points {
        match thinned.last_mut() {
            Some(last) if piece(last) == piece(&point) => *last = point,
            _ => thinned.push(point),
        }
    }
    thinned
}

#[cfg(test)]
#[path = "thin_tests.rs"]
mod tests;
