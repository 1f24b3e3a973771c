//! One round over all watched nodes, and who in it bears witness that we can look at all (network.md §1.11).

use domain::{address::Address, endpoint::Meaning, time::Timestamp};
use futures_util::{StreamExt, stream};

use super::{Probed, Prober};

/// What one round brought.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Round {
    /// One answer for each watched node, in the order they came.
    pub answers: Vec<Probed>,
    /// Who answered, for weighing the silence of the others.
    pub witnesses: Witnesses,
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
    /// Asks every node of `watched`, at most `at_once` at a time. When none of them is up, up to three of `candidates`
    /// (nodes that the chain shows running) are asked whether we can look at all; their answers are not kept.
    pub async fn round(
        &self,
        watched: &[Address],
        candidates: &[Address],
        at_once: usize,
        now: &impl Fn() -> Timestamp,
    ) -> Round {
        let answers = self.all(watched, at_once, now).await;
        let mut witnesses = Witnesses::of(&answers);
        if witnesses.up.is_empty() && !answers.is_empty() {
            let strangers: Vec<Address> =
                candidates.iter().filter(|node| !watched.contains(node)).take(STRANGERS).copied().collect();
            witnesses = Witnesses::of(&self.all(&strangers, STRANGERS, now).await);
        }
        Round { answers, witnesses }
    }

    async fn all(&self, nodes: &[Address], at_once: usize, now: &impl Fn() -> Timestamp) -> Vec<Probed> {
        // Made before they are streamed: a stream over borrowed nodes is not `Send` for every lifetime.
        let probes: Vec<_> = nodes.iter().map(|node| self.probe(*node, now)).collect();
        stream::iter(probes).buffer_unordered(at_once.max(1)).collect().await
    }
}

#[cfg(test)]
mod tests {
    use domain::endpoint::{Activity, Answer, AnswerKind};

    use super::*;

    fn probed(node: u8, kind: AnswerKind) -> Probed {
        let activity = (kind == AnswerKind::Ok).then_some(Activity::Other);
        let answer = Answer { kind, status: None, ms: 1, at: Timestamp::from_millis(1), activity };
        Probed { node: Address::new([node; 32]), answer, machine: None }
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
