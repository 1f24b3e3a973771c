//! Figures of the bot's answers: amounts exact to the last digit, spans, and hours on the person's clock.

use std::time::Duration;

use super::Voice;
use crate::{
    alert::{preference::ClockFormat, zone::local},
    time::Timestamp,
    wording::figure::{exact, two_units},
};

/// An amount of `10^-decimals` units, exact, with at least two decimals and none that is an idle zero.
pub fn amount(units: i128, decimals: u32, point: char) -> String {
    let (sign, whole, digits) = exact(units, decimals, 2);
    format!("{sign}{whole}{point}{digits}")
}

/// A span in its two greatest units; `day` is the word for days.
pub fn span(span: Duration, day: &str) -> String {
    two_units(i64::try_from(span.as_secs()).unwrap_or(i64::MAX), |days| format!("{days} {day}"))
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
