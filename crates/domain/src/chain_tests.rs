use proptest::prelude::*;

use super::*;

const MARKET: Address = Address::new([1; 32]);
const RUN: Address = Address::new([2; 32]);
const JOB: Address = Address::new([3; 32]);

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

fn running() -> Running {
    Running {
        run: RUN,
        job: JOB,
        started: at(50),
        market: Some(MARKET),
        price: Some(48),
        timeout: Some(3_600),
        more: 0,
    }
}

fn queued(position: u32) -> Queued {
    Queued { market: MARKET, position, length: 12, more: 0 }
}

fn seen(claim: Claim) -> Look {
    Look::Seen { claim, absence_doubted: None, slot: 9 }
}

fn is_queued(position: u32) -> Look {
    let mut claim = Claim::default();
    claim.add_queue(queued(position));
    seen(claim)
}

fn is_running() -> Look {
    let mut claim = Claim::default();
    claim.add_run(running());
    seen(claim)
}

fn nowhere() -> Look {
    seen(Claim::default())
}

fn axis(looks: impl IntoIterator<Item = (i64, Look)>) -> ChainAxis {
    let rules = Rules::default();
    looks.into_iter().fold(ChainAxis::new(at(0)), |axis, (now, look)| axis.observe(look, at(now), &rules))
}

fn word(axis: &ChainAxis) -> &'static str {
    axis.reading.known().map_or("unknown", Chain::word)
}

#[test]
fn a_run_counts_since_the_chain_says_so() {
    let axis = axis([(100, is_running())]);
    assert_eq!((word(&axis), axis.since), ("running", at(50)));
}

#[test]
fn a_queue_counts_at_least_since_we_first_saw_it_and_moving_up_is_no_new_stay() {
    let axis = axis([(100, is_queued(7)), (130, is_queued(6))]);
    assert_eq!(axis.since, at(100));
    assert!(matches!(axis.reading.known(), Some(Chain::Queued(Queued { position: 6, .. }))));
}

#[test]
fn nowhere_is_believed_after_two_scans_that_agree() {
    let once = axis([(100, is_queued(7)), (130, nowhere())]);
    assert_eq!(word(&once), "queued", "until then the state before stands");
    let twice = axis([(100, is_queued(7)), (130, nowhere()), (160, nowhere())]);
    assert_eq!((word(&twice), twice.since), ("none", at(130)));
}

#[test]
fn two_looks_with_a_long_blindness_between_them_do_not_agree() {
    let far = axis([(100, is_queued(7)), (130, nowhere()), (4_000, nowhere())]);
    assert_ne!(word(&far), "none");
    let again = axis([(100, is_queued(7)), (130, nowhere()), (4_000, nowhere()), (4_030, nowhere())]);
    assert_eq!((word(&again), again.since), ("none", at(4_000)));
}

#[test]
fn two_looks_within_a_moment_are_one() {
    let hasty = axis([(100, is_running()), (130, nowhere()), (132, nowhere()), (139, nowhere())]);
    assert_eq!(word(&hasty), "running", "it is on its way from its job to its queue");
    let later = axis([(100, is_running()), (130, nowhere()), (132, nowhere()), (140, nowhere())]);
    assert_eq!((word(&later), later.since), ("none", at(130)));
}

#[test]
fn a_node_between_job_and_queue_was_never_nowhere() {
    let axis = axis([(100, is_running()), (130, nowhere()), (160, is_queued(9)), (190, nowhere())]);
    assert_eq!(word(&axis), "queued");
}

#[test]
fn the_same_scan_told_twice_is_one_scan() {
    assert_eq!(word(&axis([(100, nowhere()), (100, nowhere())])), "unknown");
}

#[test]
fn a_doubted_absence_is_no_absence() {
    let doubted = Look::Seen { claim: Claim::default(), absence_doubted: Some(Why::RpcShortList), slot: 9 };
    let looks = (0..20).map(|n| (130 + n * 30, doubted.clone()));
    let axis = axis([(100, is_queued(7))].into_iter().chain(looks));
    let Reading::Unknown { since, why, last } = axis.reading else { panic!("still {:?}", axis.reading) };
    assert_eq!((since, why), (at(100), Why::RpcShortList));
    assert_eq!(last.unwrap().0.word(), "queued");
}

#[test]
fn three_periods_without_a_good_look_make_it_unknown_since_the_last_good_one() {
    let blind = |now| (now, Look::Blind(Why::RpcThrottled));
    let still = axis([(100, is_running()), blind(130), blind(160), blind(190)]);
    assert_eq!(word(&still), "running");
    let gone = axis([(100, is_running()), blind(130), blind(191)]);
    assert!(
        matches!(gone.reading, Reading::Unknown { since, why: Why::RpcThrottled, last: Some(_) } if since == at(100))
    );
    assert_eq!(gone.since, at(100));
}

#[test]
fn a_stopped_watch_says_so_itself() {
    let axis = axis([(100, is_running())]).aged(at(100_000), &Rules::default());
    assert!(matches!(axis.reading, Reading::Unknown { why: Why::NotWatching, .. }));
}

#[test]
fn several_runs_and_queues_are_counted_and_a_run_comes_first() {
    let mut claim = Claim::default();
    claim.add_queue(queued(2));
    claim.add_queue(Queued { market: Address::new([9; 32]), ..queued(1) });
    claim.add_run(running());
    claim.add_run(Running { run: Address::new([8; 32]), started: at(70), ..running() });
    let axis = axis([(100, seen(claim))]);
    let Some(Chain::Running(run)) = axis.reading.known() else { panic!("{:?}", axis.reading) };
    assert_eq!((run.started, run.more), (at(70), 3), "the youngest run, and three more places");
}

#[test]
fn a_deadline_needs_the_jobs_account_and_never_overflows() {
    assert_eq!(running().deadline(), Some(at(3_650)));
    assert_eq!(Running { timeout: None, ..running() }.deadline(), None);
    assert_eq!(Running { timeout: Some(-5), ..running() }.deadline(), Some(at(50)));
    assert!(Running { timeout: Some(i64::MAX), ..running() }.deadline().is_some());
}

fn any_look() -> impl Strategy<Value = Look> {
    prop_oneof![
        Just(is_running()),
        (1u32..9).prop_map(is_queued),
        Just(nowhere()),
        Just(Look::Blind(Why::RpcTimeout)),
        Just(Look::Seen { claim: Claim::default(), absence_doubted: Some(Why::RpcShortList), slot: 9 }),
    ]
}

proptest! {
    #[test]
    fn none_is_never_said_without_two_undoubted_scans_in_a_row_that_saw_nothing(
        looks in prop::collection::vec((1i64..60, any_look()), 1..40)
    ) {
        let rules = Rules::default();
        let (mut axis, mut now, mut nothing) = (ChainAxis::new(at(0)), 0, 0);
        for (step, look) in looks {
            now += step;
            match &look {
                Look::Seen { claim, absence_doubted: None, .. } if *claim == Claim::default() => nothing += 1,
                Look::Seen { claim, .. } if *claim != Claim::default() => nothing = 0,
                _ => {}
            }
            axis = axis.observe(look, at(now), &rules);
            if axis.reading.known() == Some(&Chain::None) {
                prop_assert!(nothing >= 2);
            }
        }
    }
}
