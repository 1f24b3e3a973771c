//! The simulated providers, and what they were handed.

use std::{
    sync::atomic::{AtomicU8, Ordering},
    time::Duration,
};

use channels::Random;
use domain::{
    address::Address,
    alert::{preference::Language, words::Words},
    event::EventKind,
    time::Timestamp,
};
use outbound::{Guard, Guarded};
use serde_json::{Value, json};
use sim::{Config, Sim};
use tokio::net::TcpListener;
use url::Url;

/// More than an answer on this machine takes; less than a test may.
pub const PATIENCE: Duration = Duration::from_millis(1500);

/// A running simulator.
pub struct Ends {
    pub sim: Sim,
    pub http: reqwest::Client,
}

impl Ends {
    pub async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let sim = Sim::start(Config { nodes: 3, speed: 0.0, ..Config::default() }, listener).unwrap();
        Self { sim, http: outbound::client().unwrap() }
    }

    fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sim.url())
    }

    /// A variable as the simulator prints it.
    pub fn env(&self, name: &str) -> String {
        let found = self.sim.env().into_iter().find(|(key, _)| *key == name);
        found.unwrap_or_else(|| panic!("the simulator prints no {name}")).1
    }

    pub async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.http.post(self.url(path)).json(&body).send().await.unwrap();
        let status = answer.status();
        let text = answer.text().await.unwrap();
        assert!(status.is_success(), "{path}: {status} {text}");
        serde_json::from_str(&text).unwrap_or(Value::Null)
    }

    pub async fn fault(&self, channel: &str, fault: &str) {
        self.post("/sim/faults", json!({ channel: fault })).await;
    }

    /// What the simulator's clock says.
    pub async fn now(&self) -> Timestamp {
        let world = self.http.get(self.url("/sim/world")).send().await.unwrap();
        let world: Value = world.json().await.unwrap();
        Timestamp::from_unix_seconds(world["now"].as_i64().unwrap())
    }

    /// Everything that was delivered.
    pub async fn messages(&self) -> Vec<Value> {
        self.http.get(self.url("/sim/messages")).send().await.unwrap().json().await.unwrap()
    }
}

/// A client that reaches this machine, and nothing else that is private.
pub fn guarded() -> Guarded {
    Guarded::new(Guard::new(vec!["127.0.0.0/8".parse().unwrap()])).unwrap()
}

/// Bytes that differ from call to call.
pub fn random() -> Random {
    let turn = AtomicU8::new(1);
    Random::new(move |bytes| bytes.fill_with(|| turn.fetch_add(7, Ordering::Relaxed)))
}

/// A place where nobody listens.
pub async fn nobody() -> Url {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap()
}

pub fn node() -> Address {
    "9KS4CWUfdA1ZjHyWDiJZTyJzfu8b2PtRAFXLj1CCt1xz".parse().unwrap()
}

/// An alert about a node whose name a joker chose.
pub fn words() -> Words {
    Words {
        key: "m-1".into(),
        fold: "offline:9KS4CWUf".into(),
        urgent: true,
        title: "<script>rig</script> & \"sons\" is offline".into(),
        lines: vec!["Silent since 14:05 <b>".into(), "Grüße, *von* _hier_ `x` ]( 🙂".into()],
        node: Some(node()),
        name: Some("<script>rig</script> & \"sons\"".into()),
        path: format!("/nodes/{}", node()),
        kind: EventKind::Offline,
        at: Timestamp::from_millis(1_799_999_000_000),
        language: Language::En,
        actions: true,
    }
}
