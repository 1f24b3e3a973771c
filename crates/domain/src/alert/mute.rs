//! How long somebody wants to hear nothing of a node.

use std::time::Duration;

use super::{
    quiet::{Twice, instant, minute},
    zone::{local, zone_or_utc},
};
use crate::time::Timestamp;

/// A length to choose.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Mute {
    /// One hour.
    OneHour,
    /// Four hours.
    FourHours,
    /// Eight hours.
    EightHours,
    /// Until the next 08:00 on the person's clock.
    Tomorrow,
}

/// The minute of the day at which *until tomorrow* ends.
const MORNING: u16 = 8 * 60;

impl Mute {
    /// Every length there is.
    pub const ALL: [Self; 4] = [Self::OneHour, Self::FourHours, Self::EightHours, Self::Tomorrow];

    /// The word of the API and of the bot.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::OneHour => "1h",
            Self::FourHours => "4h",
            Self::EightHours => "8h",
            Self::Tomorrow => "tomorrow",
        }
    }

    /// The length that a word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mute| mute.word() == word)
    }

    /// When it ends, on the clock of the zone with this IANA name.
    #[must_use]
    pub fn until(self, zone: &str, now: Timestamp) -> Timestamp {
        let hours = |hours: u64| now.plus(Duration::from_secs(hours * 3_600));
        match self {
            Self::OneHour => hours(1),
            Self::FourHours => hours(4),
            Self::EightHours => hours(8),
            Self::Tomorrow => morning(zone, now).unwrap_or_else(|| hours(24)),
        }
    }
}

fn morning(zone: &str, now: Timestamp) -> Option<Timestamp> {
    let zone = zone_or_utc(zone);
    let today = local(now, &zone).date();
    let mornings = [Some(today), today.tomorrow().ok()].into_iter().flatten();
    let mut instants = mornings.filter_map(|day| instant(minute(day, MORNING)?, &zone, Twice::Last));
    instants.find(|morning| *morning > now)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::zone::kept;

    #[test]
    fn tomorrow_is_the_next_morning_on_the_persons_clock() {
        let at = |text: &str| kept(text.parse().unwrap());
        let until = |now: &str| Mute::Tomorrow.until("Europe/Berlin", at(now));
        assert_eq!(until("2026-11-23T20:00:00Z"), at("2026-11-24T07:00:00Z"));
        assert_eq!(until("2026-11-24T02:00:00Z"), at("2026-11-24T07:00:00Z"), "at night it is today's");
        assert_eq!(until("2026-11-24T07:00:00Z"), at("2026-11-25T07:00:00Z"));
        assert_eq!(until("2026-03-28T20:00:00Z"), at("2026-03-29T06:00:00Z"), "the night of the switch");
    }

    #[test]
    fn a_word_names_its_length() {
        for mute in Mute::ALL {
            assert_eq!(Mute::from_word(mute.word()), Some(mute));
        }
        let now = Timestamp::from_unix_seconds(0);
        assert_eq!(Mute::EightHours.until("UTC", now), Timestamp::from_unix_seconds(28_800));
    }
}
