//! Follows the revocation log: twice a second, and at once when somebody knows that it has moved. The log is the truth;
//! notifications only make it quicker.

use std::time::Duration;

use domain::session::EndReason;
use store::{Revocation, StoreError};

use crate::app::App;

/// What another process ended beside SQLite is told by this alone, and is to be over within a second.
const EVERY: Duration = Duration::from_millis(500);
/// A look that takes longer than this has not confirmed anything.
const PATIENCE: Duration = Duration::from_secs(2);
/// Between two tries to listen.
const LISTEN_AGAIN: Duration = Duration::from_secs(1);

/// Follows the log until the stop.
pub async fn run(app: App) -> Result<(), String> {
    loop {
        let boot = app.clock.boot();
        match tokio::time::timeout(PATIENCE, look(&app)).await {
            Ok(Ok(())) => app.revocations.confirm(boot, app.clock.now()),
            Ok(Err(error)) => {
                tracing::warn!(%error, "the revocation log could not be read");
                app.revocations.missed(app.clock.boot());
            }
            Err(_) => {
                tracing::warn!("the revocation log could not be read in time");
                app.revocations.missed(app.clock.boot());
            }
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.revocations.woken() => {}
            () = app.stop.cancelled() => return Ok(()),
        }
    }
}

/// One look: everything after what was last told.
async fn look(app: &App) -> Result<(), StoreError> {
    let lines = app.store.read().await?.revocations_after(app.revocations.followed()).await?;
    let Some(last) = lines.last() else { return Ok(()) };
    let rev = last.rev;
    // First nobody is let in by what was read before, then what was read goes, then the streams hear of it.
    app.verdicts.moved_to(rev);
    for line in &lines {
        app.verdicts.drop_session(&line.sid);
        measure(app, line);
    }
    app.revocations.tell(rev, lines.into_iter().map(|line| line.sid));
    Ok(())
}

/// How late we heard. A limit that was reached is written whenever somebody asks, long after its instant.
fn measure(app: &App, line: &Revocation) {
    if !matches!(line.reason, EndReason::IdleTimeout | EndReason::AbsoluteTimeout) {
        let lag = app.session_time.now().since(line.at);
        app.metrics.revocation_lag_ms.add(u64::try_from(lag.as_millis()).unwrap_or(u64::MAX));
        app.metrics.revocations_seen.one();
    }
}

/// Hears of other servers' commits, where the database tells of them, until the stop.
pub async fn listen(app: App) -> Result<(), String> {
    let heard = async {
        loop {
            match app.store.wakes().await {
                Ok(None) => std::future::pending().await,
                Ok(Some(mut wakes)) => {
                    while wakes.next().await.is_ok() {
                        app.revocations.wake();
                    }
                }
                Err(error) => tracing::debug!(%error, "nobody tells of revocations just now"),
            }
            tokio::time::sleep(LISTEN_AGAIN).await;
        }
    };
    tokio::select! {
        () = heard => Ok(()),
        () = app.stop.cancelled() => Ok(()),
    }
}
