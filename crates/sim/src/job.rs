//! A job and the run that shows a node at work on it.

use crate::key::Key;

/// State byte of a job that is listed, running or orphaned.
pub(crate) const LISTED: u8 = 0;
/// State byte of a job that was finished or ended.
pub(crate) const DONE: u8 = 2;
/// State byte of a job that its node quit.
pub(crate) const STOPPED: u8 = 3;

/// A job of the jobs program.
#[derive(Clone, Debug)]
pub(crate) struct Job {
    pub(crate) address: Key,
    pub(crate) ipfs_job: [u8; 32],
    /// All zero: no result.
    pub(crate) ipfs_result: [u8; 32],
    pub(crate) market: Key,
    /// Nobody until the job is done, as on the chain.
    pub(crate) node: Key,
    pub(crate) payer: Key,
    /// Micro-NOS per second.
    pub(crate) price: u64,
    /// The deployer.
    pub(crate) project: Key,
    pub(crate) state: u8,
    /// Unix seconds, 0 until done.
    pub(crate) time_end: i64,
    /// Unix seconds, 0 until done.
    pub(crate) time_start: i64,
    /// Seconds.
    pub(crate) timeout: i64,
    /// Simulated seconds of work in it.
    pub(crate) work: f64,
    /// Who ran it last, kept beside the chain for the truth.
    pub(crate) last_node: Option<Key>,
    /// Closed on the chain; the truth keeps it.
    pub(crate) cleaned: bool,
}

impl Job {
    /// Seconds paid: run time, at most the timeout, never negative; nothing unless done.
    pub(crate) fn payout_micro_nos(&self) -> u64 {
        if self.state != DONE {
            return 0;
        }
        let paid = (self.time_end - self.time_start).min(self.timeout).max(0).unsigned_abs();
        self.price.saturating_mul(paid)
    }
}

/// A run: exists exactly while a node works on a job.
#[derive(Clone, Debug)]
pub(crate) struct Run {
    pub(crate) address: Key,
    pub(crate) job: Key,
    pub(crate) node: Key,
    pub(crate) payer: Key,
    /// Unix seconds when the node took the job.
    pub(crate) time: i64,
    /// Simulated seconds of work left.
    pub(crate) left: f64,
}
