//! A simulated Nosana network: Solana RPC, the nodes' endpoints, and control calls to break both.
//!
//! It shares no code with the program that watches the network, so that their mistakes cannot cancel out.
//! Tests start one on a port of their own and drive it over HTTP, as a person would.
//!
//! A node is *pinned* when life leaves it alone: the first 14 of a world of at least 14 from the start, every
//! other one as soon as a control call places it on the chain (`chain`, `do`, `position`), until
//! `{"pinned":false}`. While a node's endpoint is not `up`, or its `endpoint_state` is set, life does not touch
//! it either; afterwards it goes on. Times in control answers are unix seconds. The truth about endpoints and
//! activities begins at the simulator's start; only a run may be older, since the chain shows its time.
//!
//! What reaches people is listed in `/sim/messages`, its times in unix milliseconds.

mod app;
mod clock;
mod control;
mod encode;
mod endpoint;
mod expect;
mod faults;
mod genesis;
mod hook;
mod instructions;
mod job;
mod key;
mod ledger;
mod life;
mod mail;
mod market;
mod messages;
mod node;
mod pda;
mod push;
mod requests;
mod rpc;
mod serve;
mod services;
mod specials;
mod stake;
mod telegram;
mod world;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::Response;
use tokio::net::TcpListener;
use tokio_util::sync::{CancellationToken, DropGuard};
use tokio_util::task::TaskTracker;

use app::App;
use clock::Clock;
use expect::Thresholds;
use push::PushService;

/// The slot at the start, as large as mainnet's.
const FIRST_SLOT: u64 = 380_000_000;
/// How often the network's life goes on.
const TICK: Duration = Duration::from_millis(100);

/// What makes a simulated network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Config {
    /// The same seed makes the same addresses, markets and first jobs.
    pub seed: u64,
    /// How many nodes; from 14 on the first 14 are pinned, one of every status.
    pub nodes: usize,
    /// Simulated seconds per second for jobs and queues; 0 holds the network still.
    pub speed: f64,
    /// How often the watcher looks, seconds; only echoed in `/sim/world`.
    pub scan: u64,
    /// Silence for so many seconds is expected to be said.
    pub offline: u64,
    /// Up and in no queue for so many seconds is expected to be stuck: in a short activity, and in any.
    pub stuck: (u64, u64),
}

impl Default for Config {
    fn default() -> Self {
        Self { seed: 7, nodes: 50, speed: 60.0, scan: 30, offline: 180, stuck: (600, 3600) }
    }
}

/// A running simulator; it stops when this is dropped.
#[derive(Debug)]
pub struct Sim {
    url: String,
    /// Where the mail server listens.
    mail: SocketAddr,
    tasks: TaskTracker,
    stop: DropGuard,
}

impl Sim {
    /// Starts on the listener, within the current tokio runtime.
    ///
    /// # Errors
    /// The listener does not know its own address, or that address has no free port for the mail server.
    pub fn start(config: Config, listener: TcpListener) -> io::Result<Self> {
        let address = listener.local_addr()?;
        let url = format!("http://{address}");
        let post_office = mail::bind(address.ip())?;
        let mail = post_office.local_addr()?;
        let stop = CancellationToken::new();
        let clock = Clock::start(FIRST_SLOT);
        let world = genesis::world(config.seed, config.nodes, clock.now_ms());
        let thresholds = Thresholds { scan: config.scan, offline: config.offline, stuck: config.stuck };
        let app = Arc::new(App::new(
            world,
            PushService::new(config.seed),
            config.speed,
            clock,
            url.clone(),
            thresholds,
            stop.clone(),
        ));
        let tasks = TaskTracker::new();
        tasks.spawn(live(Arc::clone(&app)));
        tasks.spawn(telegram::deliver(Arc::clone(&app)));
        tasks.spawn(mail::run(post_office, Arc::clone(&app), tasks.clone()));
        tasks.spawn(serve::run(listener, router(app), stop.clone(), tasks.clone()));
        tasks.close();
        Ok(Self { url, mail, tasks, stop: stop.drop_guard() })
    }

    /// The base URL, `http://127.0.0.1:PORT`, without a slash at its end.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// What the watching program needs to watch this network: names and values of environment variables.
    #[must_use]
    pub fn env(&self) -> Vec<(&'static str, String)> {
        let url = &self.url;
        let ws = url.replacen("http", "ws", 1);
        vec![
            ("WAKEFUL_SOLANA_RPC", format!("{url}/rpc/a")),
            ("WAKEFUL_SOLANA_WS", format!("{ws}/rpc/a")),
            ("WAKEFUL_NODE_URL", format!("{url}/node/{{node}}")),
            ("WAKEFUL_HOST_API_URL", format!("{url}/host")),
            ("WAKEFUL_INDEXER_URL", format!("{url}/indexer")),
            ("WAKEFUL_TELEGRAM_API", format!("{url}/telegram")),
            ("WAKEFUL_TELEGRAM_TOKEN", telegram::TOKEN.to_owned()),
            ("WAKEFUL_SMTP_URL", format!("smtp://{}", self.mail)),
            ("WAKEFUL_MAIL_FROM", "wakeful@example.net".to_owned()),
            ("WAKEFUL_ALLOW_PRIVATE", "127.0.0.0/8".to_owned()),
        ]
    }

    /// Closes every connection and waits until nothing runs any more.
    pub async fn stop(self) {
        drop(self.stop);
        self.tasks.wait().await;
    }
}

/// Every route; what counts as a request of the watcher is counted.
fn router(app: Arc<App>) -> Router {
    let played = Router::new()
        .merge(rpc::routes())
        .merge(endpoint::routes())
        .merge(services::routes(&app))
        .merge(telegram::routes())
        .merge(hook::routes())
        .merge(push::routes())
        .layer(middleware::from_fn_with_state(Arc::clone(&app), count));
    played.merge(control::routes()).with_state(app)
}

async fn count(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    app.lock().requests.count_path(request.uri().path());
    next.run(request).await
}

async fn live(app: Arc<App>) {
    let mut ticks = tokio::time::interval(TICK);
    ticks.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    loop {
        tokio::select! {
            () = app.stop.cancelled() => return,
            _ = ticks.tick() => app.live(),
        }
    }
}
