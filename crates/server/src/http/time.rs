//! Times on the wire: RFC 3339 in UTC with milliseconds.

use domain::time::Timestamp;

/// The text of an instant. One that no calendar holds becomes the nearest that it does.
pub fn rfc3339(at: Timestamp) -> String {
    const YEAR_ONE: i64 = -62_135_596_800_000;
    /// The calendar's end less the widest time zone.
    const END_OF_9999: i64 = 253_402_207_200_000;
    let clamped = at.millis().clamp(YEAR_ONE, END_OF_9999);
    jiff::Timestamp::from_millisecond(clamped).map(|time| format!("{time:.3}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn milliseconds_are_always_written() {
        assert_eq!(rfc3339(Timestamp::from_millis(1_773_334_803_000)), "2026-03-12T17:00:03.000Z");
        assert_eq!(rfc3339(Timestamp::from_millis(-1)), "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn hostile_times_are_written_too() {
        let last = rfc3339(Timestamp::from_millis(i64::MAX));
        assert!(last.starts_with("9999-12-"), "{last:?}");
        assert!(rfc3339(Timestamp::from_millis(i64::MIN)).starts_with("0001-01-01"));
    }
}
