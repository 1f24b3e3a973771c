//! One test's world: a simulated network, a server on a database of its own, a clock that is the real one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use domain::time::Timestamp;
use serde_json::{Value, json};
use server::{
    app::App, cli::Settings, clock::Clock, config::Config, entropy::Entropy, first_run::FirstRun,
    serve::build,
};
use store::{Location, testbed::Bed};
use tokio::{net::TcpListener, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::person::Person;

/// Seconds between scans and rounds, of silence, of stuck: short, and the same for the simulator.
pub const SCAN: u64 = 1;
pub const OFFLINE: u64 = 3;
pub const STUCK: (u64, u64) = (5, 9);
/// The longest that any condition may take before a test says that it will not come.
pub const PATIENCE: Duration = Duration::from_secs(60);

pub const EMAIL: &str = "demo@example.net";
pub const PASSWORD: &str = "three quiet words";

pub struct World {
    pub sim: sim::Sim,
    pub url: String,
    pub code: Option<String>,
    pub http: reqwest::Client,
    /// `None` while the server is down: whoever holds it holds the data folder.
    app: Option<App>,
    ahead: Arc<AtomicI64>,
    stop: CancellationToken,
    served: JoinHandle<std::io::Result<()>>,
    settings: Settings,
    trusted: Vec<Vec<u8>>,
}

/// A second server beside a world's own.
pub struct Replica {
    pub url: String,
    pub app: App,
    stop: CancellationToken,
    served: JoinHandle<std::io::Result<()>>,
}

impl Replica {
    pub async fn end(self) {
        self.stop.cancel();
        self.served.await.unwrap().unwrap();
    }
}

impl World {
    /// A network of 14 nodes that stands still, one of every kind.
    pub async fn new(bed: &Bed) -> Self {
        Self::with(bed, |_| {}).await
    }

    /// The same with other settings.
    pub async fn with(bed: &Bed, change: impl FnOnce(&mut Settings)) -> Self {
        Self::trusting(bed, Vec::new(), change).await
    }

    /// The same whose server trusts these certificates (DER) beside the machine's.
    pub async fn trusting(bed: &Bed, trusted: Vec<Vec<u8>>, change: impl FnOnce(&mut Settings)) -> Self {
        Self::of(bed, 14, trusted, change).await
    }

    /// A network of so many nodes.
    pub async fn of(
        bed: &Bed,
        nodes: usize,
        trusted: Vec<Vec<u8>>,
        change: impl FnOnce(&mut Settings),
    ) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Shown when a test fails: what the server itself noticed.
        let _ = tracing_subscriber::fmt().with_env_filter("warn").with_test_writer().try_init();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = sim::Config { nodes, speed: 0.0, ..sim::Config::default() };
        let sim = sim::Sim::start(config, listener).unwrap();
        let env = sim.env();
        let told = |name: &str| env.iter().find(|(of, _)| *of == name).map(|(_, value)| value.clone());
        let mut settings = Settings {
            smtp_url: told("WAKEFUL_SMTP_URL"),
            mail_from: told("WAKEFUL_MAIL_FROM"),
            telegram_token: told("WAKEFUL_TELEGRAM_TOKEN"),
            telegram_api: told("WAKEFUL_TELEGRAM_API"),
            host_api_url: Some(format!("{}/host", sim.url())),
            indexer_url: Some(format!("{}/indexer", sim.url())),
            solana_rpc: Some(format!("{}/rpc/a", sim.url())),
            allow_private: Some("127.0.0.1".to_owned()),
            node_url: Some(format!("{}/node/{{node}}", sim.url())),
            scan_seconds: Some(SCAN.to_string()),
            probe_seconds: Some(SCAN.to_string()),
            offline_seconds: Some(OFFLINE.to_string()),
            stuck_seconds: Some(format!("{},{}", STUCK.0, STUCK.1)),
            ..Settings::default()
        };
        match bed.location() {
            Location::Folder(folder) => settings.data = Some(folder.display().to_string()),
            Location::Postgres(url) => {
                settings.database_url = Some(url.clone());
                settings.data = Some(bed.folder().join("data").display().to_string());
            }
        }
        change(&mut settings);
        let ahead = Arc::new(AtomicI64::new(0));
        let (url, code, app, stop, served) = start(&settings, &trusted, &ahead).await;
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .build()
            .unwrap();
        Self { sim, url, code, http, app: Some(app), stop, served, settings, trusted, ahead }
    }

    /// Stops the server as a signal would, and starts it again on the same database.
    pub async fn restart(&mut self) {
        self.stop.cancel();
        (&mut self.served).await.unwrap().unwrap();
        self.app = None;
        let (url, code, app, stop, served) = start(&self.settings, &self.trusted, &self.ahead).await;
        (self.url, self.code, self.app, self.stop, self.served) = (url, code, Some(app), stop, served);
    }

    /// Lets the server's clock run ahead by so many days more.
    pub fn skip_days(&self, days: i64) {
        self.skip_seconds(days * 86_400);
    }

    /// What the server's own handlers are handed.
    pub const fn app(&self) -> &App {
        self.app.as_ref().expect("a server that runs")
    }

    /// The same by seconds.
    pub fn skip_seconds(&self, seconds: i64) {
        self.ahead.fetch_add(seconds * 1_000, Ordering::SeqCst);
    }

    /// Another server on the same database: its URL, and what ends it.
    pub async fn replica(&self) -> Replica {
        let (url, _, app, stop, served) = start(&self.settings, &self.trusted, &self.ahead).await;
        Replica { url, app, stop, served }
    }

    /// Starts again with other settings.
    pub async fn change(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
        self.restart().await;
    }

    /// Makes the first account and signs in.
    pub async fn set_up(&self) -> Person {
        let code = self.code.clone().expect("a set-up code");
        let body = json!({ "code": code, "email": EMAIL, "password": PASSWORD });
        let person = Person::nobody(self);
        let answer = person.post("/api/setup", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        person.with_cookie_of(&answer)
    }

    /// The truth about the simulated network.
    pub async fn truth(&self) -> Value {
        let query = format!("scan={SCAN}&offline={OFFLINE}&stuck={},{}", STUCK.0, STUCK.1);
        self.http
            .get(format!("{}/sim/world?{query}", self.sim.url()))
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap()
    }

    /// The addresses of all simulated nodes, in the simulator's order.
    pub async fn addresses(&self) -> Vec<String> {
        let truth = self.truth().await;
        let nodes = truth["nodes"].as_array().unwrap().iter();
        nodes.map(|node| node["address"].as_str().unwrap().to_owned()).collect()
    }

    /// Says something to the simulator's control calls.
    pub async fn control(&self, path: &str, body: &Value) {
        let answer =
            self.http.post(format!("{}/sim/{path}", self.sim.url())).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path} {body}: {}", answer.text().await.unwrap());
    }

    /// Ends everything.
    pub async fn end(self) {
        self.stop.cancel();
        self.served.await.unwrap().unwrap();
        self.sim.stop().await;
    }
}

