//! What a destination is told now, from everything of it that waits.
//!
//! In this order: what is muted, unwanted or stale is put aside; quiet hours hold the rest; what began and ended while we
//! ourselves did not watch is counted; an end meets its beginning; what the quiet hours held is one message; a node that
//! flaps is held until it is steady; what is due goes, those of one kind together.

mod flap;
mod group;
mod item;
mod night;
mod resend;
mod sift;

use std::collections::BTreeMap;

use super::{plan::WatchedAs, preference::Preferences, words::Words};
use crate::{
    address::Address, compare::Judged, destination::Channel, event::Event, rules::Rules, time::Timestamp,
};

pub use item::Item;
pub use resend::resend;

/// A row that waits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Waiting {
    /// The row's id.
    pub id: String,
    /// What happened.
    pub event: Event,
    /// When the fact was written down.
    pub recorded: Timestamp,
    /// Not to be told before.
    pub due: Timestamp,
}

/// A node of the destination's owner, as it is now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NodeNow {
    /// Its name, tags and mute, as its owner set them.
    pub watched: WatchedAs,
    /// What is known of it; `None` = nobody has looked yet.
    pub judged: Option<Judged>,
    /// Whether its owner has seen its present silence.
    pub acknowledged: bool,
}

/// Something that the destination was told.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Told {
    /// What.
    pub event: Event,
    /// When it became part of a message.
    pub at: Timestamp,
}

/// Everything that decides what one destination is told.
#[derive(Clone, Copy, Debug)]
pub struct Desk<'a> {
    /// Its owner's.
    pub preferences: &'a Preferences,
    /// Its channel.
    pub channel: Channel,
    /// Every row of it that waits, due or not, oldest first.
    pub waiting: &'a [Waiting],
    /// Its owner's nodes; one that is missing is not watched any more.
    pub nodes: &'a BTreeMap<Address, NodeNow>,
    /// What it was told in the last 24 hours and, however old, each event that [`Event::ends`] of a waiting row names.
    pub told: &'a [Told],
    /// The last time that we ourselves did not watch.
    pub gap: Option<(Timestamp, Timestamp)>,
    /// The present.
    pub now: Timestamp,
    /// The times of the rules.
    pub rules: &'a Rules,
}

/// A message to store, with the rows that it tells.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Draft {
    /// Rows that become *told*.
    pub rows: Vec<String>,
    /// What is said.
    pub words: Words,
}

/// What becomes of every waiting row: each is in exactly one of the four.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Composed {
    /// Messages, in the order in which they go.
    pub messages: Vec<Draft>,
    /// Rows that are not worth a message any more.
    pub logged: Vec<String>,
    /// Rows whose node is muted.
    pub muted: Vec<String>,
    /// Rows that wait on, and until when.
    pub later: Vec<(String, Timestamp)>,
}

/// What is told now.
#[must_use]
pub fn compose(desk: &Desk<'_>) -> Composed {
    let mut composed = Composed::default();
    let rows = sift::sift(desk, &mut composed);
    if let Some(end) = desk.preferences.quiet_until(desk.now) {
        composed.later.extend(rows.iter().map(|row| (row.id.clone(), end)));
        return composed;
    }
    let (missed, rows) = sift::missed(desk, rows);
    let items = item::pair(desk, &rows, &mut composed);
    let (night, items) = night::held(desk, items);
    let items = flap::damp(desk, items, &mut composed);
    composed.messages.extend(night::told(desk, &night, &missed));
    composed.messages.extend(group::told(desk, items, &mut composed.later));
    composed
}

#[cfg(test)]
#[path = "compose_tests.rs"]
mod tests;
