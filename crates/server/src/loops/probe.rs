//! Asks the watched nodes' own endpoints, round by round.

use std::{sync::Arc, time::Duration};

use outbound::{Guard, Guarded};
use sources::endpoint::{Limits, Prober};

use super::watch::Watch;
use crate::{app::App, look::Outcome};

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
    let period = app.config.rules.probe;
    // Nobody has looked yet, or somebody waits: then the questions are not spread over time.
    let mut hurry = true;
    while watch.wait_for_lease().await {
        let began = app.clock.now();
        let (watched, candidates) = watch.endpoints().await.map_err(|error| error.to_string())?;
        let clock = app.clock.clone();
        let pace = prober.pace(watched.len(), period);
        let pace = if hurry { pace.hurried() } else { pace };
        let round = prober.round(&watched, &candidates, pace, &move || clock.now()).await;
        let wait = round.wait;
        if let Some(wait) = wait {
            tracing::warn!(seconds = wait.as_secs(), "the front of the endpoints asks us to wait");
        }
        let asked = app.clock.now();
        app.reach.tell_round(app.clock.now().since(began));
        watch.probed(round).await.map_err(|error| error.to_string())?;
        app.looks.probe.tell(Outcome { began, failed: None });
        let spent = app.clock.now().since(began);
        tracing::debug!(
            nodes = watched.len(),
            asked_ms = asked.since(began).as_millis(),
            kept_ms = app.clock.now().since(asked).as_millis(),
            "a probe round"
        );
        let pause = jittered(&app, period).saturating_sub(spent).max(wait.unwrap_or_default());
        hurry = tokio::select! {
            () = tokio::time::sleep(pause) => false,
            // A tunnel that throttles is not asked sooner because somebody presses a button.
            () = app.looks.probe.rung(), if wait.is_none() => true,
            () = app.stop.cancelled() => return Ok(()),
        }
    }
    Ok(())
}

/// Many servers that started together must not ask together for ever.
fn jittered(app: &App, pause: Duration) -> Duration {
    let twentieth = u64::try_from(pause.as_millis() / 20).unwrap_or(0);
    pause - Duration::from_millis(app.entropy.below(twentieth + 1))
}
