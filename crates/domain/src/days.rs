//! Where a person's days and months begin, on their own clock.

use jiff::{ZonedDateTime, civil::Date};

use crate::{
    alert::zone::{kept, local, zone_or_utc},
    time::Timestamp,
};

/// The days around an instant; `None` where no calendar can tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Days {
    /// Where the day before begins.
    pub yesterday: Option<Timestamp>,
    /// Where the day of the instant begins.
    pub today: Option<Timestamp>,
    /// Where its month begins.
    pub month: Option<Timestamp>,
}

impl Days {
    /// The days around `now` in the zone with this IANA name.
    #[must_use]
    pub fn of(now: Timestamp, zone: &str) -> Self {
        let now = local(now, &zone_or_utc(zone));
        let (today, begins) = (now.date(), |day| begins(day, &now));
        Self {
            yesterday: today.yesterday().ok().and_then(begins),
            today: begins(today),
            month: begins(today.first_of_month()),
        }
    }
}

/// Midnight, or the end of the jump where the clock skips it.
fn begins(day: Date, now: &ZonedDateTime) -> Option<Timestamp> {
    Some(kept(day.to_zoned_datetime(now.time_zone().clone()).ok()?.timestamp()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        kept(text.parse().unwrap())
    }

    #[test]
    fn days_begin_at_the_persons_midnight_also_at_a_switch() {
        // The day before the switch back, which has 25 hours, and the day after it.
        let berlin = Days::of(at("2026-10-26T12:00:00Z"), "Europe/Berlin");
        assert_eq!(berlin.yesterday, Some(at("2026-10-24T22:00:00Z")));
        assert_eq!(berlin.today, Some(at("2026-10-25T23:00:00Z")));
        assert_eq!(berlin.month, Some(at("2026-09-30T22:00:00Z")));
        // In Santiago the clock jumps from midnight to one.
        let santiago = Days::of(at("2026-09-06T12:00:00Z"), "America/Santiago");
        assert_eq!(santiago.today, Some(at("2026-09-06T04:00:00Z")));
        assert_eq!(
            Days::of(at("2026-11-24T23:59:59Z"), "Nowhere/None").today,
            Some(at("2026-11-24T00:00:00Z"))
        );
    }
}
