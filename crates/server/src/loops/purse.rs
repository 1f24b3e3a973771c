//! Reads what the nodes' wallets hold, every five minutes and when a node is added.

use std::{sync::Arc, time::Duration};

use sources::solana::{Pool, Programs};

use super::watch::Watch;
use crate::app::App;

/// Between two reads; a failed one is tried again sooner.
const EVERY: Duration = Duration::from_secs(300);
const AGAIN: Duration = Duration::from_secs(30);

/// Reads, waits, and reads again.
pub async fn run(app: App, watch: Arc<Watch>, pool: Arc<Pool>) -> Result<(), String> {
    while watch.wait_for_lease().await {
        let (watched, _) = watch.endpoints().await.map_err(|error| error.to_string())?;
        let clock = app.clock.clone();
        let read = if watched.is_empty() {
            Ok(Vec::new())
        } else {
            pool.purses(&Programs::MAINNET, &watched, &move || clock.now()).await.map_err(|unread| unread.why)
        };
        app.reach.tell_rpc(pool.states(app.clock.now()));
        let pause = if read.is_ok() { EVERY } else { AGAIN };
        watch.weighed(&watched, read).await.map_err(|error| error.to_string())?;
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.looks.purse.rung() => {}
            () = app.stop.cancelled() => return Ok(()),
        }
    }
    Ok(())
}
