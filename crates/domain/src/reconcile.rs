//! Jobs that are found when they are over already: whose run each of them closes, and which of them are news.

use std::time::Duration;

use crate::{
    address::Address,
    job::{Ending, Job, JobState, ending},
    lookup::Lookup,
    network::ClosedRun,
    run::Run,
    time::Timestamp,
};

/// How far the chain's clock and the order of two lists may be off.
const SLACK: Duration = Duration::from_secs(3_600);

/// The run that a done job tells of: its own node, its own start. `None`: the job is not done, or names nobody.
#[must_use]
pub fn run_of(address: Address, job: &Job) -> Option<Run> {
    (job.state == JobState::Done && job.node != Address::SYSTEM).then_some(Run {
        job: address,
        node: job.node,
        time: job.time_start,
    })
}

/// How a run that nobody sees open any more ended, from its job's account; `None`: the account has no last word on it.
#[must_use]
pub fn closed(address: Address, run: Run, job: &Job) -> Option<ClosedRun> {
    let ending = ending(&run, &Lookup::Found(*job));
    ending.last_word.then_some(ClosedRun { address, run, ending })
}

/// Whether an end is news. What ended before somebody watched the node, or well before everything that was over had
/// last been read, is history.
#[must_use]
pub fn is_news(ending: &Ending, watched_since: Timestamp, read_before: Option<Timestamp>) -> bool {
    let Some(end) = ending.time_end.map(Timestamp::from_unix_seconds) else { return true };
    end >= watched_since && read_before.is_none_or(|read| end >= read.minus(SLACK))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::job::Outcome;

    const NODE: Address = Address::new([7; 32]);
    const JOB: Address = Address::new([9; 32]);

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

    #[test]
    fn a_done_job_tells_of_its_run_and_what_it_paid() {
        let done = job(JobState::Done);
        let run = run_of(JOB, &done).unwrap();
        let closed = closed(JOB, run, &done).unwrap();
        assert_eq!((closed.ending.outcome, closed.ending.paid), (Outcome::Finished, Some(50_000)));
        let ended = Job { ipfs_result: [0; 32], ..done };
        assert_eq!(super::closed(JOB, run, &ended).unwrap().ending.outcome, Outcome::EndedByDeployer);
    }

    #[test]
    fn a_job_that_is_not_done_or_names_nobody_tells_of_no_run() {
        for state in [JobState::Listed, JobState::Stopped, JobState::Other(9)] {
            assert_eq!(run_of(JOB, &job(state)), None);
        }
        assert_eq!(run_of(JOB, &Job { node: Address::SYSTEM, ..job(JobState::Done) }), None);
        let run = Run { job: JOB, node: NODE, time: 1_000 };
        assert_eq!(closed(JOB, run, &job(JobState::Other(9))), None);
    }

    #[test]
    fn history_is_no_news() {
        let at = Timestamp::from_unix_seconds;
        let run = Run { job: JOB, node: NODE, time: 1_000 };
        let ending = closed(JOB, run, &job(JobState::Done)).unwrap().ending;
        assert!(is_news(&ending, at(1_500), None));
        assert!(!is_news(&ending, at(1_501), None), "it ended before anybody watched");
        assert!(is_news(&ending, at(0), Some(at(1_500 + 3_600))));
        assert!(!is_news(&ending, at(0), Some(at(1_501 + 3_600))), "it would have been told long ago");
    }
}
