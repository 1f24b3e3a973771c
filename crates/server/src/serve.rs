//! Builds the program from its configuration and runs it on a listener until it is told to stop.

use std::{io, sync::atomic::AtomicBool, time::Duration};

use store::{Location, Store};
use tokio::net::TcpListener;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    app::{App, Inner},
    catalogue::Shelf,
    clock::Clock,
    config::Config,
    entropy::Entropy,
    first_run::{self, FirstRun},
    http,
    live::Live,
    look::Looks,
    loops,
    passwords::Passwords,
    reach::Reach,
    supervise::{Parts, Supervisor},
};

/// How long open requests and loops may take to end.
const PATIENCE: Duration = Duration::from_secs(10);

/// A program that is ready to run.
#[derive(Debug)]
pub struct Server {
    /// What its handlers and loops are handed.
    pub app: App,
    /// What is still to be done before somebody can sign in.
    pub first_run: FirstRun,
}

/// Opens the store and makes everything that must exist before the first request.
///
/// # Errors
/// One sentence that says what stopped it.
pub async fn build(
    config: Config,
    clock: Clock,
    entropy: Entropy,
    stop: CancellationToken,
) -> Result<Server, String> {
    let url = config.database_url.as_ref().map(crate::config::Secret::expose);
    let location =
        Location::from_url(url, config.data.clone()).ok_or("the database URL is of an unknown kind")?;
    let store = Store::open_for_server(&location).await.map_err(|error| error.to_string())?;
    let mut tx = store.write().await.map_err(|error| error.to_string())?;
    let instance = tx.instance_or_insert(&entropy.base32::<6>()).await.map_err(|error| error.to_string())?;
    tx.commit().await.map_err(|error| error.to_string())?;
    let passwords = Passwords::new(entropy.clone())?;
    let app = App::new(Inner {
        config,
        store,
        live: Live::default(),
        catalogue: Shelf::default(),
        looks: Looks::default(),
        reach: Reach::default(),
        push: tokio::sync::watch::Sender::new(crate::push::PushState::default()),
        clock,
        entropy,
        passwords,
        parts: Parts::default(),
        instance,
        set_up: AtomicBool::new(false),
        streams: TaskTracker::new(),
        stop,
    });
    let first_run = first_run::prepare(&app).await?;
    Ok(Server { app, first_run })
}

impl Server {
    /// Serves until the stop signal, then ends streams, requests and loops, in that order.
    ///
    /// # Errors
    /// What the listener said.
    pub async fn run(self, listener: TcpListener) -> io::Result<()> {
        let app = self.app;
        let mut supervisor =
            Supervisor::new(app.clock.clone(), app.entropy.clone(), app.parts.clone(), app.stop.clone());
        loops::start(&app, &mut supervisor).await.map_err(io::Error::other)?;
        let service = http::router(app.clone()).into_make_service_with_connect_info::<std::net::SocketAddr>();
        let served =
            axum::serve(listener, service).with_graceful_shutdown(app.stop.clone().cancelled_owned());
        let late = async {
            app.stop.cancelled().await;
            tokio::time::sleep(PATIENCE).await;
        };
        let served = tokio::select! {
            served = async { served.await } => served,
            () = late => {
                tracing::warn!("some requests did not end in time and were dropped");
                Ok(())
            }
        };
        app.stop.cancel();
        app.streams.close();
        let _ = tokio::time::timeout(PATIENCE, app.streams.wait()).await;
        supervisor.stopped(PATIENCE).await;
        app.store.close().await;
        served
    }
}
