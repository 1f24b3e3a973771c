//! At the moment of the fact: one row per destination, or none.

use std::time::Duration;

use super::{preference::Preferences, topic::Topic};
use crate::{
    destination::Channel,
    event::{Event, EventKind},
    rules::Rules,
    time::Timestamp,
};

/// A node as one person watches it.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct WatchedAs {
    /// The name that they gave it; empty = none.
    pub name: String,
    /// Their tags.
    pub tags: Vec<String>,
    /// Until when they want to hear nothing of it.
    pub muted_until: Option<Timestamp>,
}

/// A destination that may want to hear of an event.
#[derive(Clone, Copy, Debug)]
pub struct Listener<'a> {
    /// Its owner's.
    pub preferences: &'a Preferences,
    /// Its channel.
    pub channel: Channel,
    /// The event's node as they watch it; `None` = the event is about no node.
    pub node: Option<&'a WatchedAs>,
}

/// What becomes of a row.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum RowState {
    /// It will be told.
    Waiting,
    /// Recorded and never sent: its node was muted.
    Muted,
    /// It is part of a message.
    Told,
    /// Recorded and not worth a message any more.
    Logged,
}

/// A row to write.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Planned {
    /// Waiting, muted or logged.
    pub state: RowState,
    /// When it may be told.
    pub due: Timestamp,
}

/// How old a job's message may be before it goes to the log only.
pub const JOB_NEWS: Duration = Duration::from_secs(6 * 3_600);

/// The row that an event makes at a destination; `None` = it is not wanted there.
#[must_use]
pub fn plan(event: &Event, listener: &Listener<'_>, rules: &Rules, now: Timestamp) -> Option<Planned> {
    if !wanted(event, listener.preferences, listener.channel, listener.node) {
        return None;
    }
    let muted =
        listener.node.and_then(|node| listener.preferences.muted_until(node.muted_until, &node.tags, now));
    let state = match muted {
        Some(_) => RowState::Muted,
        None if is_old_job(event, now) => RowState::Logged,
        None => RowState::Waiting,
    };
    Some(Planned { state, due: due(event.kind, now, rules) })
}

/// Whether an event is wanted on a channel.
pub(super) fn wanted(
    event: &Event,
    preferences: &Preferences,
    channel: Channel,
    node: Option<&WatchedAs>,
) -> bool {
    match (event.kind, Topic::of(event.kind)) {
        (EventKind::DestinationPaused, _) => true,
        (_, None) => false,
        (_, Some(topic)) => {
            let tags = node.map_or(&[][..], |node| &node.tags);
            preferences.wants(topic, channel, event.node.as_ref(), tags)
        }
    }
}

/// When an event that was recorded at `recorded` may be told: some kinds are held, so that those of one cause go together.
#[must_use]
pub fn due(kind: EventKind, recorded: Timestamp, rules: &Rules) -> Timestamp {
    if is_held(kind) { recorded.plus(rules.hold()) } else { recorded }
}

/// Whether a kind is held.
#[must_use]
pub const fn is_held(kind: EventKind) -> bool {
    matches!(kind, EventKind::Silent | EventKind::Offline | EventKind::Stuck | EventKind::Kicked)
}

/// Whether an event is about a job, and too old to be news.
pub(super) fn is_old_job(event: &Event, now: Timestamp) -> bool {
    event.kind.is_job() && now.since(event.at) > JOB_NEWS
}

impl RowState {
    /// Every state there is.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Muted, Self::Told, Self::Logged];

    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Muted => "muted",
            Self::Told => "told",
            Self::Logged => "logged",
        }
    }

    /// The state that a stored word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
