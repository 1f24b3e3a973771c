//! Looks through the indexer every now and then: a source of its own, whose blindness says nothing of the chain's.

use std::{sync::Arc, time::Duration};

use sources::indexer::{Indexer, Limits};

use super::watch::Watch;
use crate::app::App;

/// Between two good looks: so many periods of the probe rounds. After a bad one, one period.
const EVERY: u32 = 10;

/// The configured indexer; `None` = off.
pub fn source(app: &App, client: &reqwest::Client) -> Result<Option<Indexer>, String> {
    let urls: Vec<String> = app.config.indexer.iter().map(|url| url.expose().to_owned()).collect();
    let indexer = Indexer::new(&urls, client.clone(), Limits::default())
        .map_err(|error| format!("WAKEFUL_INDEXER_URL cannot be used: {error}"))?;
    Ok((!urls.is_empty()).then_some(indexer))
}

/// Looks, waits, and looks again.
pub async fn run(app: App, watch: Arc<Watch>, indexer: Arc<Indexer>) -> Result<(), String> {
    while watch.wait_for_lease().await {
        let now = || app.clock.now();
        let looked = tokio::select! {
            looked = indexer.look(&now) => looked,
            () = app.stop.cancelled() => return Ok(()),
        };
        if let Err(error) = &looked {
            tracing::info!(%error, "the indexer cannot be seen");
        }
        let probe = app.config.rules.probe;
        let pause = match &looked {
            Ok(()) => probe * EVERY,
            Err(error) => error.again.map_or(probe, |again| again.since(app.clock.now()).max(probe)),
        };
        watch.indexed(looked.map_err(|error| error.why)).await.map_err(|error| error.to_string())?;
        let tenth = u64::try_from(pause.as_millis() / 10).unwrap_or(0);
        let pause = pause + Duration::from_millis(app.entropy.below(tenth + 1));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.stop.cancelled() => return Ok(()),
        }
    }
    Ok(())
}
