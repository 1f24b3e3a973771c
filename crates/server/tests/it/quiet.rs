//! The API alone, on a database of the test's, with clocks that only the test moves: no loops, no sources.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use domain::time::Timestamp;
use serde_json::{Value, json};
use server::{
    app::App, cli::Settings, clock::Clock, config::Config, entropy::Entropy, first_run::FirstRun, http,
    serve::build,
};
use store::{Location, testbed::Bed};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use crate::{
    person::{Answer, Person},
    world::{EMAIL, PASSWORD},
};

const DAY: i64 = 86_400_000;

pub struct Quiet {
    pub app: App,
    pub url: String,
    pub http: reqwest::Client,
    pub settings: Settings,
    code: Option<String>,
    clocks: Clocks,
    stop: CancellationToken,
}

/// How far the clocks are ahead of the real ones, in milliseconds.
#[derive(Clone, Default)]
struct Clocks {
    wall: Arc<AtomicI64>,
    boot: Arc<AtomicI64>,
}

impl Quiet {
    pub async fn new(bed: &Bed) -> Self {
        Self::with(bed, |_| {}).await
    }

    pub async fn with(bed: &Bed, change: impl FnOnce(&mut Settings)) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut settings =
            Settings { data: Some(bed.folder().join("data").display().to_string()), ..Settings::default() };
        if let Location::Postgres(url) = bed.location() {
            settings.database_url = Some(url.clone());
        }
        change(&mut settings);
        Self::start(settings, Clocks::default()).await
    }

    async fn start(settings: Settings, clocks: Clocks) -> Self {
        let system = Clock::system();
        let (wall, boot, ahead) = (system.clone(), system, clocks.clone());
        let also = clocks.clone();
        let clock = Clock::from_parts(
            move || Timestamp::from_millis(wall.now().millis() + ahead.wall.load(Ordering::SeqCst)),
            move || boot.boot() + Duration::from_millis(also.boot.load(Ordering::SeqCst).unsigned_abs()),
        );
        let stop = CancellationToken::new();
        let config = Config::from_settings(&settings).unwrap();
        let server = build(config, clock, Entropy::system().unwrap(), stop.clone()).await.unwrap();
        let code = match server.first_run {
            FirstRun::Code(code) => Some(code),
            FirstRun::Done => None,
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let service = http::router(server.app.clone()).into_make_service_with_connect_info::<SocketAddr>();
        let served = axum::serve(listener, service).with_graceful_shutdown(stop.clone().cancelled_owned());
        #[expect(
            clippy::disallowed_methods,
            reason = "the test is the supervisor of the server that it starts"
        )]
        tokio::spawn(async move { served.await });
        let http = reqwest::Client::builder().no_proxy().redirect(reqwest::redirect::Policy::none());
        Self { app: server.app, url, http: http.build().unwrap(), settings, code, clocks, stop }
    }

    /// Another start on the same database, with the clocks as they are and other settings.
    pub async fn restart(self, change: impl FnOnce(&mut Settings)) -> Self {
        let mut settings = self.settings.clone();
        let clocks = self.clocks.clone();
        self.end().await;
        change(&mut settings);
        Self::start(settings, clocks).await
    }

    /// Time passes: every clock moves.
    pub fn pass_days(&self, days: i64) {
        self.pass_millis(days * DAY);
    }

    pub fn pass_seconds(&self, seconds: i64) {
        self.pass_millis(seconds * 1_000);
    }

    fn pass_millis(&self, millis: i64) {
        self.clocks.wall.fetch_add(millis, Ordering::SeqCst);
        self.clocks.boot.fetch_add(millis, Ordering::SeqCst);
    }

    /// Somebody sets the wall clock; no time passes.
    pub fn set_wall_clock_by_days(&self, days: i64) {
        self.clocks.wall.fetch_add(days * DAY, Ordering::SeqCst);
    }

    pub fn nobody(&self) -> Person {
        Person::on(&self.url, &self.http)
    }

    /// The first account, signed in.
    pub async fn set_up(&self) -> Person {
        let body = json!({ "code": self.code, "email": EMAIL, "password": PASSWORD });
        let answer = self.nobody().post("/api/setup", &body).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.nobody().with_cookie_of(&answer)
    }

    pub async fn login(&self, person: &Person, password: &str) -> Answer {
        person.post("/api/auth/login", &json!({ "email": EMAIL, "password": password })).await
    }

    /// Another browser of the same person.
    pub async fn sign_in(&self) -> Person {
        let answer = self.login(&self.nobody(), PASSWORD).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        self.nobody().with_cookie_of(&answer)
    }

    /// What a script gets: a bearer token.
    pub async fn bearer(&self) -> String {
        let body = json!({ "email": EMAIL, "password": PASSWORD });
        let answer = self.http.post(format!("{}/api/auth/login", self.url)).json(&body).send().await.unwrap();
        assert!(answer.status().is_success() && !answer.headers().contains_key("set-cookie"));
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["token_type"], "bearer");
        body["access_token"].as_str().unwrap().to_owned()
    }

    /// A sign-in as old clients send it: a form.
    pub fn form(&self, fields: &[(&str, &str)]) -> reqwest::RequestBuilder {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        let request = self.http.post(format!("{}/api/auth/login", self.url));
        request.header("content-type", "application/x-www-form-urlencoded").body(body)
    }

    /// A request as a script sends it: a token, none of our headers.
    pub async fn with_token(&self, method: reqwest::Method, path: &str, token: &str) -> Answer {
        let request = self.http.request(method, format!("{}{path}", self.url)).bearer_auth(token);
        self.nobody().send(request.header("session-nonce", crate::person::NONCE)).await
    }

    pub async fn get_with(&self, path: &str, token: &str) -> Answer {
        self.with_token(reqwest::Method::GET, path, token).await
    }

    pub async fn end(self) {
        self.stop.cancel();
        self.app.streams.close();
        self.app.streams.wait().await;
        self.app.store.close().await;
    }
}

/// What a session answer decides: its state, and the reason of an end.
pub fn decided(answer: &Answer) -> (u16, &str, Option<&str>) {
    (answer.status, answer.body["state"].as_str().unwrap_or_default(), answer.body["reason"].as_str())
}
