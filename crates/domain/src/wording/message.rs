//! Messages put together: one event, several of a kind, a night, what we missed.

mod night;

use std::collections::BTreeSet;

use super::{
    fact::{Fact, Stand, stand},
    figure::Speech,
    tongue::Many,
};
use crate::{
    address::Address,
    alert::{
        compose::{Desk, Item},
        preference::Preferences,
        words::Words,
    },
    event::EventKind,
    time::Timestamp,
};

pub use night::{missed, night};

/// So many are listed by name.
const LISTED: usize = 10;

/// One thing as a message.
#[must_use]
pub fn one(desk: &Desk<'_>, item: &Item<'_>) -> Words {
    let speech = Speech::of(desk.preferences, desk.now);
    let fact = Fact::of(desk, &speech, item);
    let event = item.event();
    let kind = kind_now(desk, item);
    Words {
        fold: fold(item),
        urgent: is_urgent(kind) && !item.is_over(),
        title: speech.tongue.title(&name(desk, event.node), &fact),
        lines: speech.tongue.lines(&fact),
        node: event.node,
        name: given_name(desk, event.node),
        path: event.node.map_or_else(|| page(kind).to_owned(), |node| format!("/nodes/{node}")),
        at: item.rows().last().map_or(event.at, |row| row.event.at),
        actions: event.node.is_some() && !item.is_over() && is_open(kind),
        ..blank(desk.preferences, kind)
    }
}

/// Several of one kind as one message.
#[must_use]
pub fn many(desk: &Desk<'_>, items: &[Item<'_>]) -> Words {
    let speech = Speech::of(desk.preferences, desk.now);
    let kinds: BTreeSet<EventKind> = items.iter().map(|item| kind_now(desk, item)).collect();
    // Silences are of one kind with two words: *offline* only where it is so of all.
    let kind = match kinds.first().copied() {
        Some(only) if kinds.len() == 1 => only,
        _ => EventKind::Silent,
    };
    let over = items.iter().all(Item::is_over);
    let nodes: BTreeSet<Address> = items.iter().filter_map(|item| item.event().node).collect();
    if let (1, false, Some((last, earlier))) = (nodes.len(), kind.is_job(), items.split_last()) {
        return repeated(desk, last, earlier);
    }
    let tag = common_tag(desk, &nodes);
    let at = items.iter().map(|item| item.event().at);
    let (first, last) = (at.clone().min().unwrap_or_default(), at.max().unwrap_or_default());
    let held = kind.is_silence() || kind == EventKind::Kicked;
    let within = held.then(|| speech.span(i64::try_from(last.since(first).as_secs()).unwrap_or(0).max(1)));
    let count = if kind.is_job() { items.len() } else { nodes.len().max(1) };
    let title = speech.tongue.many(&Many { kind, count, tag, within: within.as_deref(), over });
    let mut lines = Vec::new();
    if kind.is_silence() && !over {
        lines.push(speech.tongue.one_cause());
    }
    let paid: i128 = items.iter().filter_map(|item| item.event().micro_nos).map(i128::from).sum();
    if kind.is_job() && paid > 0 {
        lines.push(speech.tongue.in_all(&speech.nos(paid)));
    }
    lines.extend(listed(desk, &speech, items));
    let fold = items.first().map_or_else(String::new, |item| format!("many:{}", item.event().key));
    Words { fold, urgent: is_urgent(kind) && !over, title, lines, at: last, ..blank(desk.preferences, kind) }
}

/// The same of one node several times: the last in full, the earlier ones by line. That it goes on is said once.
fn repeated(desk: &Desk<'_>, last: &Item<'_>, earlier: &[Item<'_>]) -> Words {
    let mut words = one(desk, last);
    if words.kind != EventKind::StillDown {
        words.lines.extend(listed(desk, &Speech::of(desk.preferences, desk.now), earlier));
    }
    words
}

/// A node that flapped and is steady again, as one message.
#[must_use]
pub fn unsteady(desk: &Desk<'_>, items: &[Item<'_>]) -> Words {
    let speech = Speech::of(desk.preferences, desk.now);
    let node = items.iter().find_map(|item| item.event().node);
    let since = items.iter().map(|item| item.event().at).min().unwrap_or_default();
    let silent = items.last().is_some_and(|item| !item.is_over());
    let kind = match items.last() {
        Some(last) if silent => kind_now(desk, last),
        _ => EventKind::Back,
    };
    Words {
        fold: items.first().map(fold).unwrap_or_default(),
        urgent: silent,
        title: speech.tongue.unsteady(&name(desk, node), items.len(), &speech.time(since)),
        lines: vec![speech.tongue.steady(silent)],
        node,
        name: given_name(desk, node),
        path: node.map_or_else(|| "/alerts".to_owned(), |node| format!("/nodes/{node}")),
        at: items.iter().flat_map(Item::rows).map(|row| row.event.at).max().unwrap_or_default(),
        actions: silent && node.is_some(),
        ..blank(desk.preferences, kind)
    }
}

