//! What a session costs a request, beside the least that it could cost; and how late a revocation is known.
//!
//! `cargo bench -p server --bench sessions` prints `what · number · baseline · ratio` for both databases, and needs
//! `WAKEFUL_TEST_POSTGRES`; with `-- lag` only the second half. Numbers and baselines come from one listener and stand
//! behind the same door, in five alternating runs each (the median counts).

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "a measurement that cannot be made stops")]

use std::{
    io::Write,
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::{
    Router,
    extract::State,
    http::{HeaderMap, header},
    response::IntoResponse,
    routing::get,
};
use domain::{
    account::{Email, Role},
    session::EndReason,
    time::Timestamp,
};
use futures_util::{StreamExt, stream};
use rand::{SeedableRng, rngs::StdRng, seq::SliceRandom};
use server::{app::App, cli::Settings, clock::Clock, config::Config, entropy::Entropy, http, serve::build};
use sha2::{Digest, Sha256};
use store::{Location, NewAccount, NewSession, testbed::Bed};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

const SESSIONS: usize = 10_000;
const RUNS: usize = 5;
const AT_ONCE: usize = 16;
const REVOCATIONS: usize = 50;
const YEAR: Duration = Duration::from_secs(365 * 86_400);

fn say(text: &str) {
    let _ = writeln!(std::io::stdout(), "{text}");
}

#[expect(clippy::disallowed_methods, reason = "the one place of this program that measures")]
fn now() -> Instant {
    Instant::now()
}

fn secret(n: usize) -> String {
    format!("bench-{n:038}")
}

fn hash(secret: &str) -> String {
    Sha256::digest(secret.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

fn settings(bed: &Bed) -> Settings {
    let mut settings = Settings {
        data: Some(bed.folder().join("data").display().to_string()),
        // Nothing answers there: no source is measured.
        solana_rpc: Some("http://127.0.0.1:9".to_owned()),
        node_url: Some("http://127.0.0.1:9/{node}".to_owned()),
        ..Settings::default()
    };
    if let Location::Postgres(url) = bed.location() {
        settings.database_url = Some(url.clone());
    }
    settings
}

/// A clock whose boot part runs ahead by so many seconds: what was read before is not just read any more.
fn clock(ahead: &Arc<AtomicU64>) -> Clock {
    let (system, ahead) = (Clock::system(), ahead.clone());
    let wall = system.clone();
    Clock::from_parts(
        move || wall.now(),
        move || system.boot() + Duration::from_secs(ahead.load(Ordering::SeqCst)),
    )
}

async fn sign_everybody_in(app: &App, count: usize) {
    let now = app.session_time.now();
    let mut tx = app.store.write().await.unwrap();
    let email = Email::parse("bench@example.net").unwrap();
    let account =
        NewAccount { id: "bench", email: &email, password_hash: "", role: Role::Admin, time_zone: "UTC" };
    tx.add_account(account, "bench", now).await.unwrap();
    for n in 0..count {
        let (sid, hashed) = (format!("sid-{n}"), hash(&secret(n)));
        let session = NewSession {
            sid: &sid,
            account: "bench",
            cookie_hash: Some(&hashed),
            kid: None,
            browser: None,
            idle_end: now.plus(YEAR),
            absolute_end: now.plus(YEAR),
            label: "bench",
            address_short: "",
        };
        tx.add_session(session, now).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// The least that a session can cost: the same row, read and not judged.
async fn bare(State(app): State<App>, headers: HeaderMap) -> impl IntoResponse {
    let cookie = headers[header::COOKIE].to_str().unwrap_or_default();
    let value = cookie.split_once('=').map_or("", |(_, value)| value);
    let found = app.store.signed_by_cookie(&hash(value)).await.ok().flatten();
    axum::Json(serde_json::json!({ "id": found.map(|signed| signed.session.sid) }))
}

async fn constant() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "application/json")], r#"{"id":"bench","email":"bench@example.net"}"#)
}

struct Bench {
    app: App,
    url: String,
    http: reqwest::Client,
    ahead: Arc<AtomicU64>,
}

impl Bench {
    async fn start(bed: &Bed) -> Self {
        let ahead = Arc::new(AtomicU64::new(0));
        let config = Config::from_settings(&settings(bed)).unwrap();
        let entropy = Entropy::system().unwrap();
        let server = build(config, clock(&ahead), entropy, CancellationToken::new()).await.unwrap();
        let app = server.app;
        sign_everybody_in(&app, SESSIONS).await;
        let baselines = Router::new().route("/bare", get(bare)).route("/constant", get(constant));
        let router = http::router_beside(app.clone(), baselines);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = router.into_make_service_with_connect_info::<SocketAddr>();
        #[expect(
            clippy::disallowed_methods,
            reason = "the measurement is the supervisor of what it measures"
        )]
        tokio::spawn(async move { axum::serve(listener, service).await });
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self { app, url, http, ahead }
    }

    /// Asks once for each session; gives microseconds per request and queries per request.
    async fn ask(&self, path: &str, order: &[usize]) -> (f64, f64) {
        self.ahead.fetch_add(3, Ordering::SeqCst);
        let (begun, before) = (now(), self.app.store.faults().queries());
        stream::iter(order)
            .for_each_concurrent(AT_ONCE, |n| async move {
                let request = self.http.get(format!("{}{path}", self.url));
                let cookie = format!("wakeful-{}={}", self.app.instance, secret(*n));
                let request = request.header(header::COOKIE, cookie);
                let answer = request.header("session-nonce", "AAECAwQFBgcICQoLDA0ODw").send().await.unwrap();
                assert!(answer.status().is_success(), "{path}: {}", answer.status());
                answer.bytes().await.unwrap();
            })
            .await;
        let count = f64::from(u32::try_from(order.len()).unwrap());
        let queries = self.app.store.faults().queries() - before;
        let per_request = f64::from(u32::try_from(queries).unwrap()) / count;
        (begun.elapsed().as_secs_f64() * 1e6 / count, per_request)
    }

    /// The median of alternating runs of a path and its baseline; fails when fewer queries were made than must be.
    async fn compare(&self, what: &str, path: &str, baseline: &str, order: &mut [usize], least: f64) {
        let mut random = StdRng::seed_from_u64(1);
        let (mut measured, mut bases, mut queries) = (Vec::new(), Vec::new(), f64::INFINITY);
        for _ in 0..RUNS {
            order.shuffle(&mut random);
            bases.push(self.ask(baseline, order).await.0);
            order.shuffle(&mut random);
            let (micros, reads) = self.ask(path, order).await;
            measured.push(micros);
            queries = queries.min(reads);
        }
        let (number, base) = (median(measured), median(bases));
        let ratio = base / number;
        say(&format!(
            "{what} · {number:.0} µs · {base:.0} µs · {ratio:.2} of its requests a second, at least 0.8 wanted \
             ({queries:.2} store reads a request)"
        ));
        assert!(queries >= least, "{path} was to be measured cold, and made {queries} store reads a request");
    }
}

