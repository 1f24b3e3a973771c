//! What a destination is told now, from everything of it that waits.

use std::collections::BTreeMap;

use super::{preference::Preferences, words::Words};
use crate::{
    address::Address, alert::plan::WatchedAs, compare::Judged, destination::Channel, event::Event,
    rules::Rules, time::Timestamp, wording,
};

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
    for row in desk.waiting {
        if row.due > desk.now {
            composed.later.push((row.id.clone(), row.due));
        } else {
            composed.messages.push(Draft { rows: vec![row.id.clone()], words: wording::single(row, desk) });
        }
    }
    composed
}
