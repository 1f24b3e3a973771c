//! What is worth saying between two looks: pure rules on (before, after, now).

use crate::{
    chain::Chain,
    event::{Event, EventKind},
    job::Outcome,
    network::ClosedRun,
    node::Node,
    reading::Reading,
    sight::{Sight, Source},
    status::Status,
    time::Timestamp,
};

/// A node with the status that was shown of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Judged {
    /// The node.
    pub node: Node,
    /// Its status when it was judged.
    pub status: Status,
}

/// The events of one node between two judgements.
#[must_use]
pub fn compare(before: &Judged, after: &Judged, now: Timestamp) -> Vec<Event> {
    let mut events = chain_events(&before.node, &after.node);
    events.extend(silence_events(&before.node, &after.node, now));
    let node = after.node.address;
    if after.status.stuck && !before.status.stuck {
        events.push(Event {
            key: format!("stuck:{node}:{}", stuck_since(after).millis()),
            ..raise(EventKind::Stuck, after, now)
        });
    }
    if after.status.overdue && !before.status.overdue {
        let run = subject(&after.node);
        events.push(Event::of_node(EventKind::JobOverdue, "job_overdue", node, run, now));
    }
    events
}

/// The first instant of the interval that made it stuck: of brief activities, or of being up in no queue.
fn stuck_since(judged: &Judged) -> Timestamp {
    let idle = judged.status.since;
    judged.node.endpoint.brief_since.map_or(idle, |brief| brief.max(idle))
}

fn raise(kind: EventKind, after: &Judged, at: Timestamp) -> Event {
    Event::of_node(kind, kind.word(), after.node.address, None, at)
}

fn subject(node: &Node) -> Option<String> {
    node.chain.reading.known().and_then(Chain::subject).map(|address| address.to_string())
}

fn chain_events(before: &Node, after: &Node) -> Vec<Event> {
    let Reading::Known { value: state, .. } = &after.chain.reading else { return Vec::new() };
    let earlier = before.chain.reading.latest().map(|(chain, _)| chain);
    if earlier.is_some_and(|earlier| earlier.same_interval(state)) {
        return Vec::new();
    }
    let node = after.address;
    match (earlier, state) {
        // What ran before anybody looked is no news; a run that began since then is.
        (None, Chain::Running(run)) if run.started < before.chain.since => Vec::new(),
        (_, Chain::Running(run)) => vec![Event::of_node(
            EventKind::JobStarted,
            "job_started",
            node,
            Some(run.run.to_string()),
            run.started,
        )],
        (Some(_), Chain::Queued(queued)) => vec![Event {
            key: format!("queued:{node}:{}", after.chain.since.millis()),
            ..Event::of_node(
                EventKind::Queued,
                "queued",
                node,
                Some(queued.market.to_string()),
                after.chain.since,
            )
        }],
        // Out of a queue that was last seen before a blindness there are other ways: it may have been picked since.
        (Some(Chain::Queued(queued)), Chain::None) if before.chain.reading.known().is_some() => vec![Event {
            key: format!("kicked:{node}:{}", after.chain.since.millis()),
            ..Event::of_node(
                EventKind::Kicked,
                "kicked",
                node,
                Some(queued.market.to_string()),
                after.chain.since,
            )
        }],
        _ => Vec::new(),
    }
}

/// One kind of fact in two words: a run that ends meanwhile raises no second, nor does a blindness.
fn silence_events(before: &Node, after: &Node, now: Timestamp) -> Vec<Event> {
    let (was, is) = (before.endpoint.long_silence, after.endpoint.long_silence);
    if was == is {
        return Vec::new();
    }
    let node = after.address;
    let back = was.map(|since| Event {
        key: format!("back:{node}:{}", since.millis()),
        seconds: i64::try_from(now.since(since).as_secs()).ok(),
        ..Event::of_node(EventKind::Back, "back", node, None, now)
    });
    let nowhere = after.chain.reading.latest().is_some_and(|(chain, _)| *chain == Chain::None);
    let kind = if nowhere { EventKind::Offline } else { EventKind::Silent };
    let silent = is.map(|since| Event::of_node(kind, "silent", node, None, since));
    back.into_iter().chain(silent).collect()
}

/// The event of a run that is proven to be gone, as seen at `now`.
#[must_use]
pub fn ended(closed: &ClosedRun, now: Timestamp) -> Option<Event> {
    let kind = match closed.ending.outcome {
        Outcome::Running => return None,
        Outcome::Finished => EventKind::JobFinished,
        Outcome::Failed => EventKind::JobFailed,
        Outcome::Abandoned => EventKind::JobAbandoned,
        Outcome::EndedByDeployer => EventKind::JobEndedByDeployer,
        Outcome::Unknown => EventKind::JobEnded,
    };
    let ended_at = closed.ending.time_end.map_or(now, Timestamp::from_unix_seconds);
    let seconds = closed.ending.time_end.map(|end| end.saturating_sub(closed.ending.time_start).max(0));
    let event =
        Event::of_node(kind, "job_ended", closed.run.node, Some(closed.address.to_string()), ended_at);
    Some(Event { seconds, micro_nos: closed.ending.paid, ..event })
}

/// The events of our own sight through one source.
#[must_use]
pub fn sight(source: Source, before: &Sight, after: &Sight, now: Timestamp) -> Option<Event> {
    let word = source.word();
    let event = |kind: EventKind, since: Timestamp, at, seconds| Event {
        key: format!("{}:{word}:{}", kind.word(), since.millis()),
        kind,
        node: None,
        subject: Some(word.to_owned()),
        at,
        seconds,
        micro_nos: None,
    };
    match (before.blind(), after.blind()) {
        (None, Some((since, _))) => Some(event(EventKind::Blind, since, since, None)),
        (Some((since, _)), None) => {
            Some(event(EventKind::Sighted, since, now, i64::try_from(now.since(since).as_secs()).ok()))
        }
        _ => None,
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
