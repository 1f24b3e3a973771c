//! The times of the rules (network.md §1.11), configurable and passed in.

use std::time::Duration;

/// How long before something is said, and how often we look.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rules {
    /// Between two scans of the chain.
    pub scan: Duration,
    /// Between two probe rounds.
    pub probe: Duration,
    /// Witnessed silence before *silent* and *offline* are said.
    pub offline: Duration,
    /// `none` and up in STARTING, RESTARTING, JOINING_MARKET or QUEUED before *stuck* is said.
    pub stuck_brief: Duration,
    /// `none` and up, whatever it says of itself, before *stuck* is said.
    pub stuck_long: Duration,
    /// Below so many lamports *low SOL* is said.
    pub sol_low: i64,
    /// Below so many lamports it is critical; the node itself stops at 5,000,000.
    pub sol_critical: i64,
    /// So many failed jobs in a row are said.
    pub failures: usize,
}

impl Rules {
    /// How long the chain's state counts as known without a good look: three periods of its own source.
    #[must_use]
    pub fn chain_valid(&self) -> Duration {
        self.scan * 3
    }

    /// How far apart two looks must be to agree that a node is nowhere: between a job and the queue it is for a moment,
    /// and scans that somebody asks for, or a push, may follow each other within that moment.
    #[must_use]
    pub fn second_look(&self) -> Duration {
        (self.scan / 2).clamp(Duration::from_millis(1), Duration::from_secs(10))
    }

    /// How long a silence, a kick or a *stuck* waits for others of the same cause: one probe round, and the sixth of one
    /// that the looks themselves take, so that what fell within a round is in one message.
    #[must_use]
    pub fn hold(&self) -> Duration {
        self.probe + self.probe / 6
    }

    /// How long the endpoint's state counts as known without a good look.
    #[must_use]
    pub fn endpoint_valid(&self) -> Duration {
        self.probe * 3
    }
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            scan: Duration::from_secs(30),
            probe: Duration::from_secs(30),
            offline: Duration::from_secs(180),
            stuck_brief: Duration::from_secs(600),
            stuck_long: Duration::from_secs(3600),
            sol_low: 20_000_000,
            sol_critical: 6_000_000,
            failures: 3,
        }
    }
}
