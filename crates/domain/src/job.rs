//! A job: its account on chain, and how it ended for the node that ran it (network.md §1.4, §1.10, §1.11).

use crate::{
    address::Address,
    lookup::Lookup,
    money::{paid_seconds, payout},
    run::Run,
};

/// The state byte of a job account. It does not tell whether the job runs: only a [`Run`] does.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum JobState {
    /// 0: listed; queued, running or orphaned.
    Listed,
    /// 2: done.
    Done,
    /// 3: stopped by a node's `quit`; stays 3 while a claimed job runs again.
    Stopped,
    /// A byte that no published program writes.
    Other(u8),
}

/// A job account, as far as the watch and the ledger need it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Job {
    /// What to run, an IPFS hash.
    pub ipfs_job: [u8; 32],
    /// The result's IPFS hash; all zero = none.
    pub ipfs_result: [u8; 32],
    /// Where it was listed.
    pub market: Address,
    /// Who ran it; the system program until it is done.
    pub node: Address,
    /// Who paid the rent.
    pub payer: Address,
    /// Micro-NOS per second.
    pub price: u64,
    /// The deployer.
    pub project: Address,
    /// The state byte.
    pub state: JobState,
    /// Unix seconds; 0 until done.
    pub time_end: i64,
    /// Unix seconds; 0 until done.
    pub time_start: i64,
    /// Seconds, an absolute cap, raised by `extend`.
    pub timeout: i64,
}

/// How a run ended for its node.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Outcome {
    /// The run is open.
    Running,
    /// Done with a result.
    Finished,
    /// The node quit.
    Failed,
    /// The run was closed by the network's authority while the job stayed listed.
    Abandoned,
    /// Done without a result: the deployer ended it.
    EndedByDeployer,
    /// The run is gone and so is the job's account: nobody can read any more how it ended.
    Unknown,
}

/// What is known of an ended run.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Ending {
    /// How it ended.
    pub outcome: Outcome,
    /// Unix seconds of the start as the ledger counts it.
    pub time_start: i64,
    /// Unix seconds of the end, where the chain tells it.
    pub time_end: Option<i64>,
    /// What the host was paid in micro-NOS; `None` = unknown or out of range.
    pub paid: Option<i64>,
    /// Whether a later read can still change this.
    pub last_word: bool,
}

impl JobState {
    /// The state that a byte on chain means.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Self {
        match byte {
            0 => Self::Listed,
            2 => Self::Done,
            3 => Self::Stopped,
            other => Self::Other(other),
        }
    }
}

impl Job {
    /// Whether a result was handed in.
    #[must_use]
    pub fn has_result(&self) -> bool {
        self.ipfs_result != [0; 32]
    }

    /// Seconds paid for, once done.
    #[must_use]
    pub fn paid_seconds(&self) -> Option<u64> {
        (self.state == JobState::Done).then(|| paid_seconds(self.time_start, self.time_end, self.timeout))
    }

    /// What the host was paid in micro-NOS, once done; `None` before, or out of range.
    #[must_use]
    pub fn payout(&self) -> Option<i64> {
        self.paid_seconds().and_then(|seconds| payout(self.price, seconds))
    }

    /// What the deployer put down in micro-NOS; `None` when out of range.
    #[must_use]
    pub fn deposit(&self) -> Option<i64> {
        payout(self.price, u64::try_from(self.timeout).unwrap_or(0))
    }
}

impl Outcome {
    /// Every outcome there is.
    pub const ALL: [Self; 6] =
        [Self::Running, Self::Finished, Self::Failed, Self::Abandoned, Self::EndedByDeployer, Self::Unknown];

    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Finished => "finished",
            Self::Failed => "failed",
            Self::Abandoned => "abandoned",
            Self::EndedByDeployer => "ended_by_deployer",
            Self::Unknown => "unknown",
        }
    }

    /// The outcome that a stored word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|outcome| outcome.word() == word)
    }
}

/// How a run that is proven to be gone ended, from what a read of its job's account at the same slot said.
#[must_use]
pub fn ending(run: &Run, job: &Lookup<Job>) -> Ending {
    let open = |outcome, last_word| Ending {
        outcome,
        time_start: run.time,
        time_end: None,
        paid: Some(0),
        last_word,
    };
    let Lookup::Found(job) = job else {
        return Ending { paid: None, ..open(Outcome::Unknown, false) };
    };
    match job.state {
        // A later run of the same job may have finished it: then this one had been given up.
        JobState::Done if job.node != run.node || job.time_start != run.time => open(Outcome::Failed, true),
        JobState::Done => Ending {
            outcome: if job.has_result() { Outcome::Finished } else { Outcome::EndedByDeployer },
            time_start: job.time_start,
            time_end: Some(job.time_end),
            paid: job.payout(),
            last_word: true,
        },
        JobState::Stopped => open(Outcome::Failed, true),
        JobState::Listed => open(Outcome::Abandoned, true),
        JobState::Other(_) => Ending { paid: None, ..open(Outcome::Unknown, false) },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NODE: Address = Address::new([7; 32]);

    fn job(state: JobState) -> Job {
        Job {
            ipfs_job: [1; 32],
            ipfs_result: [2; 32],
            market: Address::new([3; 32]),
            node: NODE,
            payer: Address::new([4; 32]),
            price: 100,
            project: Address::new([5; 32]),
            state,
            time_end: 1_500,
            time_start: 1_000,
            timeout: 7_200,
        }
    }

    fn run() -> Run {
        Run { job: Address::new([9; 32]), node: NODE, time: 1_000 }
    }

    fn outcome(job: Job) -> Outcome {
        ending(&run(), &Lookup::Found(job)).outcome
    }

    #[test]
    fn a_finished_job_is_paid_for_the_time_it_ran() {
        let ending = ending(&run(), &Lookup::Found(job(JobState::Done)));
        assert_eq!(
            (ending.outcome, ending.paid, ending.time_end),
            (Outcome::Finished, Some(50_000), Some(1_500))
        );
    }

    #[test]
    fn each_way_to_end_has_its_word() {
        assert_eq!(outcome(Job { ipfs_result: [0; 32], ..job(JobState::Done) }), Outcome::EndedByDeployer);
        assert_eq!(outcome(job(JobState::Stopped)), Outcome::Failed);
        assert_eq!(outcome(job(JobState::Listed)), Outcome::Abandoned);
        assert_eq!(outcome(job(JobState::Other(9))), Outcome::Unknown);
    }

    #[test]
    fn a_job_that_another_run_finished_does_not_pay_this_one() {
        let other =
            ending(&run(), &Lookup::Found(Job { node: Address::new([8; 32]), ..job(JobState::Done) }));
        assert_eq!((other.outcome, other.paid), (Outcome::Failed, Some(0)));
    }

    #[test]
    fn a_job_that_is_gone_leaves_its_end_unknown() {
        let gone = ending(&run(), &Lookup::Gone);
        assert_eq!((gone.outcome, gone.paid, gone.last_word), (Outcome::Unknown, None, false));
    }
}
