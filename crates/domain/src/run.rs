//! A run: it exists exactly while a node works on a job (network.md §1.5).

use crate::{address::Address, time::Timestamp};

/// A run account. Its own address is a fresh random key, so it can only be found by scanning.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Run {
    /// The job worked on.
    pub job: Address,
    /// The node at work.
    pub node: Address,
    /// When the node took the job, in whole seconds.
    pub time: i64,
}

impl Run {
    /// When the node took the job.
    #[must_use]
    pub const fn since(&self) -> Timestamp {
        Timestamp::from_unix_seconds(self.time)
    }
}
