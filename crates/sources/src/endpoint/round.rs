//! One round over all watched nodes, and who in it bears witness that we can look at all (network.md §1.11).

use std::time::Duration;

use domain::{address::Address, endpoint::Meaning, time::Timestamp};
use futures_util::{StreamExt, stream};
use tokio::time::{Instant, sleep_until};

use super::{Pace, Probed, Prober, pace::Front};

/// What one round brought.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Round {
    /// One answer for each watched node, in the order they came.
    pub answers: Vec<Probed>,
    /// Who answered, for weighing the silence of the others.
    pub witnesses: Witnesses,
    /// How long the front of all endpoints asks us to wait before the next round.
    pub wait: Option<Duration>,
}

/// The endpoints that were up in a round.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Witnesses {
    up: Vec<Address>,
}

/// How many nodes that nobody watches are asked when none of ours answers.
const STRANGERS: usize = 3;

impl Witnesses {
    /// Whether the silence of `node` counts: *another* endpoint of the same pattern answered in the same round.
    #[must_use]
    pub fn vouch_for(&self, node: &Address) -> bool {
        self.up.iter().any(|up| up != node)
    }

    fn of(answers: &[Probed]) -> Self {
        let up = answers.iter().filter(|probed| matches!(probed.answer.meaning(), Meaning::Up(_)));
        Self { up: up.map(|probed| probed.node).take(2).collect() }
    }
}

impl Prober {
    /// Asks every node of `watched`, at this pace. When none of them is up, up to three of `candidates`
    /// (nodes that the chain shows running) are asked whether we can look at all; their answers are not kept.
    pub async fn round(
        &self,
        watched: &[Address],
        candidates: &[Address],
        pace: Pace,
        now: &impl Fn() -> Timestamp,
    ) -> Round {
        let (answers, wait) = self.all(watched.to_vec(), pace, now).await;
        let mut witnesses = Witnesses::of(&answers);
        if witnesses.up.is_empty() && !answers.is_empty() && wait.is_none() {
            let strangers: Vec<Address> =
                candidates.iter().filter(|node| !watched.contains(node)).take(STRANGERS).copied().collect();
            let pace = Pace { at_once: STRANGERS, spread: Duration::ZERO };
            witnesses = Witnesses::of(&self.all(strangers, pace, now).await.0);
        }
        Round { answers, witnesses, wait }
    }

    async fn all(
        &self,
        nodes: Vec<Address>,
        pace: Pace,
        now: &impl Fn() -> Timestamp,
    ) -> (Vec<Probed>, Option<Duration>) {
        let (began, gap, front) = (Instant::now(), pace.gap(nodes.len()), Front::new(nodes.len()));
        // A question is made when its turn comes: ten thousand of them at the same time are forty megabytes.
        let probes = (0..).zip(nodes).map(|(turn, node)| {
            let front = &front;
            async move {
                sleep_until(began + gap * turn).await;
                if front.asks_to_wait().is_some() {
                    return Self::unasked(node, now);
                }
                let probed = self.probe(node, now).await;
                front.hear(&probed);
                probed
            }
        });
        let answers = stream::iter(probes).buffer_unordered(pace.at_once.max(1)).collect().await;
        (answers, front.asks_to_wait())
    }
}

#[cfg(test)]
mod tests {
    use domain::endpoint::{Activity, Answer, AnswerKind};

    use super::*;

    fn probed(node: u8, kind: AnswerKind) -> Probed {
        let activity = (kind == AnswerKind::Ok).then_some(Activity::Other);
        let answer = Answer { kind, status: None, ms: 1, at: Timestamp::from_millis(1), activity };
        Probed { node: Address::new([node; 32]), answer, machine: None, retry_after: None }
    }

    fn vouched(answers: &[Probed], node: u8) -> bool {
        Witnesses::of(answers).vouch_for(&Address::new([node; 32]))
    }

    #[test]
    fn nobody_is_his_own_witness() {
        let one_up = [probed(1, AnswerKind::Ok), probed(2, AnswerKind::Timeout)];
        assert!(vouched(&one_up, 2));
        assert!(!vouched(&one_up, 1));
        let two_up = [probed(1, AnswerKind::Ok), probed(2, AnswerKind::Ok), probed(3, AnswerKind::Reset)];
        assert!(vouched(&two_up, 1) && vouched(&two_up, 2) && vouched(&two_up, 3));
    }

    #[test]
    fn only_a_node_bears_witness() {
        let kinds = AnswerKind::ALL.into_iter().filter(|kind| *kind != AnswerKind::Ok);
        let answers: Vec<Probed> = (1..).zip(kinds).map(|(node, kind)| probed(node, kind)).collect();
        assert!(!vouched(&answers, 1));
        assert!(!vouched(&[], 1));
    }
}
