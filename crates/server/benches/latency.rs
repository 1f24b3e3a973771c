//! How long a change on chain takes to reach an open page: the whole program beside a simulated network, with push and
//! without. Each line is a number, what it is held against, and the ratio of the two.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that cannot run says so"
)]
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock and starts its own server")]

use std::time::{Duration, Instant};

use futures_util::StreamExt;
use reqwest::header;
use serde_json::{Value, json};
use server::{
    cli::Settings, clock::Clock, config::Config, entropy::Entropy, first_run::FirstRun, serve::build,
};
use tokio::{net::TcpListener, sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

const NODES: usize = 50;
const CHANGES: usize = 200;
/// How many ends of jobs are measured in each round.
const ENDS: usize = 3;
/// With push a page follows within this.
const PUSHED: Duration = Duration::from_secs(1);
/// Without push: one scan, and as much again as with push.
const SCAN: Duration = Duration::from_secs(2);
/// However much is pushed, scans are that far apart.
const BETWEEN_SCANS: Duration = Duration::from_millis(2_500);
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let (starts, ends) = measured(None, Duration::from_secs(30), CHANGES).await;
    for (name, share) in [("p50", 50), ("p99", 99), ("longest", 100)] {
        line(&format!("a job's start, pushed, {name} of {}", starts.len()), of(&starts, share), PUSHED);
    }
    // How a job ended is read by a scan that the push asks for.
    line(&format!("a job's end, pushed, p99 of {}", ends.len()), of(&ends, 99), PUSHED);
    let (starts, _) = measured(Some("off"), SCAN, CHANGES / 8).await;
    line(
        &format!("a job's start, scanned every 2 s, p99 of {}", starts.len()),
        of(&starts, 99),
        SCAN + PUSHED,
    );
}

fn line(what: &str, number: Duration, baseline: Duration) {
    let ratio = number.as_secs_f64() / baseline.as_secs_f64();
    println!("{what}: {:.0} ms · {} ms · {ratio:.2}", number.as_secs_f64() * 1e3, baseline.as_millis());
}

/// The value that so many of a hundred do not exceed.
fn of(sorted: &[Duration], share: usize) -> Duration {
    sorted[(sorted.len() * share).div_ceil(100).max(1) - 1]
}

/// How long so many starts of jobs took to reach the page, and the ends between them; both sorted.
async fn measured(ws: Option<&str>, scan: Duration, changes: usize) -> (Vec<Duration>, Vec<Duration>) {
    let mut bench = Bench::start(ws, scan).await;
    let nodes = bench.nodes.clone();
    for node in &nodes {
        bench.put(node, "queued").await;
    }
    for node in &nodes {
        bench.shown(node, "queued").await;
    }
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    while starts.len() < changes {
        let some: Vec<String> = nodes.iter().take(changes - starts.len()).cloned().collect();
        for node in &some {
            starts.push(bench.timed(node, "running").await);
        }
        // A few ends by themselves, so far apart that each may ask for its scan; the rest together, to begin anew.
        let (few, rest) = some.split_at(some.len().min(ENDS));
        for node in few {
            tokio::time::sleep(BETWEEN_SCANS).await;
            ends.push(bench.timed(node, "queued").await);
        }
        for node in rest {
            bench.put(node, "queued").await;
        }
        for node in rest {
            bench.shown(node, "queued").await;
        }
    }
    bench.end().await;
    starts.sort_unstable();
    ends.sort_unstable();
    (starts, ends)
}

struct Bench {
    sim: sim::Sim,
    http: reqwest::Client,
    nodes: Vec<String>,
    /// What the page is told: which node, its chain's state, when.
    told: mpsc::UnboundedReceiver<(String, String, Instant)>,
    page: JoinHandle<()>,
    states: std::collections::HashMap<String, (String, Instant)>,
    stop: CancellationToken,
    served: JoinHandle<std::io::Result<()>>,
    _folder: tempfile::TempDir,
}

