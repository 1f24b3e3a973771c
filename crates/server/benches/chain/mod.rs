//! What the benches of a change on chain share: the whole program beside a simulated network, and an open page of it.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use futures_util::StreamExt;
use reqwest::{Method, RequestBuilder, header};
use serde_json::{Value, json};
use server::{
    cli::Settings, clock::Clock, config::Config, entropy::Entropy, first_run::FirstRun, serve::build,
};
use tokio::{net::TcpListener, sync::mpsc, task::JoinHandle};
use tokio_util::sync::CancellationToken;

const NODES: usize = 50;
/// However much is pushed, scans are that far apart.
pub const BETWEEN_SCANS: Duration = Duration::from_millis(2_500);
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Prints a number, what it is held against, and the ratio of the two.
pub fn line(what: &str, number: Duration, baseline: Duration) {
    let ratio = number.as_secs_f64() / baseline.as_secs_f64();
    println!(
        "{what}: {:.0} ms · {:.0} ms · {ratio:.2}",
        number.as_secs_f64() * 1e3,
        baseline.as_secs_f64() * 1e3
    );
}

/// The value that so many of a hundred do not exceed.
pub fn of(sorted: &[Duration], share: usize) -> Duration {
    sorted[(sorted.len() * share).div_ceil(100).max(1) - 1]
}

/// The program, the network that it watches, and what an open page of it shows.
pub struct Bench {
    pub sim: sim::Sim,
    pub http: reqwest::Client,
    pub nodes: Vec<String>,
    /// What the page is told: which node, its chain's state, when.
    told: mpsc::UnboundedReceiver<(String, String, Instant)>,
    reader: JoinHandle<()>,
    states: HashMap<String, (String, Instant)>,
    stop: CancellationToken,
    served: JoinHandle<std::io::Result<()>>,
    _folder: tempfile::TempDir,
}

impl Bench {
    /// The whole program, and its first account with an open page. `ws` is the setting; `None` = beside the RPC.
    pub async fn start(ws: Option<&str>, scan: Duration) -> (Self, Page) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = sim::Config { nodes: NODES, speed: 0.0, ..sim::Config::default() };
        let sim = sim::Sim::start(config, listener).unwrap();
        let env = sim.env();
        let told = |name: &str| env.iter().find(|(of, _)| *of == name).map(|(_, value)| value.clone());
        let folder = tempfile::tempdir().unwrap();
        let settings = Settings {
            data: Some(folder.path().display().to_string()),
            solana_rpc: Some(format!("{}/rpc/a", sim.url())),
            solana_ws: ws.map(str::to_owned),
            node_url: Some(format!("{}/node/{{node}}", sim.url())),
            telegram_token: told("WAKEFUL_TELEGRAM_TOKEN"),
            telegram_api: told("WAKEFUL_TELEGRAM_API"),
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
        let page = Page { cookie: signed_in(&http, &url, &code).await, http: http.clone(), url };
        let watch = page.request(Method::POST, "/api/nodes").json(&json!({ "addresses": nodes }));
        assert_eq!(watch.send().await.unwrap().status(), 201);
        let (tell, told) = mpsc::unbounded_channel();
        let reader = tokio::spawn(read(page.request(Method::GET, "/api/events"), tell));
        let states = HashMap::new();
        (Self { sim, http, nodes, told, reader, states, stop, served, _folder: folder }, page)
    }

    /// Puts a node somewhere on the chain.
    pub async fn put(&self, node: &str, chain: &str) {
        let path = format!("{}/sim/nodes/{node}", self.sim.url());
        let answer = self.http.post(path).json(&json!({ "chain": chain })).send().await.unwrap();
        assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
    }

    /// When the page first showed the node so.
    pub async fn shown(&mut self, node: &str, chain: &str) -> Instant {
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

    /// Puts every node into a queue, and waits until the page shows it.
    pub async fn queue(&mut self, nodes: &[String]) {
        for node in nodes {
            self.put(node, "queued").await;
        }
        for node in nodes {
            self.shown(node, "queued").await;
        }
    }

    /// Ends everything.
    pub async fn end(self) {
        self.reader.abort();
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

/// Makes the first account; its cookie.
async fn signed_in(http: &reqwest::Client, url: &str, code: &str) -> String {
    let account = json!({ "code": code, "email": "bench@example.net", "password": "three quiet words" });
    let request = http.post(format!("{url}/api/setup")).header("x-wakeful", "1").header(header::ORIGIN, url);
    let answer = request.json(&account).send().await.unwrap();
    let cookie = answer.headers()[header::SET_COOKIE].to_str().unwrap();
    cookie.split(';').next().unwrap().to_owned()
}

/// Who has the page open.
pub struct Page {
    http: reqwest::Client,
    url: String,
    cookie: String,
}

impl Page {
    /// A request as the page makes it.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self.http.request(method, format!("{}{path}", self.url)).header("x-wakeful", "1");
        request.header(header::ORIGIN, &self.url).header(header::COOKIE, &self.cookie)
    }
}

/// Tells what arrives on the page's stream of events.
async fn read(events: RequestBuilder, tell: mpsc::UnboundedSender<(String, String, Instant)>) {
    let opened = events.send().await.unwrap();
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
