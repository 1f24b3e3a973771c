use proptest::prelude::*;

use super::*;
use crate::{node::Gpu, why::Why};

const NODE: Address = Address::new([7; 32]);
const MARKET: Address = Address::new([9; 32]);

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

const fn known(value: i64, seconds: i64) -> Reading<i64> {
    Reading::Known { value, at: at(seconds) }
}

fn unknown(last: i64) -> Reading<i64> {
    Reading::Unknown { since: at(0), why: Why::RpcTimeout, last: Some((last, at(0))) }
}

fn sol(reading: Reading<i64>) -> Purse {
    Purse { sol: reading, ..Purse::new(at(0)) }
}

fn stake(reading: Reading<i64>) -> Purse {
    Purse { stake: reading, ..Purse::new(at(0)) }
}

fn kinds(before: &Purse, after: &Purse) -> Vec<EventKind> {
    purse(NODE, before, after, &Rules::default()).iter().map(|event| event.kind).collect()
}

#[test]
fn little_sol_is_said_at_its_level_and_an_empty_wallet_counts() {
    let first = |lamports| kinds(&Purse::new(at(0)), &sol(known(lamports, 1)));
    assert_eq!(first(20_000_000), []);
    assert_eq!(first(19_999_999), [EventKind::SolLow]);
    assert_eq!(first(6_000_000), [EventKind::SolLow]);
    assert_eq!(first(5_999_999), [EventKind::SolCritical]);
    assert_eq!(first(0), [EventKind::SolCritical]);
}

#[test]
fn it_is_said_once_a_day_and_never_from_a_read_that_failed() {
    let today = sol(known(10_000_000, 86_400));
    assert_eq!(kinds(&today, &sol(known(9_000_000, 172_799))), []);
    assert_eq!(kinds(&today, &sol(known(9_000_000, 172_800))), [EventKind::SolLow]);
    assert_eq!(kinds(&today, &sol(known(5_000_000, 90_000))), [EventKind::SolCritical]);
    assert_eq!(kinds(&Purse::new(at(0)), &sol(unknown(0))), []);
    let told = purse(NODE, &Purse::new(at(0)), &today, &Rules::default());
    assert_eq!(told[0].key, format!("sol_low:{NODE}:1970-01-02"));
}

#[test]
fn a_stake_that_falls_was_unstaked_or_cut() {
    let fell = |was, is| kinds(&stake(was), &stake(known(is, 5)));
    assert_eq!(fell(known(100, 1), 0), [EventKind::Unstaking]);
    assert_eq!(fell(known(100, 1), 99), [EventKind::Slashed]);
    assert_eq!(fell(unknown(100), 99), [EventKind::Slashed], "it fell while we could not read");
    assert_eq!(fell(known(100, 1), 100), []);
    assert_eq!(fell(known(100, 1), 101), []);
    assert_eq!(fell(known(0, 1), 0), []);
    assert_eq!(fell(Reading::never(at(0)), 0), [], "nobody knows what it was");
    assert_eq!(kinds(&stake(known(100, 1)), &stake(unknown(0))), []);
}

#[test]
fn a_stake_below_the_minimum_is_said_once_for_each_pair() {
    let low = |stake| stake_low(NODE, MARKET, &stake, 5_000_000);
    assert_eq!(low(known(4_999_999, 1)).unwrap().subject.unwrap(), "4999999/5000000");
    assert_eq!(low(known(4_999_999, 1)).unwrap().key, low(known(4_999_999, 9)).unwrap().key);
    assert!(low(known(5_000_000, 1)).is_none() && low(unknown(1)).is_none());
    assert!(stake_low(NODE, MARKET, &known(0, 1), 0).is_none());
}

#[test]
fn an_old_version_is_said_once_and_what_is_no_version_never() {
    let old = |have, need| version_old(NODE, have, need, at(1)).map(|event| event.key);
    assert!(old(Some("1.1.8"), Some("1.1.9")).is_some());
    for (have, need) in
        [(Some("1.1.9"), Some("1.1.9")), (Some("nightly"), Some("1")), (None, Some("1")), (Some("1"), None)]
    {
        assert_eq!(old(have, need), None);
    }
}

fn machine(serials: &[Option<&str>]) -> Machine {
    let gpu =
        |uuid: &Option<&str>| Gpu { name: "RTX 4090".into(), uuid: uuid.map(Into::into), ..Gpu::default() };
    Machine { gpus: serials.iter().map(gpu).collect(), ..Machine::default() }
}

#[test]
fn other_cards_are_said_and_an_order_or_a_missing_report_is_not() {
    let changed =
        |was: &[Option<&str>], is: &[Option<&str>]| gpu_changed(NODE, &machine(was), &machine(is), at(1));
    assert!(changed(&[Some("a")], &[Some("b")]).is_some());
    assert!(changed(&[Some("a"), Some("b")], &[Some("a")]).is_some());
    assert_eq!(changed(&[Some("a"), Some("b")], &[Some("b"), Some("a")]), None);
    assert_eq!(changed(&[Some("a")], &[]), None);
    assert_eq!(changed(&[Some("a")], &[None]), None);
}

#[test]
fn two_machines_that_take_turns_are_two_words_a_day() {
    let machines = [machine(&[Some("a")]), machine(&[Some("b")])];
    let keys = (0..50).map(|turn: i64| {
        let (was, is) = (&machines[usize::from(turn % 2 == 0)], &machines[usize::from(turn % 2 == 1)]);
        gpu_changed(NODE, was, is, at(turn * 30)).unwrap().key
    });
    assert_eq!(keys.collect::<std::collections::BTreeSet<String>>().len(), 2);
}

#[test]
fn a_tier_is_compared_with_one_that_was_known() {
    let changed = |was, is| tier_changed(NODE, was, is, at(1)).is_some();
    assert!(changed(Some("PREMIUM"), Some("COMMUNITY")));
    assert!(
        !changed(Some("PREMIUM"), Some("PREMIUM"))
            && !changed(None, Some("PREMIUM"))
            && !changed(Some("PREMIUM"), None)
    );
}

/// Runs by number, newest first: `x` failed, `o` finished.
fn failing(story: &str) -> Option<String> {
    let runs = u8::try_from(story.len()).unwrap();
    let ended: Vec<(Address, Outcome)> = (0..runs)
        .rev()
        .zip(story.chars())
        .map(|(run, end)| {
            (Address::new([run; 32]), if end == 'x' { Outcome::Failed } else { Outcome::Finished })
        })
        .collect();
    jobs_failing(NODE, &ended, &Rules::default(), at(1)).map(|event| event.key)
}

#[test]
fn three_failed_jobs_are_said_once_however_many_follow() {
    assert_eq!(failing("xxo"), None);
    assert_eq!(failing("oxxx"), None);
    let third = failing("xxxoo");
    assert!(third.is_some());
    assert_eq!(failing("xxxxxoo"), third);
    assert_eq!(failing("xxxxxxxxx"), None, "its beginning is out of sight: it was said then");
    assert!(failing("xxx").is_some(), "a node whose first three jobs failed");
}

proptest! {
    #[test]
    fn nothing_is_said_of_a_purse_that_was_not_read(sol_was: i64, stake_was: i64) {
        let before = Purse { sol: known(sol_was, 1), stake: known(stake_was, 1), ..Purse::new(at(0)) };
        prop_assert_eq!(kinds(&before, &before), []);
        let lost = Purse { sol: unknown(sol_was), stake: unknown(stake_was), ..Purse::new(at(0)) };
        prop_assert_eq!(kinds(&before, &lost), []);
    }
}
