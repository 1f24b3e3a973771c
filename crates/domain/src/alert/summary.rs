//! When a daily or weekly summary is due, on the person's clock.

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

use super::{
    quiet::{Twice, instant, minute},
    zone::{local, zone_or_utc},
};
use crate::time::Timestamp;

/// How often, and when.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(tag = "every", rename_all = "snake_case")]
pub enum Summary {
    /// Never.
    #[default]
    Off,
    /// Every day.
    Daily {
        /// 0 to 23.
        hour: u8,
    },
    /// Every week.
    Weekly {
        /// 1 (Monday) to 7 (Sunday).
        weekday: u8,
        /// 0 to 23.
        hour: u8,
    },
}

/// What a summary is about.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Period {
    /// From here on: the hour of the last summary.
    pub from: Timestamp,
    /// Up to here: the hour at which this one is due. It names the summary: nobody gets two of one hour.
    pub to: Timestamp,
}

impl Summary {
    /// The latest period whose summary is due at `now`, on the clock of the zone with this IANA name. After a stop only
    /// the latest one is worth telling.
    #[must_use]
    pub fn due(self, zone: &str, now: Timestamp) -> Option<Period> {
        let zone = zone_or_utc(zone);
        let (hour, days, weekday) = match self {
            Self::Off => return None,
            Self::Daily { hour } => (hour, 1_i64, None),
            Self::Weekly { weekday, hour } => {
                (hour, 7, Some(Weekday::from_monday_one_offset(i8::try_from(weekday).ok()?).ok()?))
            }
        };
        let hour = u16::from(hour.min(23)) * 60;
        let today = local(now, &zone).date();
        let at = |day: jiff::civil::Date| instant(minute(day, hour)?, &zone, Twice::First);
        let day = (0..=days)
            .filter_map(|back| today.checked_sub(jiff::Span::new().try_days(back).ok()?).ok())
            .filter(|day| weekday.is_none_or(|weekday| day.weekday() == weekday))
            .find(|day| at(*day).is_some_and(|due| due <= now))?;
        let before = day.checked_sub(jiff::Span::new().try_days(days).ok()?).ok()?;
        Some(Period { from: at(before)?, to: at(day)? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::zone::kept;

    fn at(text: &str) -> Timestamp {
        kept(text.parse().unwrap())
    }

    fn period(from: &str, to: &str) -> Option<Period> {
        Some(Period { from: at(from), to: at(to) })
    }

    #[test]
    fn a_day_is_the_persons_day_whatever_the_clock_does() {
        let due = |now: &str| Summary::Daily { hour: 8 }.due("Europe/Berlin", at(now));
        let day = period("2026-11-23T07:00:00Z", "2026-11-24T07:00:00Z");
        assert_eq!(due("2026-11-24T07:00:00Z"), day);
        assert_eq!(due("2026-11-25T06:59:59Z"), day);
        assert_eq!(due("2026-10-25T07:00:00Z"), period("2026-10-24T06:00:00Z", "2026-10-25T07:00:00Z"));
    }

    #[test]
    fn a_week_ends_on_its_weekday() {
        let weekly = Summary::Weekly { weekday: 1, hour: 9 };
        let week = period("2026-11-16T09:00:00Z", "2026-11-23T09:00:00Z");
        assert_eq!(weekly.due("UTC", at("2026-11-23T09:00:00Z")), week);
        assert_eq!(weekly.due("UTC", at("2026-11-30T08:59:59Z")), week);
        assert_eq!(Summary::Off.due("UTC", at("2026-11-30T08:59:59Z")), None);
        assert_eq!(Summary::Weekly { weekday: 9, hour: 9 }.due("UTC", at("2026-11-30T08:59:59Z")), None);
    }
}
