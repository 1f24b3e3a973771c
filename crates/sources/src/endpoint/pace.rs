//! How fast a round asks: spread out, since one tunnel server serves all, but never so slow that nodes which hang make
//! it outlast its period; and what to do when the tunnel itself asks us to wait.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use super::Probed;

/// The pace of one round.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Pace {
    /// Questions that may be open at the same time.
    pub at_once: usize,
    /// The time over which the questions are spread.
    pub spread: Duration,
}

const FEWEST: usize = 32;
/// Each open question costs a connection and some ten kilobytes.
const MOST: usize = 1024;
/// The longest wait that the front of all endpoints is believed to need.
const LONGEST_WAIT: Duration = Duration::from_secs(60);

impl Pace {
    /// The pace of a round over so many nodes, of which each may take `timeout`: were all of them to hang, three
    /// fifths of the period would do, as long as [`MOST`] can be open at the same time.
    #[must_use]
    pub fn of(nodes: usize, timeout: Duration, period: Duration) -> Self {
        let budget = (period * 3 / 5).as_millis();
        let batches = usize::try_from(budget / timeout.as_millis().max(1)).unwrap_or(usize::MAX).max(1);
        Self { at_once: nodes.div_ceil(batches).clamp(FEWEST, MOST), spread: period / 5 }
    }

    /// The same without its pauses: somebody waits for the answer.
    #[must_use]
    pub const fn hurried(self) -> Self {
        Self { spread: Duration::ZERO, ..self }
    }

    /// From one question to the next.
    pub(super) fn gap(&self, nodes: usize) -> Duration {
        u32::try_from(nodes).ok().and_then(|nodes| self.spread.checked_div(nodes)).unwrap_or_default()
    }
}

/// What stands before all endpoints. A single node that asks to be left alone speaks for itself; when many do, it is
/// the tunnel, and the rest of the round is not asked.
#[derive(Debug)]
pub(super) struct Front {
    nodes: usize,
    heard: Mutex<Heard>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Heard {
    answers: usize,
    throttled: usize,
    wait: Duration,
}

impl Front {
    pub(super) fn new(nodes: usize) -> Self {
        Self { nodes, heard: Mutex::default() }
    }

    pub(super) fn hear(&self, probed: &Probed) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        heard.answers += 1;
        if let Some(wait) = probed.retry_after {
            heard.throttled += 1;
            heard.wait = heard.wait.max(wait.min(LONGEST_WAIT));
        }
    }

    /// How long the front asks us to wait, if it does: three of the nodes and a tenth of the answers say so.
    pub(super) fn asks_to_wait(&self) -> Option<Duration> {
        let heard = *self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let enough = heard.throttled >= self.nodes.clamp(1, 3) && heard.throttled * 10 >= heard.answers;
        (enough && !heard.wait.is_zero()).then_some(heard.wait)
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        address::Address,
        endpoint::{Answer, AnswerKind},
        time::Timestamp,
    };

    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    /// The longest round: everything hangs, and the strangers after them too.
    fn worst(nodes: usize, timeout: Duration, period: Duration) -> Duration {
        let pace = Pace::of(nodes, timeout, period);
        let batches = u32::try_from(nodes.div_ceil(pace.at_once)).unwrap();
        // A question waits for its own moment or for its turn, whichever is later.
        pace.spread + timeout * batches + timeout
    }

    #[test]
    fn three_hundred_hanging_nodes_do_not_outlast_a_period() {
        for nodes in [1, 32, 33, 100, 300, 1_000, 1_024] {
            assert!(worst(nodes, s(10), s(30)) <= s(30), "{nodes}: {:?}", worst(nodes, s(10), s(30)));
            assert!(worst(nodes, s(10), s(60)) <= s(60), "{nodes}: {:?}", worst(nodes, s(10), s(60)));
        }
        assert_eq!(Pace::of(300, s(10), s(30)).at_once, 300);
        assert_eq!(Pace::of(300, s(10), s(60)).at_once, 100);
    }

    #[test]
    fn the_pace_is_kind_to_the_few_and_bounded_for_the_many() {
        assert_eq!(Pace::of(5, s(10), s(30)), Pace { at_once: 32, spread: s(6) });
        assert_eq!(Pace::of(10_000, s(10), s(30)), Pace { at_once: 1_024, spread: s(6) });
        assert_eq!(Pace::of(10_000, s(10), s(30)).gap(10_000), Duration::from_micros(600));
        assert_eq!(Pace::of(5, s(10), s(30)).hurried().gap(5), Duration::ZERO);
        assert_eq!(Pace::of(0, s(10), s(30)).gap(0), Duration::ZERO);
    }

    fn heard(nodes: usize, answers: &[Option<u64>]) -> Option<Duration> {
        let front = Front::new(nodes);
        for wait in answers {
            let answer = Answer {
                kind: AnswerKind::HttpStatus,
                status: Some(429),
                ms: 1,
                at: Timestamp::from_millis(1),
                activity: None,
            };
            let node = Address::new([1; 32]);
            front.hear(&Probed { node, answer, machine: None, retry_after: wait.map(s) });
        }
        front.asks_to_wait()
    }

    #[test]
    fn one_node_that_throttles_stops_nobody_elses_round() {
        assert_eq!(heard(100, &[Some(5), Some(5), None]), None);
        assert_eq!(heard(100, &[Some(5), Some(9), Some(7)]), Some(s(9)));
        assert_eq!(heard(100, &[None, None, None]), None);
        let mostly_well = [&[None; 40][..], &[Some(5); 3][..]].concat();
        assert_eq!(heard(100, &mostly_well), None);
        assert_eq!(heard(1, &[Some(5)]), Some(s(5)));
        assert_eq!(heard(100, &[Some(86_400); 3]), Some(LONGEST_WAIT));
        assert_eq!(heard(100, &[Some(0); 3]), None);
    }
}
