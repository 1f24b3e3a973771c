//! A market: its price and its one queue (network.md §1.3, §1.10).

use crate::address::Address;

/// What waits in a market's queue: one FIFO holds either nodes or jobs.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum QueueKind {
    /// Jobs wait for nodes (0 on chain).
    Job,
    /// Nodes wait for jobs (1 on chain).
    Node,
    /// Nothing waits (255 on chain).
    Empty,
    /// A byte that no published program writes.
    Other(u8),
}

/// A market account, as far as the watch needs it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Market {
    /// Who may kick nodes and change the market.
    pub authority: Address,
    /// Seconds after the end when a done job may be closed.
    pub job_expiration: i64,
    /// Micro-NOS per second for jobs listed now.
    pub price: u64,
    /// The longest a job may run, in seconds.
    pub timeout: i64,
    /// The kind of job; 255 = the market is disabled.
    pub job_type: u8,
    /// The NFT collection that opens the market; the system program = open to all.
    pub access_key: Address,
    /// The least xNOS (micro) to enter.
    pub xnos_minimum: u128,
    /// What waits.
    pub queue_kind: QueueKind,
    /// Who waits, next to be served first.
    pub queue: Vec<Address>,
}

/// The job type of a market that takes nobody.
const DISABLED: u8 = 255;

impl Market {
    /// Whether nodes that join are silently turned away.
    #[must_use]
    pub const fn is_disabled(&self) -> bool {
        self.job_type == DISABLED
    }
}

impl QueueKind {
    /// The kind that a byte on chain means.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Self {
        match byte {
            0 => Self::Job,
            1 => Self::Node,
            255 => Self::Empty,
            other => Self::Other(other),
        }
    }

    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Node => "node",
            Self::Empty => "empty",
            Self::Other(_) => "other",
        }
    }
}