impl Bench {
    async fn start(ws: Option<&str>, scan: Duration) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = sim::Config { nodes: NODES, speed: 0.0, ..sim::Config::default() };
        let sim = sim::Sim::start(config, listener).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            data: Some(folder.path().display().to_string()),
            solana_rpc: Some(format!("{}/rpc/a", sim.url())),
            solana_ws: ws.map(str::to_owned),
            node_url: Some(format!("{}/node/{{node}}", sim.url())),
            allow_private: Some("127.0.0.1".to_owned()),
            scan_seconds: Some(scan.as_secs().to_string()),
            ..Settings::default()
        };
        let stop = CancellationToken::new();
        let config = Config::from_settings(&settings).unwrap();
        let server = build(config, Clock::system(), Entropy::system().unwrap(), stop.clone()).await.unwrap();
        let code = match &server.first_run {
            FirstRun::Code(code) => code.clone(),
            FirstRun::Done => panic!("an empty folder was set up"),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let served = tokio::spawn(server.run(listener));
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let nodes = addresses(&http, sim.url()).await;
        let cookie = signed_in(&http, &url, &code, &nodes).await;
        let (tell, told) = mpsc::unbounded_channel();
        let page = tokio::spawn(read_page(http.clone(), url, cookie, tell));
        let states = std::collections::HashMap::new();
        Self { sim, http, nodes, told, page, states, stop, served, _folder: folder }
    }

    /// Puts a node somewhere on the chain.
    async fn put(&self, node: &str, chain: &str) {
        let path = format!("{}/sim/nodes/{node}", self.sim.url());
        let answer = self.http.post(path).json(&json!({ "chain": chain })).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// When the page first showed the node so.
    async fn shown(&mut self, node: &str, chain: &str) -> Instant {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some((state, at)) = self.states.get(node)
                    && state == chain
                {
                    return *at;
                }
                let (node, state, at) = self.told.recv().await.expect("an open page");
                let same = self.states.get(&node).filter(|(known, _)| *known == state).map(|(_, at)| *at);
                self.states.insert(node, (state, same.unwrap_or(at)));
            }
        });
        waited.await.unwrap_or_else(|_| panic!("{node} was never shown {chain}"))
    }

    async fn timed(&mut self, node: &str, chain: &str) -> Duration {
        let began = Instant::now();
        self.put(node, chain).await;
        self.shown(node, chain).await.saturating_duration_since(began)
    }

    async fn end(self) {
        self.page.abort();
        self.stop.cancel();
        self.served.await.unwrap().unwrap();
        self.sim.stop().await;
    }
}

async fn addresses(http: &reqwest::Client, sim: &str) -> Vec<String> {
    let truth: Value = http.get(format!("{sim}/sim/world")).send().await.unwrap().json().await.unwrap();
    let nodes = truth["nodes"].as_array().unwrap().iter();
    nodes.map(|node| node["address"].as_str().unwrap().to_owned()).collect()
}

/// Makes the account that watches the nodes; its cookie.
async fn signed_in(http: &reqwest::Client, url: &str, code: &str, nodes: &[String]) -> String {
    let post = |path: &str, body: &Value| {
        http.post(format!("{url}{path}")).header("x-wakeful", "1").header(header::ORIGIN, url).json(body)
    };
    let account = json!({ "code": code, "email": "bench@example.net", "password": "three quiet words" });
    let answer = post("/api/setup", &account).send().await.unwrap();
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    let cookie = cookie.split(';').next().unwrap().to_owned();
    let watch = post("/api/nodes", &json!({ "addresses": nodes })).header(header::COOKIE, &cookie);
    assert_eq!(watch.send().await.unwrap().status(), 201);
    cookie
}

/// An open page: tells what arrives on its stream of events.
async fn read_page(
    http: reqwest::Client,
    url: String,
    cookie: String,
    tell: mpsc::UnboundedSender<(String, String, Instant)>,
) {
    let opened = http.get(format!("{url}/api/events")).header(header::COOKIE, cookie).send().await.unwrap();
    let (mut chunks, mut text) = (opened.bytes_stream(), String::new());
    while let Some(Ok(chunk)) = chunks.next().await {
        let at = Instant::now();
        text.push_str(std::str::from_utf8(&chunk).unwrap());
        while let Some((message, rest)) = text.split_once("\n\n") {
            let data = message.lines().find_map(|line| line.strip_prefix("data:"));
            let data: Value = data.and_then(|data| serde_json::from_str(data).ok()).unwrap_or_default();
            let words = (data["address"].as_str(), data["chain"]["state"].as_str());
            if let (Some(node), Some(state)) = words {
                // Nobody waits any more at the end.
                let _ = tell.send((node.to_owned(), state.to_owned(), at));
            }
            text = rest.to_owned();
        }
    }
}
