//! What a person can switch on and off: the kinds of events, gathered as people speak of them.

use serde::{Deserialize, Serialize};

use crate::{destination::Channel, event::EventKind};

/// One switch.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Silent, offline, and back.
    Offline,
    /// Up in no queue for too long.
    Stuck,
    /// Put out of a queue.
    Kicked,
    /// A job began.
    JobStarted,
    /// A job ended, for whatever reason but a failure.
    JobEnded,
    /// The node quit a job, or lost it.
    JobFailed,
    /// A job runs past its deadline.
    JobOverdue,
    /// Little SOL in the wallet.
    LowSol,
    /// The stake is too low, is being withdrawn, or was cut.
    Stake,
    /// Another tier.
    Tier,
    /// Software below the minimum.
    Version,
    /// Other graphics cards.
    Gpu,
    /// The last jobs all failed.
    JobsFailing,
    /// We are blind, and see again.
    Blind,
    /// The daily or weekly summary.
    Summary,
}

impl Topic {
    /// Every topic, in the order in which people are shown them.
    pub const ALL: [Self; 15] = [
        Self::Offline,
        Self::Stuck,
        Self::Kicked,
        Self::JobFailed,
        Self::JobOverdue,
        Self::JobsFailing,
        Self::LowSol,
        Self::Stake,
        Self::Version,
        Self::Gpu,
        Self::Tier,
        Self::JobStarted,
        Self::JobEnded,
        Self::Blind,
        Self::Summary,
    ];

    /// The switch of a kind. `None`: no switch, because it is only logged (*queued*), or always told (*destination paused*, a
    /// test).
    #[must_use]
    pub const fn of(kind: EventKind) -> Option<Self> {
        Some(match kind {
            EventKind::Silent | EventKind::Offline | EventKind::Back | EventKind::StillDown => Self::Offline,
            EventKind::Stuck => Self::Stuck,
            EventKind::Kicked => Self::Kicked,
            EventKind::JobStarted => Self::JobStarted,
            EventKind::JobFinished | EventKind::JobEndedByDeployer | EventKind::JobEnded => Self::JobEnded,
            EventKind::JobFailed | EventKind::JobAbandoned => Self::JobFailed,
            EventKind::JobOverdue => Self::JobOverdue,
            EventKind::SolLow | EventKind::SolCritical => Self::LowSol,
            EventKind::StakeLow | EventKind::Unstaking | EventKind::Slashed => Self::Stake,
            EventKind::TierChanged => Self::Tier,
            EventKind::VersionOld => Self::Version,
            EventKind::GpuChanged => Self::Gpu,
            EventKind::JobsFailing => Self::JobsFailing,
            EventKind::Blind | EventKind::Sighted => Self::Blind,
            EventKind::Summary => Self::Summary,
            EventKind::Queued | EventKind::DestinationPaused | EventKind::Test => return None,
        })
    }

    /// Whether a newcomer, who sets nothing, is told of it there: what ends well stays off the lock screen and out of
    /// the mailbox.
    #[must_use]
    pub const fn by_default(self, channel: Channel) -> bool {
        match channel {
            Channel::Telegram | Channel::Webhook => true,
            Channel::Push | Channel::Email => !matches!(self, Self::JobStarted | Self::JobEnded),
        }
    }

    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Offline => "offline",
            Self::Stuck => "stuck",
            Self::Kicked => "kicked",
            Self::JobStarted => "job_started",
            Self::JobEnded => "job_ended",
            Self::JobFailed => "job_failed",
            Self::JobOverdue => "job_overdue",
            Self::LowSol => "low_sol",
            Self::Stake => "stake",
            Self::Tier => "tier",
            Self::Version => "version",
            Self::Gpu => "gpu",
            Self::JobsFailing => "jobs_failing",
            Self::Blind => "blind",
            Self::Summary => "summary",
        }
    }

    /// The topic that a stored word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|topic| topic.word() == word)
    }

    /// The kinds behind the switch.
    pub fn kinds(self) -> impl Iterator<Item = EventKind> {
        EventKind::ALL.into_iter().filter(move |kind| Self::of(*kind) == Some(self))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_spelt_alike_in_rows_and_in_json_and_switches_something() {
        for topic in Topic::ALL {
            assert_eq!(serde_json::to_value(topic).unwrap(), topic.word());
            assert_eq!(Topic::from_word(topic.word()), Some(topic));
            assert!(topic.kinds().next().is_some(), "{topic:?}");
        }
    }
}
