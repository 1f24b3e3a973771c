//! What a watcher without gaps, looking since the simulator's start, would say of a node.

use serde::Serialize;

use crate::node::{Chain, Endpoint, Since};

/// The times after which things are said, seconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Thresholds {
    /// How often the watcher looks; the truth does not depend on it.
    pub(crate) scan: u64,
    /// Silence for so long is said.
    pub(crate) offline: u64,
    /// Up and nowhere for so long is stuck: in a short activity, and in any.
    pub(crate) stuck: (u64, u64),
}

/// The word for a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Status {
    Running,
    Queued,
    Up,
    Offline,
    Unknown,
}

/// The whole expectation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Expect {
    pub(crate) status: Status,
    /// Only beside running and queued.
    pub(crate) silent: bool,
    /// Only beside up.
    pub(crate) stuck: bool,
    /// Only beside running.
    pub(crate) overdue: bool,
}

/// The truth about one node, as far as the rules look at it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Truth {
    pub(crate) since: Since,
    /// The earliest deadline of its runs, unix seconds.
    pub(crate) deadline: Option<i64>,
    /// Another endpoint answers and the tunnel stands, so that silence can be told from blindness.
    pub(crate) witness: bool,
}

/// Applies the rules.
pub(crate) fn expect(truth: &Truth, times: &Thresholds, tunnel_is_whole: bool, now_ms: i64) -> Expect {
    let since = &truth.since;
    let up = since.endpoint == Endpoint::Up && tunnel_is_whole;
    let silence_counts = since.endpoint.is_silent() && truth.witness && tunnel_is_whole;
    let long_silent = silence_counts && lasts(since.endpoint_ms, times.offline, now_ms);
    let status = match since.chain {
        Chain::Running => Status::Running,
        Chain::Queued => Status::Queued,
        Chain::None if up => Status::Up,
        Chain::None if long_silent => Status::Offline,
        Chain::None => Status::Unknown,
    };
    Expect {
        status,
        silent: long_silent && status != Status::Offline,
        stuck: status == Status::Up && is_stuck(since, times, now_ms),
        overdue: status == Status::Running
            && truth.deadline.is_some_and(|deadline| now_ms > deadline.saturating_mul(1000)),
    }
}

fn is_stuck(since: &Since, times: &Thresholds, now_ms: i64) -> bool {
    let nowhere_and_up = since.chain_ms.max(since.endpoint_ms);
    let short = since.short_ms.is_some_and(|at| lasts(at.max(nowhere_and_up), times.stuck.0, now_ms));
    short || lasts(nowhere_and_up, times.stuck.1, now_ms)
}

fn lasts(since_ms: i64, seconds: u64, now_ms: i64) -> bool {
    let needed = i64::try_from(seconds).unwrap_or(i64::MAX).saturating_mul(1000);
    now_ms - since_ms >= needed
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::node::Activity;

    const START: i64 = 1_790_000_000_000;
    const TIMES: Thresholds = Thresholds { scan: 30, offline: 180, stuck: (600, 3600) };

    fn truth(chain: Chain, endpoint: Endpoint, activity: Activity) -> Truth {
        Truth { since: Since::start(chain, endpoint, activity, START), deadline: None, witness: true }
    }

    fn after(truth: &Truth, seconds: i64) -> Expect {
        expect(truth, &TIMES, true, START + seconds * 1000)
    }

    fn plain(status: Status) -> Expect {
        Expect { status, silent: false, stuck: false, overdue: false }
    }

    #[test]
    fn silence_is_said_after_its_time_beside_running_and_queued() {
        for (chain, status) in [(Chain::Running, Status::Running), (Chain::Queued, Status::Queued)] {
            for endpoint in [Endpoint::Down, Endpoint::Hang] {
                let truth = truth(chain, endpoint, Activity::Queued);
                assert_eq!(after(&truth, 179), plain(status));
                assert_eq!(after(&truth, 180), Expect { silent: true, ..plain(status) });
            }
        }
    }

    #[test]
    fn silence_beside_nowhere_is_unknown_and_then_offline_without_the_flag() {
        let truth = truth(Chain::None, Endpoint::Down, Activity::Other);
        assert_eq!(after(&truth, 179), plain(Status::Unknown));
        assert_eq!(after(&truth, 180), plain(Status::Offline));
    }

    #[test]
    fn somebody_elses_answer_is_unknown_for_ever() {
        assert_eq!(
            after(&truth(Chain::None, Endpoint::Html, Activity::Other), 90_000),
            plain(Status::Unknown)
        );
        assert_eq!(
            after(&truth(Chain::Queued, Endpoint::Html, Activity::Queued), 90_000),
            plain(Status::Queued)
        );
    }

    #[test]
    fn without_a_witness_or_a_tunnel_silence_says_nothing() {
        let mut alone = truth(Chain::None, Endpoint::Down, Activity::Other);
        alone.witness = false;
        assert_eq!(after(&alone, 9_000), plain(Status::Unknown));
        let up = truth(Chain::None, Endpoint::Up, Activity::Other);
        assert_eq!(expect(&up, &TIMES, false, START), plain(Status::Unknown));
        let queued = truth(Chain::Queued, Endpoint::Hang, Activity::Queued);
        assert_eq!(expect(&queued, &TIMES, false, START + 9_000_000), plain(Status::Queued));
    }

    #[test]
    fn a_short_activity_is_stuck_sooner_than_a_long_one() {
        let restarting = truth(Chain::None, Endpoint::Up, Activity::Restarting);
        assert_eq!(after(&restarting, 599), plain(Status::Up));
        assert_eq!(after(&restarting, 600), Expect { stuck: true, ..plain(Status::Up) });
        let benchmarking = truth(Chain::None, Endpoint::Up, Activity::Benchmarking);
        assert_eq!(after(&benchmarking, 3_599), plain(Status::Up));
        assert_eq!(after(&benchmarking, 3_600), Expect { stuck: true, ..plain(Status::Up) });
    }

    #[test]
    fn the_time_of_stuck_begins_when_the_node_is_nowhere_and_up() {
        let mut truth = truth(Chain::Queued, Endpoint::Up, Activity::Queued);
        truth.since.note(Chain::None, Endpoint::Up, Activity::Queued, START + 300_000);
        assert!(!after(&truth, 899).stuck);
        assert!(after(&truth, 900).stuck);
        truth.since.note(Chain::None, Endpoint::Up, Activity::Other, START + 900_000);
        assert!(!after(&truth, 901).stuck, "the break begins the long time");
    }

    #[test]
    fn overdue_stands_only_beside_running() {
        let mut late = truth(Chain::Running, Endpoint::Up, Activity::RunningJob);
        late.deadline = Some(START / 1000 + 10);
        assert!(!after(&late, 10).overdue);
        assert!(after(&late, 11).overdue);
        late.since.chain = Chain::Queued;
        assert!(!after(&late, 11).overdue);
    }
}
