//! Who in a round of probes bears witness that we can look at all (network.md §1.11).

use crate::{
    address::Address,
    endpoint::{Answer, Meaning},
};

/// The endpoints that were up in one round.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Witnesses {
    /// Two are enough to vouch for everybody.
    up: Vec<Address>,
}

impl Witnesses {
    /// The witnesses among the answers of one round.
    #[must_use]
    pub fn of<'a>(answers: impl IntoIterator<Item = (&'a Address, &'a Answer)>) -> Self {
        let up = answers.into_iter().filter(|(_, answer)| matches!(answer.meaning(), Meaning::Up(_)));
        Self { up: up.map(|(node, _)| *node).take(2).collect() }
    }

    /// Whether anybody answered.
    #[must_use]
    pub const fn any(&self) -> bool {
        !self.up.is_empty()
    }

    /// Whether the silence of `node` counts: *another* endpoint of the same pattern answered in the same round.
    #[must_use]
    pub fn vouch_for(&self, node: &Address) -> bool {
        self.up.iter().any(|up| up != node)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        endpoint::{Activity, AnswerKind},
        time::Timestamp,
    };

    const fn node(number: u8) -> Address {
        Address::new([number; 32])
    }

    fn answer(number: u8, kind: AnswerKind) -> (Address, Answer) {
        let activity = matches!(kind, AnswerKind::Ok).then_some(Activity::Other);
        (node(number), Answer { kind, status: None, ms: 1, at: Timestamp::from_millis(1), activity })
    }

    fn vouched(answers: &[(Address, Answer)], number: u8) -> bool {
        Witnesses::of(answers.iter().map(|(node, answer)| (node, answer))).vouch_for(&node(number))
    }

    #[test]
    fn nobody_is_his_own_witness() {
        let one_up = [answer(1, AnswerKind::Ok), answer(2, AnswerKind::Timeout)];
        assert!(vouched(&one_up, 2));
        assert!(!vouched(&one_up, 1));
        let two_up = [answer(1, AnswerKind::Ok), answer(2, AnswerKind::Ok), answer(3, AnswerKind::Reset)];
        assert!(vouched(&two_up, 1) && vouched(&two_up, 2) && vouched(&two_up, 3));
    }

    #[test]
    fn only_a_node_bears_witness() {
        let kinds = AnswerKind::ALL.into_iter().filter(|kind| *kind != AnswerKind::Ok);
        let answers: Vec<_> = (1..).zip(kinds).map(|(number, kind)| answer(number, kind)).collect();
        assert!(!vouched(&answers, 1));
        assert!(!vouched(&[], 1));
    }
}
