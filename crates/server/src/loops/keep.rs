//! Forgets displayed facts once they are older than WAKEFUL_KEEP_DAYS. Jobs and intervals stay.

use std::{sync::Arc, time::Duration};

use super::watch::Watch;
use crate::app::App;

const EVERY: Duration = Duration::from_secs(3_600);

/// Forgets, waits an hour, and forgets again.
pub async fn run(app: App, watch: Arc<Watch>) -> Result<(), String> {
    while watch.wait_for_lease().await {
        let before = app.clock.now().minus(app.config.keep);
        let mut tx = app.store.write().await.map_err(|error| error.to_string())?;
        let forgotten = tx.forget_before(before).await.map_err(|error| error.to_string())?;
        tx.commit().await.map_err(|error| error.to_string())?;
        if forgotten > 0 {
            tracing::info!(forgotten, "displayed facts were older than WAKEFUL_KEEP_DAYS");
        }
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.stop.cancelled() => return Ok(()),
        }
    }
    Ok(())
}
