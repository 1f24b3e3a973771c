//! A person's zone, from the tables inside the program.

use std::sync::LazyLock;

use jiff::tz::{TimeZone, TimeZoneDatabase};

use crate::time::Timestamp;

/// Read once; nothing is asked of the machine.
static ZONES: LazyLock<TimeZoneDatabase> = LazyLock::new(TimeZoneDatabase::bundled);

/// The zone of an IANA name; `None`: there is none of that name.
#[must_use]
pub fn zone(name: &str) -> Option<TimeZone> {
    ZONES.get(name).ok()
}

/// The zone of an IANA name, or UTC: a name that was once accepted may leave the tables.
#[must_use]
pub fn zone_or_utc(name: &str) -> TimeZone {
    zone(name).unwrap_or(TimeZone::UTC)
}

/// An instant on the clock of a zone. Hostile times stop at the ends of the calendar.
#[must_use]
pub fn local(at: Timestamp, zone: &TimeZone) -> jiff::ZonedDateTime {
    let end = if at.millis() < 0 { jiff::Timestamp::MIN } else { jiff::Timestamp::MAX };
    jiff::Timestamp::from_millisecond(at.millis()).unwrap_or(end).to_zoned_datetime(zone.clone())
}

/// An instant as we keep it.
pub(crate) fn kept(at: jiff::Timestamp) -> Timestamp {
    Timestamp::from_millis(at.as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_known_by_its_name_alone() {
        assert!(zone("Europe/Berlin").is_some() && zone("UTC").is_some());
        assert!(zone("Europe/Nowhere").is_none() && zone("").is_none() && zone("../../etc/passwd").is_none());
        let winter = local(Timestamp::from_unix_seconds(1_763_942_400), &zone_or_utc("Europe/Berlin"));
        assert_eq!(winter.to_string(), "2025-11-24T01:00:00+01:00[Europe/Berlin]");
        assert_eq!(local(Timestamp::from_millis(i64::MAX), &TimeZone::UTC).year(), 9999);
    }
}
