//! A simulated network that holds still, driven by its control calls as a person would.

use domain::{address::Address, network::Network, time::Timestamp, why::Why};
use serde_json::{Value, json};
use sim::{Config, Sim};
use sources::solana::{Limits, Programs, Rpc, RpcError, scan};
use tokio::net::TcpListener;

use crate::served::client;

pub struct World {
    sim: Sim,
    http: reqwest::Client,
}

impl World {
    pub async fn start(nodes: usize) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = Config { nodes, speed: 0.0, ..Config::default() };
        Self { sim: Sim::start(config, listener).unwrap(), http: client() }
    }

    pub fn url(&self) -> &str {
        self.sim.url()
    }

    pub fn rpc(&self, limits: Limits) -> Rpc {
        Rpc::new(&format!("{}/rpc/a", self.url()), client(), limits).unwrap()
    }

    pub async fn tell(&self, path: &str, body: &Value) {
        let answer = self.http.post(format!("{}{path}", self.url())).json(body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path} {body}: {}", answer.text().await.unwrap());
    }

    pub async fn break_rpc(&self, fault: &str) {
        self.tell("/sim/faults", &json!({ "rpc": fault })).await;
    }

    pub async fn truth(&self) -> Value {
        self.http.get(format!("{}/sim/world", self.url())).send().await.unwrap().json().await.unwrap()
    }

    /// All nodes, as the control calls show them.
    pub async fn nodes(&self) -> Vec<Value> {
        self.truth().await["nodes"].as_array().unwrap().clone()
    }
}

pub fn address(value: &Value) -> Address {
    value.as_str().unwrap().parse().unwrap()
}

/// Scans and absorbs; why not, where it failed.
pub async fn look(
    rpc: &Rpc,
    network: &mut Network,
    now: Timestamp,
) -> Result<domain::network::Absorbed, Why> {
    let scanned = scan(rpc, &Programs::MAINNET, network).await.map_err(|error: RpcError| error.why)?;
    network.absorb(scanned, now)
}