fn median(mut numbers: Vec<f64>) -> f64 {
    numbers.sort_by(f64::total_cmp);
    numbers[numbers.len() / 2]
}

/// Ends sessions by another handle on the store, as another process would; how long one server lets each in for.
async fn lag(what: &str, bed: &Bed, ends_by_api: bool) {
    let (stop, http) = (CancellationToken::new(), reqwest::Client::builder().no_proxy().build().unwrap());
    let mut servers = Vec::new();
    for is_first in [true, false] {
        if !is_first && !ends_by_api {
            break;
        }
        let config = Config::from_settings(&settings(bed)).unwrap();
        let server = build(config, Clock::system(), Entropy::system().unwrap(), stop.clone()).await.unwrap();
        if is_first {
            sign_everybody_in(&server.app, REVOCATIONS).await;
        }
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (url, app) = (format!("http://{}", listener.local_addr().unwrap()), server.app.clone());
        #[expect(
            clippy::disallowed_methods,
            reason = "the measurement is the supervisor of what it measures"
        )]
        servers.push((url, app, tokio::spawn(server.run(listener))));
    }
    let beside = bed.store().await;
    let (url, app) = (&servers.last().unwrap().0, servers.last().unwrap().1.clone());
    let mut lags = Vec::new();
    for n in 0..REVOCATIONS {
        let cookie = format!("wakeful-{}={}", app.instance, secret(n));
        let status = || async {
            let request = http.get(format!("{url}/api/auth/me")).header(header::COOKIE, &cookie);
            request.send().await.unwrap().status().as_u16()
        };
        assert_eq!(status().await, 200);
        let store = if ends_by_api { &servers[0].1.store } else { &beside };
        let mut tx = store.write().await.unwrap();
        tx.end_session(&format!("sid-{n}"), EndReason::Revoked, Timestamp::from_millis(0)).await.unwrap();
        tx.commit().await.unwrap();
        let begun = now();
        while status().await == 200 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        lags.push(begun.elapsed().as_secs_f64() * 1e3);
    }
    lags.sort_by(f64::total_cmp);
    let (p99, limit) = (lags[lags.len() * 99 / 100], 3_000.0);
    say(&format!("{what}, p99 of {REVOCATIONS} · {p99:.0} ms · {limit:.0} ms · {:.2}", p99 / limit));
    stop.cancel();
    drop(app);
    for (_, app, served) in servers {
        drop(app);
        served.await.unwrap().unwrap();
    }
}

async fn all(database: &str, bed: &Bed) {
    let bench = Bench::start(bed).await;
    let mut order = (0..SESSIONS).collect::<Vec<_>>();
    bench
        .compare(&format!("{database}: GET /api/session, cold"), "/api/session", "/bare", &mut order, 1.0)
        .await;
    bench
        .compare(&format!("{database}: GET /api/auth/me, cold"), "/api/auth/me", "/bare", &mut order, 1.0)
        .await;
    let mut same = vec![0; SESSIONS];
    bench
        .compare(&format!("{database}: GET /api/auth/me, warm"), "/api/auth/me", "/constant", &mut same, 0.0)
        .await;
    bench.app.store.close().await;
}

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().expect("the first TLS provider");
    say("what · number · baseline · ratio");
    if !std::env::args().any(|argument| argument == "lag") {
        all("SQLite", &Bed::sqlite()).await;
        let postgres = Bed::postgres().await;
        all("PostgreSQL", &postgres).await;
        postgres.remove().await;
    }
    lag("SQLite: ended by another process", &Bed::sqlite(), false).await;
    let postgres = Bed::postgres().await;
    lag("PostgreSQL: ended by another process", &postgres, false).await;
    postgres.remove().await;
    let postgres = Bed::postgres().await;
    lag("PostgreSQL: ended on another server", &postgres, true).await;
    postgres.remove().await;
}