/// A message of a kind, about no node, that says nothing yet. Its key is given when it is stored.
pub(super) fn blank(preferences: &Preferences, kind: EventKind) -> Words {
    Words {
        key: String::new(),
        fold: String::new(),
        urgent: false,
        title: String::new(),
        lines: Vec::new(),
        node: None,
        name: None,
        path: page(kind).to_owned(),
        kind,
        at: Timestamp::from_millis(0),
        language: preferences.language,
        actions: false,
    }
}

/// The titles of the first few, and how many more there are.
fn listed(desk: &Desk<'_>, speech: &Speech, items: &[Item<'_>]) -> Vec<String> {
    let title =
        |item: &Item<'_>| speech.tongue.title(&name(desk, item.event().node), &Fact::of(desk, speech, item));
    // A list of eleven is shorter than one of ten and "one more".
    let shown = if items.len() <= LISTED + 1 { items.len() } else { LISTED };
    let mut lines: Vec<String> = items.iter().take(shown).map(title).collect();
    if items.len() > shown {
        lines.push(speech.tongue.more(items.len() - shown));
    }
    lines
}

/// An event's node as its owner calls it.
fn name(desk: &Desk<'_>, node: Option<Address>) -> String {
    let given = given_name(desk, node).unwrap_or_default();
    node.map(|node| called(&given, &node)).unwrap_or_default()
}

fn given_name(desk: &Desk<'_>, node: Option<Address>) -> Option<String> {
    let given = desk.nodes.get(&node?)?.watched.name.trim();
    (!given.is_empty()).then(|| given.to_owned())
}

/// The name that a person gave to a node, or its address in short.
#[must_use]
pub fn called(given: &str, node: &Address) -> String {
    let given = given.trim();
    if !given.is_empty() {
        return given.to_owned();
    }
    let address = node.to_string();
    match (address.get(..8), address.get(address.len().saturating_sub(6)..)) {
        (Some(head), Some(tail)) => format!("{head}…{tail}"),
        _ => address,
    }
}

/// The tag that all of these nodes share, when there is just one.
fn common_tag<'a>(desk: &Desk<'a>, nodes: &BTreeSet<Address>) -> Option<&'a str> {
    let mut tags = nodes.iter().map(|node| {
        let tags = desk.nodes.get(node).map_or(&[][..], |known| &known.watched.tags);
        tags.iter().map(String::as_str).collect::<BTreeSet<&str>>()
    });
    let first = tags.next()?;
    let shared = tags.fold(first, |shared, tags| shared.intersection(&tags).copied().collect());
    shared.first().copied().filter(|_| shared.len() == 1)
}

/// The kind by what the chain says now: a silence is *offline* where it names the node nowhere.
fn kind_now(desk: &Desk<'_>, item: &Item<'_>) -> EventKind {
    let kind = item.event().kind;
    match stand(desk, item.event().node) {
        _ if !kind.is_silence() => kind,
        Stand::Nowhere => EventKind::Offline,
        _ => EventKind::Silent,
    }
}

fn fold(item: &Item<'_>) -> String {
    let event = item.event();
    let about = event.node.map_or_else(|| event.subject.clone().unwrap_or_default(), |node| node.to_string());
    match event.kind {
        EventKind::Silent | EventKind::Offline | EventKind::Back | EventKind::StillDown => {
            format!("silence:{about}")
        }
        EventKind::Blind | EventKind::Sighted => format!("sight:{about}"),
        kind if kind.is_job() => format!("job:{}", event.subject.clone().unwrap_or(about)),
        kind => format!("{}:{about}", kind.word()),
    }
}

/// Whether it wakes a device that sleeps: what costs money while nobody acts.
const fn is_urgent(kind: EventKind) -> bool {
    matches!(
        kind,
        EventKind::Silent
            | EventKind::Offline
            | EventKind::StillDown
            | EventKind::Stuck
            | EventKind::Kicked
            | EventKind::JobOverdue
            | EventKind::SolCritical
            | EventKind::Slashed
            | EventKind::JobsFailing
            | EventKind::DestinationPaused
    )
}

/// Whether there is something to see to, or to hear no more of.
const fn is_open(kind: EventKind) -> bool {
    !matches!(
        kind,
        EventKind::Back
            | EventKind::JobStarted
            | EventKind::JobFinished
            | EventKind::JobEndedByDeployer
            | EventKind::JobEnded
            | EventKind::Queued
    )
}

const fn page(kind: EventKind) -> &'static str {
    match kind {
        EventKind::DestinationPaused => "/alerts/destinations",
        EventKind::Blind | EventKind::Sighted | EventKind::Summary | EventKind::Test => "/",
        _ => "/alerts",
    }
}

#[cfg(test)]
#[path = "message_tests.rs"]
mod tests;
