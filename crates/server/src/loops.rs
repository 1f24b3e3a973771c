//! The loops: what runs by itself, with no browser open. Each is a part under the supervisor.

mod clean_up;
mod heartbeat;
mod lease;
mod probe;
mod purse;
mod revocations;
mod scan;
mod watch;

use std::sync::Arc;

use crate::{app::App, supervise::Supervisor};
use watch::Watch;

/// Shows what was last saved, so that a page that is open over a restart never forgets, and starts every loop.
///
/// # Errors
/// A source whose address or client cannot be used, or a store that does not answer.
pub async fn start(app: &App, supervisor: &mut Supervisor) -> Result<(), String> {
    watch::show_saved(app).await.map_err(|error| error.to_string())?;
    let watch = Arc::new(Watch::new(app.clone()));
    let client = sources::http::client().map_err(|error| format!("no HTTP client: {error}"))?;
    let rpcs = Arc::new(scan::endpoints(app, &client)?);
    let prober = probe::prober(app, client.clone())?;
    let (a, w) = (app.clone(), watch.clone());
    supervisor.start("lease", move || lease::run(a.clone(), w.clone()));
    let (a, w, r) = (app.clone(), watch.clone(), rpcs.clone());
    supervisor.start("scan", move || scan::run(a.clone(), w.clone(), r.clone()));
    let (a, w) = (app.clone(), watch.clone());
    supervisor.start("probe", move || probe::run(a.clone(), w.clone(), prober.clone()));
    let (a, c) = (app.clone(), client.clone());
    supervisor.start("heartbeat", move || heartbeat::run(a.clone(), c.clone()));
    let a = app.clone();
    supervisor.start("revocations", move || revocations::run(a.clone()));
    let a = app.clone();
    supervisor.start("revocation wakes", move || revocations::listen(a.clone()));
    let a = app.clone();
    supervisor.start("clean-up", move || clean_up::run(a.clone()));
    let (a, w, r) = (app.clone(), watch, rpcs);
    supervisor.start("purse", move || purse::run(a.clone(), w.clone(), r.clone()));
    Ok(())
}
