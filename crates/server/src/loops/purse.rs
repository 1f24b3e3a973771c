//! Reads what the nodes' wallets hold, every five minutes and when a node is added.

use std::{sync::Arc, time::Duration};

use domain::why::Why;
use sources::solana::{Programs, Rpc, purses};

use super::watch::Watch;
use crate::app::App;

/// Between two reads; a failed one is tried again sooner.
const EVERY: Duration = Duration::from_secs(300);
const AGAIN: Duration = Duration::from_secs(30);

/// Reads, waits, and reads again.
pub async fn run(app: App, watch: Arc<Watch>, rpcs: Arc<Vec<Rpc>>) -> Result<(), String> {
    while watch.wait_for_lease().await {
        let (watched, _) = watch.endpoints().await.map_err(|error| error.to_string())?;
        let mut read = Err(Why::RpcUnreachable);
        if watched.is_empty() {
            read = Ok(Vec::new());
        } else {
            for rpc in rpcs.iter() {
                match purses(rpc, &Programs::MAINNET, &watched).await {
                    Ok(found) => {
                        read = Ok(found);
                        break;
                    }
                    Err(error) => {
                        tracing::warn!(endpoint = rpc.name(), %error, "the wallets could not be read");
                        read = Err(error.why);
                    }
                }
            }
        }
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
