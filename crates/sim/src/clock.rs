//! Real time, read in one place; everything else takes `now` as an argument.

use std::time::{SystemTime, UNIX_EPOCH};

/// Real time of one slot on the wire.
pub(crate) const SLOT_MS: i64 = 400;
/// How far "finalized" lags behind "confirmed": 32 slots.
pub(crate) const FINALIZED_LAG_MS: i64 = 32 * SLOT_MS;

/// Reads unix time and turns it into slots.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Clock {
    first_slot: u64,
    started_ms: i64,
}

impl Clock {
    /// A clock whose slot count begins at `first_slot` now.
    pub(crate) fn start(first_slot: u64) -> Self {
        Self { first_slot, started_ms: unix_ms() }
    }

    /// Unix time, milliseconds.
    pub(crate) fn now_ms(&self) -> i64 {
        unix_ms()
    }

    /// The slot at a moment; it never runs before the first.
    pub(crate) fn slot(&self, at_ms: i64) -> u64 {
        self.first_slot + (at_ms - self.started_ms).max(0).unsigned_abs() / SLOT_MS.unsigned_abs()
    }

    /// Unix milliseconds when a slot began; slots before the first are counted back.
    pub(crate) fn slot_began_ms(&self, slot: u64) -> i64 {
        let ahead = i64::try_from(slot).unwrap_or(i64::MAX).saturating_sub(self.first_slot.cast_signed());
        self.started_ms.saturating_add(ahead.saturating_mul(SLOT_MS))
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place where the simulator reads the clock")]
fn unix_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}
