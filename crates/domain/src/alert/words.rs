//! A message as plain text: every channel escapes and lays it out in its own way.

use serde::{Deserialize, Serialize};

use super::preference::Language;
use crate::{address::Address, event::EventKind, time::Timestamp};

/// What is said.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Words {
    /// The message's id: the same one is folded by channels that can. Set when it is stored.
    pub key: String,
    /// What it is about: on a screen a message replaces an earlier one of the same fold.
    pub fold: String,
    /// Whether it shall wake a device.
    pub urgent: bool,
    /// One line. May hold what a person typed.
    pub title: String,
    /// What follows, each one line.
    pub lines: Vec<String>,
    /// The one node that it is about.
    pub node: Option<Address>,
    /// The name that the person gave it.
    #[serde(default)]
    pub name: Option<String>,
    /// The page that tells more, from the root of the app.
    pub path: String,
    /// Of what kind; of several, the gravest.
    pub kind: EventKind,
    /// When it happened.
    pub at: Timestamp,
    /// In which language: a channel that has buttons writes on them.
    #[serde(default)]
    pub language: Language,
    /// Whether *mute* and *I have seen it* make sense.
    pub actions: bool,
}
