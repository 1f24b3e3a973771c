//! Every minute: keeps the trusted time for the next start, hears the witnesses of the wall clock, says what the clocks did,
//! and moves the signing keys on.

use std::time::Duration;

use domain::session_time::{Finding, Witness, findings};
use sources::date::server_date;
use store::StoreError;

use crate::app::App;

const EVERY: Duration = Duration::from_secs(60);

/// Beats until the stop.
pub async fn run(app: App, client: reqwest::Client) -> Result<(), String> {
    let mut last = (app.clock.reading(), app.clock.mono());
    let mut was_trusted = true;
    loop {
        tokio::select! {
            () = tokio::time::sleep(EVERY) => {}
            () = app.stop.cancelled() => return Ok(()),
        }
        let now = (app.clock.reading(), app.clock.mono());
        for finding in findings(last, now, EVERY) {
            tell(finding);
        }
        last = now;
        // A store that does not answer is asked again at the next beat; nothing depends on this one.
        if let Err(error) = beat(&app).await {
            tracing::warn!(%error, "the heartbeat could not be kept");
        }
        if !app.session_time.time().is_trusted {
            ask_sources(&app, &client).await;
        }
        let is_trusted = app.session_time.time().is_trusted;
        if is_trusted != was_trusted {
            if is_trusted {
                tracing::info!("the wall clock is trusted again");
            } else {
                tracing::error!(
                    "the wall clock is suspect: until it is right or borne out, nobody is timed out"
                );
            }
        }
        was_trusted = is_trusted;
    }
}

/// Asks our sources what time it is. Only while the wall clock is in doubt: they are not ours to bother.
async fn ask_sources(app: &App, client: &reqwest::Client) {
    let rpcs = app.config.solana_rpc.iter().map(|url| url.expose().to_owned());
    let urls = rpcs.chain([app.config.node_url.replace("{node}", "wakeful")]);
    for (place, url) in (0..).zip(urls) {
        if let Some(told) = server_date(client, &url).await {
            app.session_time.hear(Witness::Source(place), told);
        }
    }
}

fn tell(finding: Finding) {
    match finding {
        Finding::Suspended(slept) => tracing::warn!(seconds = slept.as_secs(), "the machine slept"),
        Finding::Frozen(stood) => tracing::warn!(seconds = stood.as_secs(), "the program stood still"),
        Finding::Stepped(by) => tracing::warn!(milliseconds = by, "the wall clock was set"),
    }
}

/// One beat.
pub async fn beat(app: &App) -> Result<(), StoreError> {
    let boot = app.clock.boot();
    let mut tx = app.store.write().await?;
    if let Some(database) = tx.database_clock().await? {
        app.session_time.hear(Witness::Database, database);
    }
    if let Some(vouched) = tx.vouched_clock().await? {
        app.session_time.hear(Witness::Administrator, vouched);
        tx.forget_vouched_clock().await?;
    }
    // While the time is suspect the kept one stays: it is the floor.
    if let Some(heartbeat) = app.session_time.heartbeat() {
        tx.keep_heartbeat(&heartbeat).await?;
        if tx.move_keys_on(heartbeat.at).await? {
            tracing::info!("the ring of signing keys has moved on");
        }
    }
    let keys = tx.signing_keys().await?;
    let rev = tx.rev().await?;
    tx.commit().await?;
    app.keyring.replace(keys, boot);
    app.verdicts.moved_to(rev);
    Ok(())
}
