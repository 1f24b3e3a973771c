//! The one place that reads the machine's clocks; everybody else is handed a [`Clock`].

use std::{
    fmt,
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use domain::{session_time::Reading, time::Timestamp};
use rustix::time::{ClockId, clock_gettime};

/// Tells the time. Tests hand in one that stands still or jumps.
#[derive(Clone)]
pub struct Clock {
    wall: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    boot: Arc<dyn Fn() -> Duration + Send + Sync>,
    mono: Arc<dyn Fn() -> Duration + Send + Sync>,
    boot_id: Arc<str>,
}

impl Clock {
    /// The machine's clocks.
    #[must_use]
    pub fn system() -> Self {
        // Without this file (another kernel) every start counts as a start of the machine, which is the careful way.
        let boot_id = std::fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
        Self {
            wall: Arc::new(|| {
                #[expect(
                    clippy::disallowed_methods,
                    reason = "this is the one place that reads the wall clock"
                )]
                let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                Timestamp::from_millis(i64::try_from(since_epoch.as_millis()).unwrap_or(i64::MAX))
            }),
            boot: Arc::new(|| since_boot(ClockId::Boottime)),
            mono: Arc::new(|| since_boot(ClockId::Monotonic)),
            boot_id: boot_id.trim().into(),
        }
    }

    /// A clock of the caller's: one that nothing but time itself moves.
    pub fn from_fn(now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        let wall = Arc::new(now);
        let steady = wall.clone();
        Self::from_parts(
            move || wall(),
            move || Duration::from_millis(u64::try_from(steady().millis()).unwrap_or(0)),
        )
    }

    /// A wall clock and a boot clock of the caller's, which may disagree.
    pub fn from_parts(
        wall: impl Fn() -> Timestamp + Send + Sync + 'static,
        boot: impl Fn() -> Duration + Send + Sync + 'static,
    ) -> Self {
        let boot = Arc::new(boot);
        Self { wall: Arc::new(wall), mono: boot.clone(), boot, boot_id: "made up".into() }
    }

    /// The wall clock now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.wall)()
    }

    /// The time since the machine started, suspended or not.
    #[must_use]
    pub fn boot(&self) -> Duration {
        (self.boot)()
    }

    /// The monotonic clock, which stands still while the machine sleeps.
    #[must_use]
    pub fn mono(&self) -> Duration {
        (self.mono)()
    }

    /// The clocks that session time is kept by.
    #[must_use]
    pub fn reading(&self) -> Reading {
        Reading { wall: self.now(), boot: self.boot() }
    }

    /// Names this start of the machine.
    #[must_use]
    pub fn boot_id(&self) -> &str {
        &self.boot_id
    }
}

fn since_boot(id: ClockId) -> Duration {
    let time = clock_gettime(id);
    let (seconds, nanos) = (u64::try_from(time.tv_sec), u32::try_from(time.tv_nsec));
    Duration::new(seconds.unwrap_or(0), nanos.unwrap_or(0))
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Clock")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_boot_clock_counts_what_the_monotonic_one_counts_and_sleep() {
        let clock = Clock::system();
        let (mono, boot) = (clock.mono(), clock.boot());
        assert!(boot >= mono && !mono.is_zero(), "{boot:?} {mono:?}");
    }
}
