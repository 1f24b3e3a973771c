//! The loops: what runs by itself, with no browser open. Each is a part under the supervisor.

mod clean_up;
mod deliver;
mod heartbeat;
mod host;
mod indexer;
mod keep;
mod lease;
mod letters;
mod probe;
mod purse;
mod push;
mod reconcile;
mod revocations;
mod scan;
mod summary;
mod telegram;
mod watch;

use std::sync::Arc;

use sources::{host::Host, indexer::Indexer};

use crate::{app::App, supervise::Supervisor};
use watch::Watch;

/// Shows what was last saved, so that a page that is open over a restart never forgets, and starts every loop.
///
/// # Errors
/// A source whose address or client cannot be used, or a store that does not answer.
pub async fn start(app: &App, supervisor: &mut Supervisor) -> Result<(), String> {
    watch::show_saved(app).await.map_err(|error| error.to_string())?;
    host::show_saved(app).await.map_err(|error| error.to_string())?;
    let watch = Arc::new(Watch::new(app.clone()));
    let kept = watch.clone();
    let roots = outbound::Roots::from_der(app.config.trusted_roots.clone());
    let client = outbound::client_trusting(&roots).map_err(|error| format!("no HTTP client: {error}"))?;
    let pool = Arc::new(scan::endpoints(app, &client)?);
    if let Some(push) = push::endpoints(app)?.map(Arc::new) {
        let (a, w) = (app.clone(), watch.clone());
        supervisor.start("push", move || push::run(a.clone(), w.clone(), push.clone()));
    }
    let prober = probe::prober(app)?;
    let apis = apis(app, &client)?;
    let (a, w) = (app.clone(), watch.clone());
    supervisor.start("lease", move || lease::run(a.clone(), w.clone()));
    let (a, w, p) = (app.clone(), watch.clone(), pool.clone());
    supervisor.start("scan", move || scan::run(a.clone(), w.clone(), p.clone()));
    let (a, w) = (app.clone(), watch.clone());
    supervisor.start("probe", move || probe::run(a.clone(), w.clone(), prober.clone()));
    let (a, w, p) = (app.clone(), watch, pool);
    supervisor.start("purse", move || purse::run(a.clone(), w.clone(), p.clone()));
    let (a, c) = (app.clone(), client.clone());
    supervisor.start("heartbeat", move || heartbeat::run(a.clone(), c.clone()));
    let a = app.clone();
    supervisor.start("revocations", move || revocations::run(a.clone()));
    let a = app.clone();
    supervisor.start("revocation wakes", move || revocations::listen(a.clone()));
    let a = app.clone();
    supervisor.start("clean-up", move || clean_up::run(a.clone()));
    let a = app.clone();
    supervisor.start("deliver", move || deliver::run(a.clone()));
    let a = app.clone();
    supervisor.start("letters", move || letters::run(a.clone()));
    let a = app.clone();
    supervisor.start("summary", move || summary::run(a.clone()));
    telegram::start(app, supervisor, &kept);
    start_apis(app, supervisor, apis, &kept);
    Ok(())
}

/// The network's own APIs, those that are configured.
type Apis = (Option<Arc<Host>>, Option<Arc<Indexer>>);

fn apis(app: &App, client: &reqwest::Client) -> Result<Apis, String> {
    Ok((host::source(app, client)?.map(Arc::new), indexer::source(app, client)?.map(Arc::new)))
}

fn start_apis(app: &App, supervisor: &mut Supervisor, (host, indexer): Apis, watch: &Arc<Watch>) {
    if let Some(host) = host {
        let a = app.clone();
        supervisor.start("host", move || host::run(a.clone(), host.clone()));
    }
    if let Some(indexer) = indexer {
        let (a, w) = (app.clone(), watch.clone());
        supervisor.start("indexer", move || indexer::run(a.clone(), w.clone(), indexer.clone()));
    }
    let (a, w) = (app.clone(), watch.clone());
    supervisor.start("keep", move || keep::run(a.clone(), w.clone()));
}
