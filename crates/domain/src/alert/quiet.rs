//! Quiet hours on a person's clock, right at both switches of it.
//!
//! They begin with the first instant whose clock shows their beginning and end with the last one that shows their end: in a
//! night whose hour comes twice they last through both, and where the clock jumps over a beginning or an end, the jump is it.

use jiff::{
    ZonedDateTime,
    civil::{Date, DateTime},
    tz::{AmbiguousOffset, TimeZone},
};
use serde::{Deserialize, Serialize};

use super::zone::{kept, local};
use crate::time::Timestamp;

/// Minutes in a day.
const DAY: u16 = 1_440;

/// Hours in which nothing is sent, on the clock of the person's zone. `to` before `from` = over midnight; both alike = none.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Quiet {
    /// The first quiet minute of the day, 0 to 1439.
    pub from: u16,
    /// The first one that is not quiet any more, 0 to 1439.
    pub to: u16,
}

impl Quiet {
    /// When the quiet hours end that hold at `at`; `None` = none hold.
    #[must_use]
    pub fn until(self, zone: &TimeZone, at: Timestamp) -> Option<Timestamp> {
        let today = local(at, zone).date();
        let nights = [today.yesterday().ok(), Some(today)];
        nights
            .into_iter()
            .flatten()
            .filter_map(|day| self.on(day, zone))
            .find_map(|(from, to)| (from <= at && at < to).then_some(to))
    }

    /// The quiet hours that begin on a day.
    fn on(self, day: Date, zone: &TimeZone) -> Option<(Timestamp, Timestamp)> {
        if self.from == self.to || self.from >= DAY || self.to >= DAY {
            return None;
        }
        let last = if self.to > self.from { day } else { day.tomorrow().ok()? };
        let from = instant(minute(day, self.from)?, zone, Twice::First)?;
        let to = instant(minute(last, self.to)?, zone, Twice::Last)?;
        Some((from, to))
    }
}

/// Which one of two instants that a clock shows alike.
#[derive(Clone, Copy)]
pub(crate) enum Twice {
    /// The earlier.
    First,
    /// The later.
    Last,
}

/// A minute of a day; `None` where there is none.
pub(crate) fn minute(day: Date, minute: u16) -> Option<DateTime> {
    let (hour, minute) = (i8::try_from(minute / 60).ok()?, i8::try_from(minute % 60).ok()?);
    Some(day.to_datetime(jiff::civil::Time::new(hour, minute, 0, 0).ok()?))
}

/// The instant at which a clock reaches a time: where it jumps over it, the jump.
pub(crate) fn instant(time: DateTime, zone: &TimeZone, twice: Twice) -> Option<Timestamp> {
    let ambiguous = zone.to_ambiguous_zoned_datetime(time);
    let at: ZonedDateTime = match ambiguous.offset() {
        AmbiguousOffset::Unambiguous { .. } => ambiguous.unambiguous().ok()?,
        AmbiguousOffset::Fold { .. } => match twice {
            Twice::First => ambiguous.earlier().ok()?,
            Twice::Last => ambiguous.later().ok()?,
        },
        AmbiguousOffset::Gap { .. } => {
            let before = ambiguous.earlier().ok()?.timestamp();
            let jump = zone.following(before).next()?.timestamp();
            return Some(kept(jump));
        }
    };
    Some(kept(at.timestamp()))
}

#[cfg(test)]
#[path = "quiet_tests.rs"]
mod tests;
