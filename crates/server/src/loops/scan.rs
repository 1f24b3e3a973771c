//! Scans the chain on our own clock, whether or not a browser is open.

use std::{sync::Arc, time::Duration};

use domain::time::Timestamp;
use sources::solana::{Limits, Pool, Programs, Rpc};

use super::{
    reconcile::{self, Schedule},
    watch::Watch,
};
use crate::{app::App, look::Outcome};

/// However many people press the button, and whatever is pushed, a scan begins at most so often.
const AT_MOST_EVERY: Duration = Duration::from_secs(2);

/// The configured endpoints, in their order.
pub fn endpoints(app: &App, client: &reqwest::Client) -> Result<Pool, String> {
    let rpcs = app.config.solana_rpc.iter().map(|url| {
        Rpc::new(url.expose(), client.clone(), Limits::default())
            .map_err(|error| format!("WAKEFUL_SOLANA_RPC cannot be used: {error}"))
    });
    Ok(Pool::new(rpcs.collect::<Result<_, _>>()?))
}

/// Scans, waits for the next time or for somebody who asks, and scans again.
pub async fn run(app: App, watch: Arc<Watch>, pool: Arc<Pool>) -> Result<(), String> {
    let period = app.config.rules.scan;
    let mut reconcile = Schedule::new(app.config.reconcile);
    while watch.wait_for_lease().await {
        let began = app.clock.now();
        let known = watch.network().await.map_err(|error| error.to_string())?;
        let clock = app.clock.clone();
        let read = pool.scan(&Programs::MAINNET, &known, &move || clock.now()).await;
        // While everybody throttles us nobody is asked: such a scan costs no call, and says why at once.
        let good = read.is_ok();
        let until = read.as_ref().err().and_then(|unread| unread.until);
        let asked = app.clock.now();
        let next = asked.plus(period).max(until.unwrap_or_default());
        app.reach.tell_rpc(pool.states(app.clock.now()));
        let failed = watch
            .scanned(read.map_err(|unread| unread.why), next)
            .await
            .map_err(|error| error.to_string())?;
        app.looks.scan.tell(Outcome { began, failed });
        if reconcile.due(good, app.clock.now())
            && let Some(good) = reconcile::run(&app, &watch, &pool).await?
        {
            reconcile.tried(good, app.clock.now());
        }
        let kept = app.clock.now().since(asked).as_millis();
        tracing::debug!(asked_ms = asked.since(began).as_millis(), kept_ms = kept, "a scan");
        tokio::select! {
            () = tokio::time::sleep(jittered(&app, period)) => {}
            () = rung(&app, began, period) => {}
            () = app.stop.cancelled() => return Ok(()),
        }
    }
    Ok(())
}

/// Somebody asks; those who ask soon after a scan share the next.
async fn rung(app: &App, began: Timestamp, period: Duration) {
    app.looks.scan.rung().await;
    let spent = app.clock.now().since(began);
    tokio::time::sleep(AT_MOST_EVERY.min(period / 4).saturating_sub(spent)).await;
}

/// Many servers that started together must not ask together for ever.
fn jittered(app: &App, pause: Duration) -> Duration {
    let twentieth = u64::try_from(pause.as_millis() / 20).unwrap_or(0);
    pause - Duration::from_millis(app.entropy.below(twentieth + 1))
}
