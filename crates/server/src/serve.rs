//! Builds the program from its configuration and runs it on a listener until it is told to stop.

use std::{io, sync::atomic::AtomicBool, time::Duration};

use domain::session_time::Witness;
use store::{Location, SigningKey, Store, StoreError};
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
    keyring::Keyring,
    letters::Letters,
    live::Live,
    look::{Bell, Looks},
    loops,
    memory::Memory,
    metrics::Metrics,
    passwords::Passwords,
    reach::Reach,
    revocations::Revocations,
    secret_key, sending,
    session_clock::SessionClock,
    supervise::{Parts, Supervisor},
    telegram::Telegram,
    verdicts::Verdicts,
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
    let made = make_once(&store, &config, &clock, &entropy).await.map_err(|error| error.to_string())?;
    let keyring = Keyring::default();
    keyring.replace(made.keys, clock.boot());
    let verdicts = Verdicts::default();
    verdicts.moved_to(made.rev);
    let passwords = Passwords::new(entropy.clone())?;
    let channels = sending::channels(&config, &made.push_key, &entropy)?;
    let app = App::new(Inner {
        config,
        store,
        live: Live::default(),
        catalogue: Shelf::default(),
        memory: Memory::default(),
        looks: Looks::default(),
        channels,
        letters: Letters::default(),
        outbox: Bell::default(),
        reach: Reach::default(),
        push: tokio::sync::watch::Sender::new(crate::push::PushState::default()),
        telegram: Telegram::default(),
        session_time: made.session_time,
        keyring,
        verdicts,
        revocations: Revocations::new(made.rev),
        metrics: Metrics::default(),
        own_key: made.own_key,
        clock,
        entropy,
        passwords,
        parts: Parts::default(),
        instance: made.instance,
        set_up: AtomicBool::new(false),
        streams: TaskTracker::new(),
        stop,
    });
    let first_run = first_run::prepare(&app).await?;
    Ok(Server { app, first_run })
}

/// What the first start makes, and every later one finds.
struct Made {
    instance: String,
    own_key: String,
    push_key: String,
    keys: Vec<SigningKey>,
    session_time: SessionClock,
    rev: i64,
}

/// Makes it, in one transaction: of several servers that start at once one does, and all find the same.
async fn make_once(
    store: &Store,
    config: &Config,
    clock: &Clock,
    entropy: &Entropy,
) -> Result<Made, StoreError> {
    const SECRET_KEY: &str = "secret_key_mark";
    let mut tx = store.write().await?;
    let session_time = SessionClock::start(clock.clone(), tx.heartbeat().await?.as_ref());
    if let Some(database) = tx.database_clock().await? {
        session_time.hear(Witness::Database, database);
    }
    if let Some(heartbeat) = session_time.heartbeat() {
        tx.keep_heartbeat(&heartbeat).await?;
    }
    let instance = tx.instance_or_insert(&entropy.base32::<6>()).await?;
    let own_key = tx.meta_or_insert("own_key", &entropy.secret()).await?;
    let push_key = tx.meta_or_insert("vapid_private", &sending::new_push_key(entropy)).await?;
    let key = (entropy.base32::<12>(), entropy.secret());
    let keys = tx.signing_keys_or_first((&key.0, &key.1), session_time.now()).await?;
    let before = tx.meta(SECRET_KEY).await?;
    let mark = config.secret_key.as_ref().map(|key| secret_key::mark(&own_key, key.expose()));
    if let Some(notice) = secret_key::notice(before.as_deref(), mark.as_deref()) {
        tracing::warn!("{notice}");
    }
    match mark {
        Some(mark) => tx.put_meta(SECRET_KEY, &mark).await?,
        None => tx.delete_meta(SECRET_KEY).await?,
    }
    let rev = tx.rev().await?;
    tx.commit().await?;
    Ok(Made { instance, own_key, push_key, keys, session_time, rev })
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
