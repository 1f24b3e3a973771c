//! Finds the jobs that were over before a scan could see them: two lists every ten minutes, and after each time in
//! which we did not see.

use std::time::Duration;

use domain::time::Timestamp;
use sources::solana::{Pool, Programs};

use super::watch::Watch;
use crate::app::App;

/// When everything that is over is asked for.
#[derive(Debug)]
pub struct Schedule {
    every: Duration,
    /// The last try, and whether it was good.
    last: Option<(Timestamp, bool)>,
    missed: bool,
}

impl Schedule {
    /// Due at once, then every so often.
    pub const fn new(every: Duration) -> Self {
        Self { every, last: None, missed: false }
    }

    /// Whether it is due after a scan at `now` that was good or not. After a gap, and after a try that failed, it is due
    /// ten times as soon.
    pub fn due(&mut self, good: bool, now: Timestamp) -> bool {
        self.missed |= !good;
        if !good {
            return false;
        }
        self.last.is_none_or(|(at, good)| {
            let soon = self.missed || !good;
            now.since(at) >= if soon { self.every / 10 } else { self.every }
        })
    }

    /// It was tried at `now`.
    pub fn tried(&mut self, good: bool, now: Timestamp) {
        self.last = Some((now, good));
        self.missed &= !good;
    }
}

/// Reads what is over and writes down what was not known. Returns whether all of it could be read; nothing is
/// read while nobody watches anything.
pub async fn run(app: &App, watch: &Watch, pool: &Pool) -> Result<Option<bool>, String> {
    let said = |error: store::StoreError| error.to_string();
    let Some(slot) = watch.slot_where_watched().await.map_err(said)? else { return Ok(None) };
    let clock = app.clock.clone();
    let now = move || clock.now();
    let read_at = app.clock.now();
    let ended = match pool.ended_jobs(&Programs::MAINNET, slot, &now).await {
        Ok(ended) => ended,
        Err(unread) => {
            tracing::warn!(why = %unread.why, "what is over could not be listed; it is tried again soon");
            return Ok(Some(false));
        }
    };
    // Two empty lists are what a throttled endpoint says; they prove nothing.
    if ended.jobs.is_empty() {
        return Ok(Some(true));
    }
    let names = watch.unsettled(&ended).await.map_err(said)?;
    let jobs = match pool.jobs(&Programs::MAINNET, &names, ended.slot, &now).await {
        Ok(jobs) => jobs,
        Err(unread) => {
            tracing::warn!(why = %unread.why, "jobs that are over could not be read; it is tried again soon");
            return Ok(Some(false));
        }
    };
    watch.reconciled(&jobs, ended.slot, read_at).await.map_err(said)?;
    Ok(Some(true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_due_first_then_every_ten_minutes_and_soon_after_a_gap() {
        let at = Timestamp::from_unix_seconds;
        let mut schedule = Schedule::new(Duration::from_secs(600));
        assert!(!schedule.due(false, at(0)), "a scan that saw nothing does not begin it");
        assert!(schedule.due(true, at(1)));
        schedule.tried(false, at(1));
        assert!(!schedule.due(true, at(60)));
        assert!(schedule.due(true, at(61)), "one that failed is tried again soon");
        schedule.tried(true, at(61));
        assert!(!schedule.due(true, at(660)));
        assert!(schedule.due(true, at(661)));
        schedule.tried(true, at(661));
        assert!(!schedule.due(false, at(690)));
        assert!(!schedule.due(true, at(720)));
        assert!(schedule.due(true, at(721)), "after a gap");
    }
}
