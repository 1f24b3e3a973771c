use super::*;
use proptest::prelude::*;

const YEAR: i64 = 365 * 86_400;
const START: i64 = 1_795_000_000;

fn reading(wall: i64, boot: u64) -> Reading {
    Reading { wall: Timestamp::from_unix_seconds(START + wall), boot: Duration::from_secs(boot) }
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(START + seconds)
}

fn kept(seconds: i64, boot: u64, boot_id: &str) -> Heartbeat {
    Heartbeat { at: at(seconds), boot: Duration::from_secs(boot), boot_id: boot_id.to_owned() }
}

#[test]
fn fault_50_a_clock_a_year_ahead_moves_session_time_by_what_the_boot_clock_counted() {
    let mut guard = Guard::start(None, "b1", reading(0, 100));
    let jumped = guard.observe(reading(YEAR, 160));
    assert_eq!(jumped, SessionTime { now: at(60), is_trusted: false });
    let mended = guard.observe(reading(120, 220));
    assert_eq!(mended, SessionTime { now: at(120), is_trusted: true });
}

#[test]
fn fault_51_a_clock_set_back_moves_it_no_more() {
    let mut guard = Guard::start(None, "b1", reading(0, 100));
    assert_eq!(guard.observe(reading(-YEAR, 160)), SessionTime { now: at(60), is_trusted: false });
}

#[test]
fn a_night_of_sleep_is_time_that_passed() {
    let mut guard = Guard::start(None, "b1", reading(0, 100));
    let woken = guard.observe(reading(8 * 3_600, 100 + 8 * 3_600));
    assert_eq!(woken, SessionTime { now: at(8 * 3_600), is_trusted: true });
}

#[test]
fn the_database_or_two_sources_bear_a_clock_out_and_one_source_does_not() {
    let jumped = reading(YEAR, 160);
    for (witnesses, is_trusted) in [
        (vec![Witness::Database], true),
        (vec![Witness::Administrator], true),
        (vec![Witness::Source(0)], false),
        (vec![Witness::Source(0), Witness::Source(0)], false),
        (vec![Witness::Source(0), Witness::Source(1)], true),
    ] {
        let mut guard = Guard::start(None, "b1", reading(0, 100));
        for witness in &witnesses {
            guard.hear(*witness, at(YEAR), jumped);
        }
        assert_eq!(guard.observe(jumped).is_trusted, is_trusted, "{witnesses:?}");
    }
    let mut guard = Guard::start(None, "b1", reading(0, 100));
    guard.hear(Witness::Database, at(0), jumped);
    assert!(!guard.observe(jumped).is_trusted, "a witness of another time");
}

#[test]
fn over_a_restart_the_kept_time_is_the_baseline() {
    let mut same_boot = Guard::start(Some(&kept(0, 100, "b1")), "b1", reading(YEAR, 400));
    assert_eq!(same_boot.observe(reading(YEAR, 400)), SessionTime { now: at(300), is_trusted: false });
    let mut weekend = Guard::start(Some(&kept(0, 100, "b1")), "b2", reading(2 * 86_400, 5));
    assert!(weekend.observe(reading(2 * 86_400, 5)).is_trusted);
    let mut year = Guard::start(Some(&kept(0, 100, "b1")), "b2", reading(YEAR, 5));
    assert_eq!(year.observe(reading(YEAR, 65)), SessionTime { now: at(60), is_trusted: false });
    let mut dead_battery = Guard::start(Some(&kept(0, 100, "b1")), "b2", reading(-YEAR, 5));
    assert_eq!(dead_battery.observe(reading(-YEAR, 5)), SessionTime { now: at(0), is_trusted: false });
}

#[test]
fn sleep_a_freeze_and_a_step_are_three_findings() {
    let minute = Duration::from_secs(60);
    let tick = |wall, boot, mono| (reading(wall, boot), Duration::from_secs(mono));
    assert_eq!(findings(tick(0, 100, 100), tick(60, 160, 160), minute), []);
    let slept = findings(tick(0, 100, 100), tick(3_660, 3_760, 160), minute);
    assert_eq!(slept, [Finding::Suspended(Duration::from_secs(3_600))]);
    let froze = findings(tick(0, 100, 100), tick(160, 260, 260), minute);
    assert_eq!(froze, [Finding::Frozen(Duration::from_secs(100))]);
    assert_eq!(findings(tick(0, 100, 100), tick(-60, 160, 160), minute), [Finding::Stepped(-120_000)]);
}

proptest! {
    #[test]
    fn without_a_witness_no_wall_clock_moves_session_time_far_from_the_boot_clock(
        walls in prop::collection::vec(-10 * YEAR..10 * YEAR, 1..20),
    ) {
        let mut guard = Guard::start(None, "b1", reading(0, 0));
        let mut last = at(0);
        for wall in walls {
            let said = guard.observe(reading(wall, 1));
            prop_assert!(!far(said.now, last), "one step moves it by the agreement at most");
            last = said.now;
        }
    }
}
