//! Holds the lease of the watch: of several servers on one database, one watches.

use std::{sync::Arc, time::Duration};

use super::watch::Watch;
use crate::app::App;

/// A dead holder is taken over after this long.
const TTL: Duration = Duration::from_secs(8);
const RENEW: Duration = Duration::from_secs(2);

/// Takes the lease, renews it, and gives it back at the stop.
pub async fn run(app: App, watch: Arc<Watch>) -> Result<(), String> {
    // The folder's lock lets one server in: a start after a crash need not wait for the end of the lease before it.
    let on_a_folder = app.config.database_url.is_none();
    let holder = if on_a_folder { "the one server of this folder".to_owned() } else { app.entropy.id() };
    loop {
        match app.store.acquire_watch(&holder, app.clock.now(), TTL).await {
            Ok(fence) => watch.hold(fence),
            // Whoever held it goes on until its end; the fence decides at each write.
            Err(error) => tracing::warn!(%error, "the lease of the watch could not be renewed"),
        }
        tokio::select! {
            () = tokio::time::sleep(RENEW) => {}
            () = app.stop.cancelled() => break,
        }
    }
    if let Some(fence) = watch.fence() {
        watch.hold(None);
        if let Err(error) = app.store.release_watch(fence).await {
            tracing::info!(%error, "the lease of the watch was not given back; it ends by itself");
        }
    }
    Ok(())
}
