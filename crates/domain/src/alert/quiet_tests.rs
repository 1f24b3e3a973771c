use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::alert::zone::zone_or_utc;

const NIGHT: Quiet = Quiet { from: 22 * 60, to: 7 * 60 };

fn at(text: &str) -> Timestamp {
    kept(text.parse().unwrap())
}

/// The end of the quiet hours of Berlin that hold at an instant, as UTC.
fn berlin(quiet: Quiet, now: &str) -> Option<Timestamp> {
    quiet.until(&zone_or_utc("Europe/Berlin"), at(now))
}

#[test]
fn a_night_over_midnight_is_one() {
    assert_eq!(berlin(NIGHT, "2026-11-23T20:59:59Z"), None);
    assert_eq!(berlin(NIGHT, "2026-11-23T21:00:00Z"), Some(at("2026-11-24T06:00:00Z")));
    assert_eq!(berlin(NIGHT, "2026-11-24T05:59:59Z"), Some(at("2026-11-24T06:00:00Z")));
    assert_eq!(berlin(NIGHT, "2026-11-24T06:00:00Z"), None);
    let noon = Quiet { from: 12 * 60, to: 13 * 60 };
    assert_eq!(berlin(noon, "2026-11-24T11:30:00Z"), Some(at("2026-11-24T12:00:00Z")));
    assert_eq!(berlin(Quiet { from: 60, to: 60 }, "2026-11-24T00:00:00Z"), None);
}

#[test]
fn the_nights_of_both_switches_end_when_the_clock_says_so() {
    // 29 March 2026: 02:00 becomes 03:00. The night has an hour less.
    assert_eq!(berlin(NIGHT, "2026-03-28T21:00:00Z"), Some(at("2026-03-29T05:00:00Z")));
    // 25 October 2026: 03:00 becomes 02:00 again. The night has an hour more.
    assert_eq!(berlin(NIGHT, "2026-10-24T20:00:00Z"), Some(at("2026-10-25T06:00:00Z")));
}

#[test]
fn an_end_in_the_missing_hour_is_the_jump() {
    let quiet = Quiet { from: 60, to: 150 };
    assert_eq!(berlin(quiet, "2026-03-29T00:30:00Z"), Some(at("2026-03-29T01:00:00Z")));
    assert_eq!(berlin(quiet, "2026-03-29T01:00:00Z"), None, "it is 03:00 already");
    let begins_in_it = Quiet { from: 150, to: 240 };
    assert_eq!(berlin(begins_in_it, "2026-03-29T00:59:59Z"), None);
    assert_eq!(berlin(begins_in_it, "2026-03-29T01:00:00Z"), Some(at("2026-03-29T02:00:00Z")));
    let all_of_it = Quiet { from: 130, to: 170 };
    assert_eq!(berlin(all_of_it, "2026-03-29T01:00:00Z"), None, "there is no such time that night");
}

#[test]
fn an_hour_that_comes_twice_is_quiet_both_times() {
    let quiet = Quiet { from: 130, to: 150 };
    let end = Some(at("2026-10-25T01:30:00Z"));
    assert_eq!(berlin(quiet, "2026-10-25T00:09:59Z"), None);
    for now in ["2026-10-25T00:10:00Z", "2026-10-25T00:45:00Z", "2026-10-25T01:29:59Z"] {
        assert_eq!(berlin(quiet, now), end, "{now}");
    }
    assert_eq!(berlin(quiet, "2026-10-25T01:30:00Z"), None);
}

proptest! {
    #[test]
    fn whenever_the_clock_shows_a_quiet_minute_it_is_quiet(
        seconds in 1_700_000_000_i64..1_900_000_000,
        from in 0_u16..1440,
        to in 0_u16..1440,
        name in prop::sample::select(vec!["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]),
    ) {
        let (zone, quiet, now) = (zone_or_utc(name), Quiet { from, to }, Timestamp::from_unix_seconds(seconds));
        let clock = local(now, &zone);
        let shown = u16::try_from(i32::from(clock.hour()) * 60 + i32::from(clock.minute())).unwrap();
        let shows_quiet = if from < to { from <= shown && shown < to } else { from != to && (from <= shown || shown < to) };
        let until = quiet.until(&zone, now);
        prop_assert!(!shows_quiet || until.is_some());
        if let Some(end) = until {
            prop_assert!(end > now && end.since(now) <= Duration::from_secs(26 * 3_600));
            prop_assert_eq!(quiet.until(&zone, end), None);
        }
    }
}
