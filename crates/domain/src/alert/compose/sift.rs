//! What is put aside before anything is told: the muted, the unwanted, the stale, and what our own absence swallowed.

use super::{Composed, Desk, NodeNow, Waiting};
use crate::{
    alert::plan::{is_old_job, wanted},
    event::{Event, EventKind},
    time::Timestamp,
};

/// The rows that may be told; the others find their state.
pub(super) fn sift<'a>(desk: &Desk<'a>, composed: &mut Composed) -> Vec<&'a Waiting> {
    let mut rows = Vec::with_capacity(desk.waiting.len());
    for row in desk.waiting {
        let known = row.event.node.map(|node| desk.nodes.get(&node));
        // Not watched any more: nobody to tell.
        let Some(node) = known.map_or(Some(None), |node| node.map(Some)) else {
            composed.logged.push(row.id.clone());
            continue;
        };
        let watched = node.map(|node| &node.watched);
        let muted = watched
            .and_then(|watched| desk.preferences.muted_until(watched.muted_until, &watched.tags, desk.now));
        if !wanted(&row.event, desk.preferences, desk.channel, watched) {
            composed.logged.push(row.id.clone());
        } else if muted.is_some() {
            composed.muted.push(row.id.clone());
        } else if is_old_job(&row.event, desk.now)
            || is_down_no_more(&row.event, node)
            || ended_unheard(row, node, desk)
        {
            composed.logged.push(row.id.clone());
        } else {
            rows.push(row);
        }
    }
    rows
}

/// Whether it tells again of a silence that is over: its end is told by itself.
fn is_down_no_more(event: &Event, node: Option<&NodeNow>) -> bool {
    let silent = node.and_then(|node| node.judged.as_ref()?.node.endpoint.long_silence);
    event.kind == EventKind::StillDown && silent != Some(event.at)
}

/// Whether a silence is over by proof and no end of it waits to be told: that one was muted, and to tell the beginning alone
/// would call a node silent that answers.
fn ended_unheard(row: &Waiting, node: Option<&NodeNow>, desk: &Desk<'_>) -> bool {
    let answered = node.and_then(|node| node.judged.as_ref()?.node.endpoint.last_ok);
    let is_over = row.event.kind.is_silence() && answered.is_some_and(|answered| answered > row.event.at);
    is_over && !desk.waiting.iter().any(|other| other.event.ends().as_ref() == Some(&row.event.key))
}

/// The rows whose beginning and end lie in our own last silence, and the rest.
pub(super) fn missed<'a>(desk: &Desk<'a>, rows: Vec<&'a Waiting>) -> (Vec<&'a Waiting>, Vec<&'a Waiting>) {
    let Some(gap) = desk.gap else { return (Vec::new(), rows) };
    let ends: Vec<&Waiting> = rows.iter().copied().filter(|row| ends_within(row, gap, &rows)).collect();
    let begins = |row: &Waiting| {
        ends.iter().any(|end| {
            end.event.ends().as_ref() == Some(&row.event.key)
                || (row.event.kind == EventKind::JobStarted && row.event.subject == end.event.subject)
        })
    };
    rows.into_iter().partition(|row| ends.iter().any(|end| end.id == row.id) || begins(row))
}

/// Whether it is the end of something that began, too, within the gap.
fn ends_within(row: &Waiting, gap: (Timestamp, Timestamp), rows: &[&Waiting]) -> bool {
    let within = |at: Timestamp| gap.0 <= at && at <= gap.1;
    if !within(row.event.at) {
        return false;
    }
    match row.event.kind {
        EventKind::JobFinished | EventKind::JobEndedByDeployer | EventKind::JobEnded => {
            let ran = row.event.seconds.and_then(|seconds| u64::try_from(seconds).ok());
            ran.is_some_and(|ran| within(row.event.at.minus(std::time::Duration::from_secs(ran))))
        }
        _ => row
            .event
            .ends()
            .is_some_and(|began| rows.iter().any(|other| other.event.key == began && within(other.event.at))),
    }
}
