//! Figures of a message: amounts exact to the last digit, spans, and times on the person's clock.

use jiff::tz::TimeZone;

use super::tongue::{Tongue, tongue};
use crate::{
    alert::{
        preference::{ClockFormat, Preferences},
        zone::local,
    },
    time::Timestamp,
};

/// How a person is spoken to.
#[derive(Clone)]
pub struct Speech {
    pub(super) tongue: &'static dyn Tongue,
    clock: ClockFormat,
    zone: TimeZone,
    now: Timestamp,
}

impl Speech {
    /// With a person who prefers this, at `now`.
    #[must_use]
    pub fn of(preferences: &Preferences, now: Timestamp) -> Self {
        Self {
            tongue: tongue(preferences.language),
            clock: preferences.clock,
            zone: preferences.time_zone(),
            now,
        }
    }

    /// An instant to the minute, with its date when it is a day away or more.
    #[must_use]
    pub fn time(&self, at: Timestamp) -> String {
        let away = self.now.since(at).max(at.since(self.now));
        if away.as_secs() < 86_400 { self.hour(at) } else { self.dated(at) }
    }

    /// An instant to the minute, with its date.
    #[must_use]
    pub fn dated(&self, at: Timestamp) -> String {
        format!("{} {}", self.tongue.date(local(at, &self.zone).date()), self.hour(at))
    }

    fn hour(&self, at: Timestamp) -> String {
        let then = local(at, &self.zone);
        match self.clock {
            ClockFormat::H24 => then.strftime("%H:%M").to_string(),
            ClockFormat::H12 => then.strftime("%-I:%M %P").to_string(),
        }
    }

    /// Thousandths as a share of a hundred; a little less than all is never all.
    #[must_use]
    pub fn per_cent(&self, per_mille: u16) -> String {
        format!("{}{}{} %", per_mille / 10, self.tongue.point(), per_mille % 10)
    }

    /// A span in its two greatest units.
    #[must_use]
    pub fn span(&self, seconds: i64) -> String {
        let seconds = seconds.max(0);
        two_units(seconds, |days| self.tongue.days(days))
    }

    /// Micro-NOS, or micro-xNOS, in whole ones: exact, at least two decimals.
    #[must_use]
    pub fn nos(&self, micro: i128) -> String {
        self.amount(micro, 6, 2)
    }

    /// Lamports in SOL: exact, at least four decimals.
    #[must_use]
    pub fn sol(&self, lamports: i64) -> String {
        self.amount(i128::from(lamports), 9, 4)
    }

    /// An amount of `10^-decimals` units, exact, without idle zeros behind the first `least` decimals.
    fn amount(&self, units: i128, decimals: u32, least: usize) -> String {
        let (sign, whole, digits) = exact(units, decimals, least);
        format!("{sign}{}{}{digits}", self.grouped(whole), self.tongue.point())
    }

    /// A number with its thousands apart.
    #[must_use]
    pub fn grouped(&self, number: u128) -> String {
        let digits = number.to_string();
        let mut text = String::with_capacity(digits.len() * 4 / 3 + 1);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                text.push(self.tongue.thousands());
            }
            text.push(digit);
        }
        text
    }
}

/// A span in its two greatest units, with its days in the words of `days`.
pub(super) fn two_units(seconds: i64, days: impl Fn(i64) -> String) -> String {
    let (whole_days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (whole_days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, 0) => format!("{hours} h"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (_, 0, _) => days(whole_days),
        _ => format!("{} {hours} h", days(whole_days)),
    }
}

/// Sign, whole ones and decimals of `10^-decimals` units: exact, without idle zeros behind the first `least` decimals.
pub(super) fn exact(units: i128, decimals: u32, least: usize) -> (&'static str, u128, String) {
    let one = 10_u128.pow(decimals);
    let (whole, part) = (units.unsigned_abs() / one, units.unsigned_abs() % one);
    let mut digits = format!("{part:0width$}", width = usize::try_from(decimals).unwrap_or(0));
    digits.truncate(digits.trim_end_matches('0').len().max(least));
    (if units < 0 { "−" } else { "" }, whole, digits)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::alert::preference::Language;
    use proptest::prelude::*;

    fn speech(language: Language, clock: ClockFormat) -> Speech {
        let preferences =
            Preferences { language, clock, zone: "Europe/Berlin".to_owned(), ..Preferences::default() };
        Speech::of(&preferences, Timestamp::from_unix_seconds(1_795_485_600))
    }

    #[test]
    fn amounts_are_exact_and_a_little_is_not_nothing() {
        let (en, de) = (speech(Language::En, ClockFormat::H24), speech(Language::De, ClockFormat::H24));
        assert_eq!((en.nos(2_000_000), de.nos(2_000_000)), ("2.00".into(), "2,00".into()));
        assert_eq!(en.nos(1_000_800), "1.0008");
        assert_eq!(
            (en.nos(33_448_000_000), de.nos(33_448_000_000)),
            ("33,448.00".into(), "33.448,00".into())
        );
        assert_eq!(
            [5_900_000, 0, 1, 20_000_000].map(|sol| en.sol(sol)),
            ["0.0059", "0.0000", "0.000000001", "0.0200"]
        );
        assert_eq!(en.nos(-1), "−0.000001");
    }

    #[test]
    fn spans_have_two_units() {
        let en = speech(Language::En, ClockFormat::H24);
        let spans = [40, 720, 4_320, 7_200, 86_400, 183_600, -5].map(|span| en.span(span));
        assert_eq!(spans, ["40 s", "12 min", "1 h 12 min", "2 h", "1 d", "2 d 3 h", "0 s"]);
        assert_eq!(speech(Language::De, ClockFormat::H24).span(183_600), "2 Tage 3 h");
    }

    #[test]
    fn times_are_on_the_persons_clock_and_have_a_date_when_they_are_old() {
        let at = Timestamp::from_unix_seconds(1_795_485_600);
        assert_eq!(speech(Language::En, ClockFormat::H24).time(at), "03:00");
        assert_eq!(speech(Language::En, ClockFormat::H12).time(at), "3:00 am");
        let old = Timestamp::from_unix_seconds(1_795_385_600);
        assert_eq!(speech(Language::En, ClockFormat::H24).time(old), "22 Nov 23:13");
        assert_eq!(speech(Language::De, ClockFormat::H24).time(old), "22. November 23:13");
    }

    proptest! {
        #[test]
        fn no_digit_of_an_amount_is_lost(micro: i64) {
            let text = speech(Language::En, ClockFormat::H24).amount(i128::from(micro), 6, 6);
            let digits: String = text.replace('−', "-").chars().filter(|c| !matches!(c, '.' | ',')).collect();
            prop_assert_eq!(digits.parse::<i64>().unwrap(), micro);
        }
    }
}
