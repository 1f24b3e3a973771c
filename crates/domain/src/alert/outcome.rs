//! What an attempt to send a message brought.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// What came back, in our terms and in the provider's.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// What it means.
    pub outcome: Outcome,
    /// The HTTP status or the SMTP code, where there was one.
    pub status: Option<u16>,
    /// The provider's own words: one line, at most 300 characters, never a token.
    pub detail: String,
}

/// What it means for the message and for its destination.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "word", rename_all = "snake_case")]
pub enum Outcome {
    /// The provider has it.
    Accepted {
        /// The provider's own id of it.
        id: Option<String>,
    },
    /// Surely not accepted, and another try may be: 429, 5xx, refused, not reached.
    Later {
        /// How long the provider asks us to wait.
        after: Option<Duration>,
    },
    /// The request went out and no answer came: nobody knows.
    Unclear,
    /// The provider will never take this message.
    Refused,
    /// The provider will never take any message for this destination.
    Gone,
}

impl Outcome {
    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => "accepted",
            Self::Later { .. } => "later",
            Self::Unclear => "unclear",
            Self::Refused => "refused",
            Self::Gone => "gone",
        }
    }
}
