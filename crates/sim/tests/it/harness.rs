//! One simulator on a port of its own, and a client for it.

use std::sync::Once;
use std::time::Duration;

use reqwest::{Client, Response, StatusCode};
use serde_json::{Value, json};
use sim::{Config, Sim};
use tokio::net::TcpListener;

/// The jobs program.
pub(crate) const JOBS: &str = "nosJhNRqr2bc9g1nfGDcXXTXvYUmxD4cVwy2pMWhrYM";
/// Long enough for anything that should come.
pub(crate) const DEADLINE: Duration = Duration::from_secs(20);
/// Long enough to see that nothing comes.
pub(crate) const A_WHILE: Duration = Duration::from_millis(400);

pub(crate) struct Net {
    pub(crate) sim: Sim,
    pub(crate) http: Client,
}

/// A client that follows no redirect.
pub(crate) fn client() -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| rustls::crypto::ring::default_provider().install_default().unwrap());
    Client::builder().redirect(reqwest::redirect::Policy::none()).timeout(DEADLINE).build().unwrap()
}

impl Net {
    /// A network of 50 nodes that holds still.
    pub(crate) async fn still() -> Self {
        Self::start(Config { speed: 0.0, ..Config::default() }).await
    }

    pub(crate) async fn start(config: Config) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { sim: Sim::start(config, listener).unwrap(), http: client() }
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sim.url())
    }

    pub(crate) async fn get(&self, path: &str) -> Response {
        self.http.get(self.url(path)).send().await.unwrap()
    }

    pub(crate) async fn world(&self) -> Value {
        self.get("/sim/world").await.json().await.unwrap()
    }

    /// A control call, whatever it answers.
    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        let answer = self.http.post(self.url(path)).json(&body).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    /// A control call that must do what it says.
    pub(crate) async fn set(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.post(path, body).await;
        assert_eq!(status, StatusCode::OK, "{path}: {answer}");
        answer
    }

    /// A control call that must be refused with a sentence.
    pub(crate) async fn refused(&self, path: &str, body: Value) -> String {
        let (status, answer) = self.post(path, body).await;
        assert_eq!(status, StatusCode::BAD_REQUEST, "{path}: {answer}");
        let sentence = answer["error"].as_str().unwrap().to_owned();
        assert!(sentence.ends_with('.'), "{sentence}");
        sentence
    }

    pub(crate) async fn send_rpc(&self, place: &str, body: &Value) -> reqwest::Result<Response> {
        self.http.post(self.url(place)).json(body).send().await
    }

    /// A call to endpoint `a`, the whole answer.
    pub(crate) async fn call(&self, method: &str, params: Value) -> Value {
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        self.send_rpc("/rpc/a", &body).await.unwrap().json().await.unwrap()
    }

    /// A confirmed list of the jobs program's accounts of one size.
    pub(crate) async fn accounts(&self, size: u64) -> Vec<Value> {
        let options =
            json!({ "encoding": "base64", "commitment": "confirmed", "filters": [{ "dataSize": size }] });
        let answer = self.call("getProgramAccounts", json!([JOBS, options])).await;
        answer["result"].as_array().unwrap_or_else(|| panic!("{answer}")).clone()
    }

    /// Lamports of a wallet, confirmed.
    pub(crate) async fn lamports(&self, address: &str) -> u64 {
        let answer = self.call("getBalance", json!([address, { "commitment": "confirmed" }])).await;
        answer["result"]["value"].as_u64().unwrap()
    }
}

/// The first node of the world for which the condition holds.
pub(crate) fn node(world: &Value, holds: impl Fn(&Value) -> bool) -> Value {
    world["nodes"].as_array().unwrap().iter().find(|node| holds(node)).unwrap().clone()
}

pub(crate) fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

/// Waits until the condition holds for the world.
pub(crate) async fn until(net: &Net, what: &str, holds: impl Fn(&Value) -> bool) -> Value {
    let wait = async {
        loop {
            let world = net.world().await;
            if holds(&world) {
                return world;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(DEADLINE, wait).await.unwrap_or_else(|_| panic!("never: {what}"))
}
