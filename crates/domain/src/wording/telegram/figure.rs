//! Figures of the bot's answers: amounts exact to the last digit, spans, and hours on the person's clock.

use std::time::Duration;

use super::Voice;
use crate::{alert::preference::ClockFormat, alert::zone::local, time::Timestamp};

/// An amount of `10^-decimals` units, exact, with at least two decimals and none that is an idle zero.
pub fn amount(units: i128, decimals: u32, point: char) -> String {
    let one = 10_u128.pow(decimals);
    let (whole, part) = (units.unsigned_abs() / one, units.unsigned_abs() % one);
    let digits = format!("{part:0width$}", width = usize::try_from(decimals).unwrap_or(0));
    let kept = digits.trim_end_matches('0').len().max(2).min(digits.len());
    let sign = if units < 0 { "−" } else { "" };
    format!("{sign}{whole}{point}{}", &digits[..kept])
}

/// A span in its two greatest units; `day` is the word for days.
pub fn span(span: Duration, day: &str) -> String {
    let seconds = span.as_secs();
    let (minutes, hours, days) = (seconds / 60 % 60, seconds / 3_600 % 24, seconds / 86_400);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, _) => format!("{minutes} min"),
        (0, _, 0) => format!("{hours} h"),
        (0, _, _) => format!("{hours} h {minutes} min"),
        (_, 0, _) => format!("{days} {day}"),
        _ => format!("{days} {day} {hours} h"),
    }
}

/// The hour of an instant on the person's clock, with its day (`%-d %b` and the like) when that is not today.
pub fn hour(at: Timestamp, voice: &Voice, day: &str) -> String {
    let (then, now) = (local(at, &voice.zone), local(voice.now, &voice.zone));
    let clock = match voice.clock {
        ClockFormat::H24 => "%H:%M",
        ClockFormat::H12 => "%-I:%M %P",
    };
    let hour = then.strftime(clock).to_string();
    if then.date() == now.date() { hour } else { format!("{}, {hour}", then.strftime(day)) }
}
