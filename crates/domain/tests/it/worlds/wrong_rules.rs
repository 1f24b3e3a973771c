//! The worlds are tested themselves: a rule that is bent is found.

use super::{falsified, watcher::Rule};

/// Each wrong rule is found within so many worlds.
const WITHIN: u32 = 400;

macro_rules! found {
    ($($test:ident: $rule:ident),+ $(,)?) => {
        $(#[test]
        fn $test() {
            assert!(falsified(Rule::$rule, WITHIN, 0).is_some(), "{:?} is found in no world", Rule::$rule);
        })+
    };
}

found! {
    silence_without_a_witness: SilenceNeedsNoWitness,
    an_absence_from_a_list_that_is_believed: AbsenceFromAListIsBelieved,
    one_scan_for_none: OneScanIsEnoughForNone,
    finalized_read_for_confirmed: FinalizedIsReadForConfirmed,
    an_older_slot_over_a_newer: AnOlderSlotWins,
    blindness_as_absence: BlindnessIsAbsence,
    a_foreign_answer_as_silence: AForeignAnswerIsSilence,
    being_picked_as_an_act: BeingPickedRestartsTheSilence,
    time_not_looked_as_silence: TimeNotLookedIsSilence,
    a_market_not_read_as_an_empty_queue: AMarketNotReadIsEmpty,
    a_closed_job_as_finished: AClosedJobIsFinished,
    acts_that_are_ignored: ActsAreIgnored,
}
