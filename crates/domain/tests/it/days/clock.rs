//! The oracle's own clocks on the wall: five zones that never change, and one that does, by its table.

/// A zone by its name: how far ahead of UTC its clocks are, in minutes, with and without summer time.
struct Zone {
    name: &'static str,
    winter: i64,
    summer: i64,
}

const fn fixed(name: &'static str, minutes: i64) -> Zone {
    Zone { name, winter: minutes, summer: minutes }
}

const ZONES: [Zone; 6] = [
    fixed("UTC", 0),
    fixed("Asia/Kathmandu", 345),
    fixed("America/Phoenix", -420),
    fixed("Pacific/Kiritimati", 840),
    fixed("Pacific/Pago_Pago", -660),
    Zone { name: "Europe/Berlin", winter: 60, summer: 120 },
];

/// How many zones there are.
pub const COUNT: usize = ZONES.len();
pub const MINUTE: i64 = 60;
pub const HOUR: i64 = 3_600;
pub const DAY: i64 = 86_400;
/// The first instant of 2026.
pub const NEW_YEAR: i64 = 1_767_225_600;
/// 2026-03-29 01:00 UTC and 2026-10-25 01:00 UTC: the clocks of Europe go forward, and back.
pub const SWITCHES: [i64; 2] = [1_774_746_000, 1_792_890_000];

/// What the rules are told.
pub const fn name(zone: usize) -> &'static str {
    ZONES[zone].name
}

fn ahead(zone: usize, now: i64) -> i64 {
    let summer = (SWITCHES[0]..SWITCHES[1]).contains(&now);
    MINUTE * if summer { ZONES[zone].summer } else { ZONES[zone].winter }
}

/// The local minute of the day.
pub fn minute(zone: usize, now: i64) -> i64 {
    (now + ahead(zone, now)).rem_euclid(DAY) / MINUTE
}

/// Whether the clock on the wall stands between two minutes of the day; the night may lie in between.
pub fn quiet(zone: usize, (from, to): (u16, u16), now: i64) -> bool {
    let (from, to, minute) = (i64::from(from), i64::from(to), minute(zone, now));
    if from < to { (from..to).contains(&minute) } else { minute >= from || minute < to }
}

/// Whether this zone's clocks were put forward or back within the three hours around `now`: what a wall says twice, or
/// never, may be read in two ways.
pub fn near_switch(zone: usize, now: i64) -> bool {
    let changes = ZONES[zone].winter != ZONES[zone].summer;
    changes && SWITCHES.iter().any(|switch| (now - switch).abs() <= 3 * HOUR)
}

#[test]
fn the_table_of_the_changing_zone_is_the_calendars() {
    // Sunday the 29th of March is the 88th day of 2026, Sunday the 25th of October the 298th.
    assert_eq!(SWITCHES, [88, 298].map(|day| NEW_YEAR + (day - 1) * DAY + HOUR));
    let berlin = COUNT - 1;
    assert_eq!(minute(berlin, SWITCHES[0] - 1), 119, "01:59");
    assert_eq!(minute(berlin, SWITCHES[0]), 180, "03:00");
    assert_eq!(minute(berlin, SWITCHES[1] - 1), 179, "02:59");
    assert_eq!(minute(berlin, SWITCHES[1]), 120, "02:00");
}

#[test]
fn a_night_lies_in_between() {
    let night = (22 * 60, 7 * 60);
    let at = |hour: i64| quiet(0, night, NEW_YEAR + hour * HOUR);
    assert_eq!([21, 22, 23, 0, 6, 7, 12].map(at), [false, true, true, true, true, false, false]);
}
