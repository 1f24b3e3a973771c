//! Something worth saying, with a key that makes it happen once.

use crate::{address::Address, time::Timestamp};

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum EventKind {
    /// A run of the node appeared.
    JobStarted,
    /// A job ended with a result.
    JobFinished,
    /// The node quit a job.
    JobFailed,
    /// A run was closed while its job stayed listed.
    JobAbandoned,
    /// The deployer ended a job.
    JobEndedByDeployer,
    /// A run ended and nobody can read how.
    JobEnded,
    /// A job runs past its deadline.
    JobOverdue,
    /// The node entered a queue.
    Queued,
    /// The node was in a queue and is nowhere, in two scans.
    Kicked,
    /// Silent for the offline time while running or queued.
    Silent,
    /// Silent for the offline time, and the chain names it nowhere.
    Offline,
    /// It answers again after such a silence.
    Back,
    /// Up in no queue for longer than a healthy node.
    Stuck,
    /// We cannot see through one source.
    Blind,
    /// We see through it again.
    Sighted,
}

/// One event. Its key is unique for ever: a second scan, a restart or a take-over cannot raise it twice.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Event {
    /// `kind:node:subject`.
    pub key: String,
    /// What happened.
    pub kind: EventKind,
    /// To whom; `None` for our own blindness.
    pub node: Option<Address>,
    /// The run, the market, the source's word, or nothing.
    pub subject: Option<String>,
    /// When it happened, as far as it can be known.
    pub at: Timestamp,
    /// How long what it ends had lasted.
    pub seconds: Option<i64>,
    /// What was paid, in micro-NOS.
    pub micro_nos: Option<i64>,
}

impl EventKind {
    /// Every kind there is.
    pub const ALL: [Self; 15] = [
        Self::JobStarted,
        Self::JobFinished,
        Self::JobFailed,
        Self::JobAbandoned,
        Self::JobEndedByDeployer,
        Self::JobEnded,
        Self::JobOverdue,
        Self::Queued,
        Self::Kicked,
        Self::Silent,
        Self::Offline,
        Self::Back,
        Self::Stuck,
        Self::Blind,
        Self::Sighted,
    ];

    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::JobStarted => "job_started",
            Self::JobFinished => "job_finished",
            Self::JobFailed => "job_failed",
            Self::JobAbandoned => "job_abandoned",
            Self::JobEndedByDeployer => "job_ended_by_deployer",
            Self::JobEnded => "job_ended",
            Self::JobOverdue => "job_overdue",
            Self::Queued => "queued",
            Self::Kicked => "kicked",
            Self::Silent => "silent",
            Self::Offline => "offline",
            Self::Back => "back",
            Self::Stuck => "stuck",
            Self::Blind => "blind",
            Self::Sighted => "sighted",
        }
    }

    /// The kind that a stored word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

impl Event {
    /// A node's event. `class` is the first part of the key: kinds that are one fact in two words share it.
    #[must_use]
    pub fn of_node(
        kind: EventKind,
        class: &str,
        node: Address,
        subject: Option<String>,
        at: Timestamp,
    ) -> Self {
        let about = subject.clone().unwrap_or_else(|| at.millis().to_string());
        Self {
            key: format!("{class}:{node}:{about}"),
            kind,
            node: Some(node),
            subject,
            at,
            seconds: None,
            micro_nos: None,
        }
    }
}
