//! The days are tested themselves: each rule that is bent is found, and for its own fault.

use super::{falsified, rule::Rule};

/// Each wrong rule is found within so many days.
const WITHIN: u32 = 400;

macro_rules! found {
    ($($test:ident: $rule:ident, $($fault:literal)|+;)+) => {
        $(#[test]
        fn $test() {
            let found = falsified(Rule::$rule, WITHIN, 0).unwrap_or_default();
            assert!([$($fault),+].iter().any(|fault| found.contains(fault)), "{:?} is found on no day, or for another fault: {found}", Rule::$rule);
        })+
    };
}

found! {
    a_tunnel_that_is_down_taken_for_nodes_that_are: OfflineWhileBlind, "this did not happen";
    a_night_that_nobody_looks_at: QuietIgnored, "it is quiet";
    a_night_by_the_clock_of_another_zone: WrongZone, "it is quiet" | "this is told late";
    a_night_that_is_told_piece_by_piece: NightInPieces, "one night, several messages";
    a_mute_that_nobody_looks_at: MuteIgnored, "muted: true";
    what_was_switched_off: ChoicesIgnored, "wanted: ";
    no_hold_for_others_of_one_cause: NoHold, "this is told before its hold";
    one_fact_written_down_twice: KeysNotUnique, "written down twice";
    a_recovery_from_what_nobody_was_told: BackAlone, "nobody was told what this ends";
    what_is_over_dropped_untold: OverIsDropped, "this is only logged";
    our_own_gap_told_one_by_one: GapForgotten, "what was over before we woke up is told one by one";
    old_jobs_as_news: StaleJobs, "this is no news";
    each_silence_of_a_node_that_flaps: FlapsTold, "this flaps";
    a_message_lost_when_its_provider_fails: LostOnFailure, "never arrived";
    a_message_tried_again_at_night: RetriedAtNight, "it is quiet, and this is sent";
    a_provider_that_asks_for_time_in_vain: RetryAfterIgnored, "the provider had asked for time";
    several_of_one_cause_one_by_one: OneByOne, "one by one" | "several messages" | "this flaps";
    a_silence_told_again_and_again: AgainAndAgain, "this is told again: ";
    a_row_told_with_the_next_message_too: ToldAgain, "this is told again";
}
