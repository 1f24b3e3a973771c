//! Session time, shared: every session is judged by it, and never by the wall clock alone.

use std::sync::{Arc, Mutex, PoisonError};

use domain::{
    session_time::{Guard, Heartbeat, SessionTime, Witness},
    time::Timestamp,
};

use crate::clock::Clock;

/// Keeps session time for the whole program.
#[derive(Clone, Debug)]
pub struct SessionClock {
    clock: Clock,
    guard: Arc<Mutex<Guard>>,
}

impl SessionClock {
    /// Begins, from the heartbeat that the last run kept.
    #[must_use]
    pub fn start(clock: Clock, kept: Option<&Heartbeat>) -> Self {
        let guard = Guard::start(kept, clock.boot_id(), clock.reading());
        Self { clock, guard: Arc::new(Mutex::new(guard)) }
    }

    /// The session time now.
    #[must_use]
    pub fn time(&self) -> SessionTime {
        let reading = self.clock.reading();
        self.guard.lock().unwrap_or_else(PoisonError::into_inner).observe(reading)
    }

    /// The instant of [`SessionClock::time`], for ends and counters.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.time().now
    }

    /// Hears what a witness says that the time is.
    pub fn hear(&self, witness: Witness, told: Timestamp) {
        let reading = self.clock.reading();
        self.guard.lock().unwrap_or_else(PoisonError::into_inner).hear(witness, told, reading);
    }

    /// What to keep for the next run; `None` while the time is suspect.
    #[must_use]
    pub fn heartbeat(&self) -> Option<Heartbeat> {
        let time = self.time();
        time.is_trusted.then(|| Heartbeat {
            at: time.now,
            boot: self.clock.boot(),
            boot_id: self.clock.boot_id().to_owned(),
        })
    }
}
