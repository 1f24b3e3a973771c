//! Asks the watched nodes' own endpoints, round by round.

use std::sync::Arc;

use sources::{
    endpoint::{Limits, Prober},
    http::{Guard, Guarded},
};

use super::watch::Watch;
use crate::{app::App, look::Outcome};

const AT_ONCE: usize = 32;

/// The prober of the configured endpoints.
pub fn prober(app: &App) -> Result<Prober, String> {
    let guard = Guard::new(app.config.allow_private.clone());
    let client = Guarded::new(guard).map_err(|error| format!("no HTTP client: {error}"))?;
    // A round must end well within its period, whatever hangs in it: else every answer is old before it is judged.
    let timeout = Limits::default().timeout.min(app.config.rules.probe * 2 / 3);
    Prober::new(&app.config.node_url, client, Limits { timeout, ..Limits::default() })
        .map_err(|error| format!("WAKEFUL_NODE_URL cannot be used: {error}"))
}

/// Asks, waits for the next time or for somebody who asks, and asks again.
pub async fn run(app: App, watch: Arc<Watch>, prober: Prober) -> Result<(), String> {
    while watch.wait_for_lease().await {
        let began = app.clock.now();
        let (watched, candidates) = watch.endpoints().await.map_err(|error| error.to_string())?;
        let clock = app.clock.clone();
        let round = prober.round(&watched, &candidates, AT_ONCE, &move || clock.now()).await;
        watch.probed(round).await.map_err(|error| error.to_string())?;
        app.looks.probe.tell(Outcome { began, failed: None });
        let spent = app.clock.now().since(began);
        tokio::select! {
            () = tokio::time::sleep(app.config.rules.probe.saturating_sub(spent)) => {}
            () = app.looks.probe.rung() => {}
            () = app.stop.cancelled() => return Ok(()),
        }
    }
    Ok(())
}
