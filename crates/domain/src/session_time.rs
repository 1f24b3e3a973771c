//! Session time: the last trusted time and what the boot clock counted since. A wall clock that jumps times nobody out.

use std::time::Duration;

use crate::time::Timestamp;

/// An instant as sessions are judged by it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SessionTime {
    /// The session time.
    pub now: Timestamp,
    /// Whether the wall clock bears it out. When not, nobody is timed out and nobody is refused.
    pub is_trusted: bool,
}

impl SessionTime {
    /// Whether an end was reached, as far as anybody knows: a suspect time is past nothing.
    #[must_use]
    pub fn is_past(self, end: Timestamp) -> bool {
        self.is_trusted && self.now >= end
    }
}

/// What the clocks of the machine say at one moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Reading {
    /// The wall clock.
    pub wall: Timestamp,
    /// The time since the machine started, suspended or not (CLOCK_BOOTTIME).
    pub boot: Duration,
}

/// What is kept over a restart of the program.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Heartbeat {
    /// The session time then.
    pub at: Timestamp,
    /// The boot clock then.
    pub boot: Duration,
    /// Which start of the machine that was; the boot clock means nothing in another one.
    pub boot_id: String,
}

/// Who bears out the wall clock.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum Witness {
    /// The clock of the database server. One is enough.
    Database,
    /// An administrator. One is enough.
    Administrator,
    /// A source of ours, by its place in the list; two that agree are enough.
    Source(u8),
}

/// Something about the clocks that an operator should know.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Finding {
    /// The machine slept: the boot clock ran on and the monotonic one did not.
    Suspended(Duration),
    /// The program stood still: a tick came late though the machine was awake.
    Frozen(Duration),
    /// The wall clock was set, by so many milliseconds against the boot clock.
    Stepped(i64),
}

/// Keeps session time.
#[derive(Clone, Debug)]
pub struct Guard {
    base: Timestamp,
    base_boot: Duration,
    is_trusted: bool,
    witnesses: Vec<(Witness, Timestamp, Duration)>,
}

/// Clocks agree when they are no further apart.
const AGREEMENT: Duration = Duration::from_secs(300);
/// A machine that was off for longer needs a witness for its wall clock.
const OFF_AT_MOST: Duration = Duration::from_secs(7 * 86_400);
/// A witness is heard for this long.
const HEARD_FOR: Duration = Duration::from_secs(600);

impl Guard {
    /// Begins, from what the last run of the program kept.
    #[must_use]
    pub fn start(kept: Option<&Heartbeat>, boot_id: &str, reading: Reading) -> Self {
        let (base, base_boot) = match kept {
            None => (reading.wall, reading.boot),
            Some(kept) if kept.boot_id == boot_id && kept.boot <= reading.boot => (kept.at, kept.boot),
            // Nobody counted while the machine was off: a wall clock that went a little way forward is believed.
            Some(kept) => {
                let went = reading.wall.since(kept.at);
                let is_likely = !far(reading.wall, kept.at) || (!went.is_zero() && went <= OFF_AT_MOST);
                (if is_likely { reading.wall } else { kept.at }, reading.boot)
            }
        };
        let mut guard = Self { base, base_boot, is_trusted: true, witnesses: Vec::new() };
        guard.observe(reading);
        guard
    }

    /// The session time at a reading of the clocks.
    pub fn observe(&mut self, reading: Reading) -> SessionTime {
        let counted = self.base.plus(reading.boot.saturating_sub(self.base_boot));
        self.is_trusted = !far(counted, reading.wall) || self.is_borne_out(reading);
        if !self.is_trusted {
            return SessionTime { now: counted, is_trusted: false };
        }
        self.base = reading.wall;
        self.base_boot = reading.boot;
        SessionTime { now: reading.wall, is_trusted: true }
    }

    /// Hears a witness: `told` is its time, `reading` is when it told it.
    pub fn hear(&mut self, witness: Witness, told: Timestamp, reading: Reading) {
        self.witnesses
            .retain(|(who, _, at)| *who != witness && reading.boot.saturating_sub(*at) <= HEARD_FOR);
        self.witnesses.push((witness, told, reading.boot));
    }

    fn is_borne_out(&self, reading: Reading) -> bool {
        let agree = |(_, told, at): &&(Witness, Timestamp, Duration)| {
            let passed = reading.boot.saturating_sub(*at);
            passed <= HEARD_FOR && !far(told.plus(passed), reading.wall)
        };
        let (mut sources, mut others) = (0, 0);
        for (who, ..) in self.witnesses.iter().filter(agree) {
            match who {
                Witness::Source(_) => sources += 1,
                Witness::Database | Witness::Administrator => others += 1,
            }
        }
        sources >= 2 || others >= 1
    }
}

fn far(one: Timestamp, other: Timestamp) -> bool {
    one.since(other).max(other.since(one)) > AGREEMENT
}

/// What happened between two ticks that should lie `period` apart. `mono` is the monotonic clock, which stands still
/// while the machine sleeps.
#[must_use]
pub fn findings(before: (Reading, Duration), after: (Reading, Duration), period: Duration) -> Vec<Finding> {
    const LATE: Duration = Duration::from_secs(15);
    const STEP: u64 = 5_000;
    let boot = after.0.boot.saturating_sub(before.0.boot);
    let mono = after.1.saturating_sub(before.1);
    let mut found = Vec::new();
    let slept = boot.saturating_sub(mono);
    if slept >= Duration::from_secs(1) {
        found.push(Finding::Suspended(slept));
    }
    let late = mono.saturating_sub(period);
    if late >= LATE {
        found.push(Finding::Frozen(late));
    }
    let counted = before.0.wall.plus(boot);
    let step = after.0.wall.millis().saturating_sub(counted.millis());
    if step.unsigned_abs() >= STEP {
        found.push(Finding::Stepped(step));
    }
    found
}

#[cfg(test)]
#[path = "session_time_tests.rs"]
mod tests;
