//! Something worth saying, with a key that makes it happen once.

use serde::{Deserialize, Serialize};

use crate::{address::Address, time::Timestamp};

/// What kind of thing happened.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// Its wallet holds less SOL than the warning asks for, once a UTC day. Subject: the lamports.
    SolLow,
    /// Its wallet holds so little SOL that the node is about to stop, once a UTC day. Subject: the lamports.
    SolCritical,
    /// Its stake is below the minimum of its market. Subject: `have/need` in micro-xNOS.
    StakeLow,
    /// Its stake counts for nothing any more. Subject: what it was, in micro-xNOS.
    Unstaking,
    /// Its stake fell and still counts. Subject: `before/after` in micro-xNOS.
    Slashed,
    /// It was given another tier. Subject: `before/after` in the network's words.
    TierChanged,
    /// Its software is older than the network's minimum. Subject: `have/need`.
    VersionOld,
    /// Its graphics cards are other ones than before. Subject: the names of those that it has now.
    GpuChanged,
    /// Its last jobs all failed. Subject: how many.
    JobsFailing,
    /// We stopped sending to one of the person's destinations. Subject: the channel's word, a space, the
    /// provider's own words.
    DestinationPaused,
    /// What happened in a day or a week.
    Summary,
    /// A silence that was told goes on, and the person asked to be told again.
    StillDown,
    /// Nothing happened: a person asked for this message. Never in the log.
    Test,
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
    pub const ALL: [Self; 28] = [
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
        Self::SolLow,
        Self::SolCritical,
        Self::StakeLow,
        Self::Unstaking,
        Self::Slashed,
        Self::TierChanged,
        Self::VersionOld,
        Self::GpuChanged,
        Self::JobsFailing,
        Self::DestinationPaused,
        Self::Summary,
        Self::StillDown,
        Self::Test,
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
            Self::SolLow => "sol_low",
            Self::SolCritical => "sol_critical",
            Self::StakeLow => "stake_low",
            Self::Unstaking => "unstaking",
            Self::Slashed => "slashed",
            Self::TierChanged => "tier_changed",
            Self::VersionOld => "version_old",
            Self::GpuChanged => "gpu_changed",
            Self::JobsFailing => "jobs_failing",
            Self::DestinationPaused => "destination_paused",
            Self::Summary => "summary",
            Self::StillDown => "still_down",
            Self::Test => "test",
        }
    }

    /// The kind that a stored word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }

    /// Whether it tells of one job: old ones are no news any more.
    #[must_use]
    pub const fn is_job(self) -> bool {
        matches!(
            self,
            Self::JobStarted
                | Self::JobFinished
                | Self::JobFailed
                | Self::JobAbandoned
                | Self::JobEndedByDeployer
                | Self::JobEnded
                | Self::JobOverdue
        )
    }

    /// Whether it is the beginning of a silence, whatever the chain said.
    #[must_use]
    pub const fn is_silence(self) -> bool {
        matches!(self, Self::Silent | Self::Offline)
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

    /// The key of the event that this one ends: the silence of a *back*, the blindness of a *sighted*.
    #[must_use]
    pub fn ends(&self) -> Option<String> {
        let (own, began) = match self.kind {
            EventKind::Back => ("back:", "silent:"),
            EventKind::Sighted => ("sighted:", "blind:"),
            _ => return None,
        };
        self.key.strip_prefix(own).map(|rest| format!("{began}{rest}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_is_spelt_alike_in_rows_and_in_json() {
        for kind in EventKind::ALL {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.word());
            assert_eq!(EventKind::from_word(kind.word()), Some(kind));
        }
    }

    #[test]
    fn the_end_of_a_silence_names_its_beginning() {
        let node = Address::new([7; 32]);
        let at = Timestamp::from_unix_seconds(90);
        let silent = Event::of_node(EventKind::Offline, "silent", node, None, at);
        let back = Event::of_node(EventKind::Back, "back", node, None, at);
        assert_eq!(back.ends(), Some(silent.key.clone()));
        assert_eq!(silent.ends(), None);
    }
}
