//! Every hour: removes what is past its time. Of sessions only tombstones, and only a few at a time.

use std::time::Duration;

use domain::session::TOMBSTONE_FOR;
use store::StoreError;

use crate::app::App;

const EVERY: Duration = Duration::from_secs(3_600);
/// Failures are counted within a day.
const ATTEMPTS_FOR: Duration = Duration::from_secs(86_400);
/// Keys of failures that are kept over a run.
const ATTEMPTS_AT_MOST: i64 = 100_000;
/// So many tombstones may go in one run, or a twentieth of all sessions, whichever is more.
const AT_LEAST: i64 = 20;
const SHARE: i64 = 20;

/// Cleans up until the stop.
pub async fn run(app: App) -> Result<(), String> {
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.stop.cancelled() => return Ok(()),
        }
        clean(&app).await.map_err(|error| error.to_string())?;
    }
}

/// One run. Gives how many sessions were removed.
pub async fn clean(app: &App) -> Result<u64, StoreError> {
    let time = app.session_time.time();
    if !time.is_trusted {
        return Ok(0);
    }
    let mut tx = app.store.write().await?;
    // The fuse: a mistake in what is past its time costs a few tombstones and shows in the log, long before it costs all.
    let limit = AT_LEAST.max(tx.count_sessions().await? / SHARE);
    let before = time.now.minus(TOMBSTONE_FOR);
    let removed = tx.remove_tombstones(before, limit).await?;
    tx.bury_timed_out(before, limit).await?;
    tx.forget_old_attempts(time.now.minus(ATTEMPTS_FOR)).await?;
    tx.cap_attempts(ATTEMPTS_AT_MOST).await?;
    tx.forget_old_answers(time.now).await?;
    let rev = tx.rev().await?;
    tx.commit().await?;
    app.verdicts.moved_to(rev);
    if i64::try_from(removed).unwrap_or(i64::MAX) >= limit {
        tracing::warn!(
            removed,
            "as many sessions were past their time as may be removed at once; the rest waits an hour"
        );
    }
    Ok(removed)
}

#[cfg(test)]
#[path = "clean_up_tests.rs"]
mod tests;
