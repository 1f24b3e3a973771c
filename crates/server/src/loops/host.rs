//! Asks the host-manager hourly for what markets are called and for the least version. Nothing waits for it.

use std::{sync::Arc, time::Duration};

use domain::catalogue::Catalogue;
use sources::host::{ApiError, Host, Limits};
use store::StoreError;

use crate::app::App;

/// Between two good reads, and up to a tenth more.
const EVERY: Duration = Duration::from_secs(3_600);
/// After a bad one: so many periods of the probe rounds.
const AGAIN: u32 = 10;
const KEY: &str = "catalogue";

/// The configured host-manager; `None` = off.
pub fn source(app: &App, client: &reqwest::Client) -> Result<Option<Host>, String> {
    let urls: Vec<String> = app.config.host_api.iter().map(|url| url.expose().to_owned()).collect();
    let host = Host::new(&urls, client.clone(), Limits::default())
        .map_err(|error| format!("WAKEFUL_HOST_API_URL cannot be used: {error}"))?;
    Ok((!urls.is_empty()).then_some(host))
}

/// Shows what was last read, before this start.
pub async fn show_saved(app: &App) -> Result<(), StoreError> {
    let saved = app.store.read().await?.meta(KEY).await?;
    if let Some(catalogue) = saved.and_then(|saved| serde_json::from_str(&saved).ok()) {
        app.catalogue.put(catalogue);
    }
    Ok(())
}

/// Reads, waits, and reads again. Every server reads for itself.
pub async fn run(app: App, host: Arc<Host>) -> Result<(), String> {
    loop {
        let now = || app.clock.now();
        let both = async { tokio::join!(host.markets(&now), host.minimum_version(&now)) };
        let (markets, version) = tokio::select! {
            both = both => both,
            () = app.stop.cancelled() => return Ok(()),
        };
        let good = markets.is_ok() && version.is_ok();
        let known = Catalogue::clone(&app.catalogue.get());
        let catalogue = Catalogue {
            markets: known
                .markets
                .observe(markets.map_err(|error| told("the markets' names", &error)), now()),
            minimum_version: known
                .minimum_version
                .observe(version.map_err(|error| told("the minimum version", &error)), now()),
        };
        save(&app, &catalogue).await.map_err(|error| error.to_string())?;
        app.catalogue.put(catalogue);
        let pause = if good { EVERY } else { app.config.rules.probe * AGAIN };
        let tenth = u64::try_from(pause.as_millis() / 10).unwrap_or(0);
        let pause = pause + Duration::from_millis(app.entropy.below(tenth + 1));
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = app.stop.cancelled() => return Ok(()),
        }
    }
}

fn told(what: &str, error: &ApiError) -> domain::why::Why {
    tracing::info!(%error, "{what} could not be read");
    error.why
}

async fn save(app: &App, catalogue: &Catalogue) -> Result<(), StoreError> {
    let Ok(text) = serde_json::to_string(catalogue) else { return Ok(()) };
    let mut tx = app.store.write().await?;
    tx.put_meta(KEY, &text).await?;
    tx.commit().await
}