async fn start(
    settings: &Settings,
    trusted: &[Vec<u8>],
    ahead: &Arc<AtomicI64>,
) -> (String, Option<String>, App, CancellationToken, JoinHandle<std::io::Result<()>>) {
    let mut config = Config::from_settings(settings).unwrap();
    config.trusted_roots = trusted.to_vec();
    let stop = CancellationToken::new();
    let (system, ahead) = (Clock::system(), ahead.clone());
    let clock =
        Clock::from_fn(move || Timestamp::from_millis(system.now().millis() + ahead.load(Ordering::SeqCst)));
    let server = build(config, clock, Entropy::system().unwrap(), stop.clone()).await.unwrap();
    let code = match &server.first_run {
        FirstRun::Code(code) => Some(code.clone()),
        FirstRun::Done => None,
    };
    let app = server.app.clone();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    #[expect(clippy::disallowed_methods, reason = "the test is the supervisor of the server that it starts")]
    let served = tokio::spawn(server.run(listener));
    (url, code, app, stop, served)
}

/// Whoever comes may register, and no mail decides.
pub fn open(settings: &mut Settings) {
    settings.registration = Some("open".to_owned());
    (settings.smtp_url, settings.mail_from) = (None, None);
}

/// Waits until `look` gives something; says what was last seen when it never does.
pub async fn eventually<T, F: Future<Output = Result<T, String>>>(what: &str, look: impl FnMut() -> F) -> T {
    within(PATIENCE, what, look).await
}

/// The same with another patience.
pub async fn within<T, F: Future<Output = Result<T, String>>>(
    patience: Duration,
    what: &str,
    mut look: impl FnMut() -> F,
) -> T {
    let mut last = String::new();
    let waited = tokio::time::timeout(patience, async {
        loop {
            match look().await {
                Ok(value) => return value,
                Err(seen) => last = seen,
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    });
    match waited.await {
        Ok(value) => value,
        Err(_) => panic!("{what} did not happen within {patience:?}; last seen: {last}"),
    }
}
