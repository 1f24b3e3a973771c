//! A push connection against the simulated network, and against servers that drop, freeze, lie and come back.

use std::{collections::BTreeSet, time::Duration};

use domain::{
    address::Address,
    network::{Change, Pushed},
};
use futures_util::{SinkExt, StreamExt};
use outbound::Roots;
use serde_json::{Value, json};
use sources::solana::{Programs, Push, PushLimits, Told};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::{mpsc, watch},
    task::JoinSet,
};
use tokio_tungstenite::{WebSocketStream, accept_async, tungstenite::Message};

use crate::world::{World, address};

const PATIENCE: Duration = Duration::from_secs(30);
const RUN: Address = Address::new([7; 32]);
const OTHER_RUN: Address = Address::new([8; 32]);

/// Waits that no test has to sit out; nothing honest is too slow for the rest.
const QUICK: PushLimits = PushLimits {
    opening: PATIENCE,
    silence: PATIENCE,
    message: 64 * 1024,
    first_wait: Duration::from_millis(10),
    longest_wait: Duration::from_millis(40),
};

/// A client that runs.
struct Listener {
    told: mpsc::Receiver<Told>,
    runs: watch::Sender<BTreeSet<Address>>,
    tasks: JoinSet<()>,
}

impl Listener {
    fn start(urls: &[&str], limits: PushLimits, runs: &[Address]) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let tls = Roots::default().tls().unwrap();
        let push = Push::new(urls.iter().copied(), tls, Programs::MAINNET, limits).unwrap();
        let (tell, told) = mpsc::channel(64);
        let runs = watch::Sender::new(runs.iter().copied().collect());
        let mut tasks = JoinSet::new();
        let wanted = runs.subscribe();
        tasks.spawn(async move { push.run(wanted, &|bound| bound.saturating_sub(1), tell).await });
        Self { told, runs, tasks }
    }

    async fn next(&mut self) -> Told {
        let told = tokio::time::timeout(PATIENCE, self.told.recv()).await.unwrap();
        told.unwrap()
    }

    /// Passes over what comes before it.
    async fn until<T>(&mut self, wanted: impl Fn(Told) -> Option<T>) -> T {
        loop {
            if let Some(found) = wanted(self.next().await) {
                return found;
            }
        }
    }

    async fn open(&mut self) {
        self.until(|told| matches!(told, Told::Open { .. }).then_some(())).await;
    }

    async fn change(&mut self) -> Pushed {
        self.until(|told| if let Told::Change(change) = told { Some(*change) } else { None }).await
    }

    async fn lost(&mut self) -> (String, Duration) {
        self.until(|told| if let Told::Lost { why, retry_in } = told { Some((why, retry_in)) } else { None })
            .await
    }
}

/// A push endpoint whose every word is the test's.
struct Endpoint {
    listener: TcpListener,
    url: String,
}

/// One connection of it.
struct Peer {
    socket: WebSocketStream<TcpStream>,
    granted: u64,
}

impl Endpoint {
    async fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("ws://{}", listener.local_addr().unwrap());
        Self { listener, url }
    }

    async fn accept(&self) -> Peer {
        let (socket, _) = tokio::time::timeout(PATIENCE, self.listener.accept()).await.unwrap().unwrap();
        Peer { socket: accept_async(socket).await.unwrap(), granted: 0 }
    }

    /// A connection whose subscription to the program is granted.
    async fn granted(&self) -> Peer {
        let mut peer = self.accept().await;
        let (method, _, id) = peer.call().await;
        assert_eq!(method, "programSubscribe");
        peer.grant(id).await;
        peer
    }
}

impl Peer {
    /// The next call: its method, its first parameter, its id.
    async fn call(&mut self) -> (String, Value, u64) {
        loop {
            let message = tokio::time::timeout(PATIENCE, self.socket.next()).await.unwrap();
            if let Message::Text(text) = message.unwrap().unwrap() {
                let call: Value = serde_json::from_str(&text).unwrap();
                let method = call["method"].as_str().unwrap().to_owned();
                return (method, call["params"][0].clone(), call["id"].as_u64().unwrap());
            }
        }
    }

    async fn say(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.unwrap();
    }

    /// Grants a call; subscriptions are counted from 1.
    async fn grant(&mut self, id: u64) {
        self.granted += 1;
        self.say(&json!({ "jsonrpc": "2.0", "result": self.granted, "id": id }).to_string()).await;
    }

    /// Says that the account of a subscription is closed.
    async fn close_account(&mut self, subscription: u64) {
        let account = json!({ "lamports": 0, "data": ["", "base64"], "owner": Address::SYSTEM.to_string(),
            "executable": false, "rentEpoch": u64::MAX, "space": 0 });
        let result = json!({ "context": { "slot": 9 }, "value": account });
        let params = json!({ "result": result, "subscription": subscription });
        let notice = json!({ "jsonrpc": "2.0", "method": "accountNotification", "params": params });
        self.say(&notice.to_string()).await;
    }
}

/// Waits until the simulator took a subscription to one account.
async fn subscribed_by_name(url: &str) {
    let asked = async || -> Value {
        crate::served::client().get(format!("{url}/sim/requests")).send().await.unwrap().json().await.unwrap()
    };
    let waited = tokio::time::timeout(PATIENCE, async {
        while asked().await["methods"]["accountSubscribe"].is_null() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.unwrap();
}

#[tokio::test]
async fn the_simulated_network_is_told_as_it_changes() {
    let world = World::start(14).await;
    let nodes = world.nodes().await;
    let at_work = nodes.iter().find(|node| node["chain"] == "running").unwrap();
    let waiting = nodes.iter().find(|node| node["chain"] == "queued").unwrap();
    let run = address(
        &world.truth().await["jobs"]
            .as_array()
            .unwrap()
            .iter()
            .find(|job| job["address"] == at_work["job"])
            .unwrap()["run"],
    );
    let url = format!("{}/rpc/a", world.url().replacen("http", "ws", 1));
    let mut listener = Listener::start(&[&url], QUICK, &[run]);
    listener.open().await;
    let path = |node: &Value| format!("/sim/nodes/{}", node["address"].as_str().unwrap());
    world.tell(&path(waiting), &json!({ "chain": "running" })).await;
    let (mut queue, mut began) = (false, false);
    while !(queue && began) {
        match listener.change().await {
            Pushed { address: market, change: Change::Market(_), .. } => {
                queue |= market == address(&waiting["market"]);
            }
            Pushed { change: Change::Run(run), .. } => began |= run.node == address(&waiting["address"]),
            _ => {}
        }
    }
    subscribed_by_name(world.url()).await;
    world.tell(&path(at_work), &json!({ "chain": "queued" })).await;
    while !matches!(listener.change().await, Pushed { address, change: Change::RunGone, .. } if address == run)
    {
    }
}

#[tokio::test]
async fn a_dropped_connection_comes_back_with_all_its_subscriptions() {
    let endpoint = Endpoint::new().await;
    let mut listener = Listener::start(&[&endpoint.url], QUICK, &[RUN]);
    for _ in 0..2 {
        let mut peer = endpoint.granted().await;
        let (method, of, id) = peer.call().await;
        assert_eq!((method.as_str(), of), ("accountSubscribe", json!(RUN.to_string())));
        peer.grant(id).await;
        peer.close_account(2).await;
        assert_eq!(listener.change().await, Pushed { address: RUN, slot: 9, change: Change::RunGone });
        drop(peer);
        listener.lost().await;
    }
}

#[tokio::test]
async fn runs_are_followed_as_they_come_and_go() {
    let endpoint = Endpoint::new().await;
    let mut listener = Listener::start(&[&endpoint.url], QUICK, &[RUN]);
    let mut peer = endpoint.granted().await;
    let (_, _, id) = peer.call().await;
    peer.grant(id).await;
    listener.open().await;
    listener.runs.send_replace(BTreeSet::from([OTHER_RUN]));
    let (mut ended, mut added) = (false, false);
    while !(ended && added) {
        let (method, of, id) = peer.call().await;
        match method.as_str() {
            "accountUnsubscribe" => ended = of == json!(2),
            _ => added = of == json!(OTHER_RUN.to_string()),
        }
        peer.grant(id).await;
    }
    peer.close_account(peer.granted).await;
    peer.close_account(2).await;
    peer.close_account(3).await;
    assert_eq!(listener.change().await.address, OTHER_RUN);
}

#[tokio::test]
async fn a_socket_that_gives_no_sign_of_life_is_left() {
    let endpoint = Endpoint::new().await;
    let limits = PushLimits { silence: Duration::from_millis(300), ..QUICK };
    let mut listener = Listener::start(&[&endpoint.url], limits, &[]);
    // It is held open and not read any more: no message, and no answer to a ping.
    let _frozen = endpoint.granted().await;
    let (why, _) = listener.lost().await;
    assert!(why.contains("nothing was heard"), "{why}");
    endpoint.granted().await;
    listener.open().await;
}

#[tokio::test]
async fn a_quiet_connection_that_answers_is_kept() {
    let endpoint = Endpoint::new().await;
    let limits = PushLimits { silence: Duration::from_millis(300), ..QUICK };
    let mut listener = Listener::start(&[&endpoint.url], limits, &[]);
    let mut peer = endpoint.granted().await;
    listener.open().await;
    // Reading answers pings: as many as fill several silences.
    let mut pings = 0;
    while pings < 12 {
        let message = tokio::time::timeout(PATIENCE, peer.socket.next()).await.unwrap();
        assert!(message.unwrap().unwrap().is_ping());
        peer.socket.flush().await.unwrap();
        pings += 1;
    }
    assert!(listener.told.try_recv().is_err(), "nothing was lost");
}

#[tokio::test]
async fn what_cannot_be_read_is_passed_over_up_to_a_point() {
    let endpoint = Endpoint::new().await;
    let mut listener = Listener::start(&[&endpoint.url], QUICK, &[RUN]);
    let mut peer = endpoint.granted().await;
    let (_, _, id) = peer.call().await;
    peer.grant(id).await;
    for junk in [
        "",
        "[",
        "null",
        "{}",
        "nonsense",
        r#"{"id":-1}"#,
        r#"{"method":"slotNotification","params":7}"#,
        r#"{"method":"programNotification","params":{"result":{},"subscription":1}}"#,
        r#"{"method":"accountNotification","params":{"subscription":2}}"#,
        r#"{"jsonrpc":"2.0","result":"yes","id":99}"#,
        r#"{"error":{"code":1},"id":null}"#,
    ] {
        peer.say(junk).await;
    }
    peer.socket.send(Message::binary(vec![0, 159, 146, 150])).await.unwrap();
    peer.close_account(2).await;
    assert_eq!(listener.change().await.address, RUN);
    for _ in 0..100 {
        peer.say("nonsense").await;
    }
    assert!(listener.lost().await.0.contains("no JSON-RPC"));
}

#[tokio::test]
async fn a_message_longer_than_any_honest_one_ends_the_connection() {
    let endpoint = Endpoint::new().await;
    let mut listener = Listener::start(&[&endpoint.url], QUICK, &[]);
    let mut peer = endpoint.granted().await;
    // It may hang up before all of it is written.
    let _ = peer.socket.send(Message::text("x".repeat(QUICK.message + 1))).await;
    let (why, _) = listener.lost().await;
    assert!(why.contains("too long") || why.contains("Space limit"), "{why}");
}

#[tokio::test]
async fn each_try_waits_longer_up_to_the_longest() {
    let endpoint = Endpoint::new().await;
    let mut listener = Listener::start(&[&endpoint.url], QUICK, &[]);
    let mut waits = Vec::new();
    while waits.len() < 4 {
        drop(endpoint.accept().await);
        waits.push(listener.lost().await.1.as_millis());
    }
    assert_eq!(waits, [10, 20, 40, 40]);
}

#[tokio::test]
async fn the_next_endpoint_is_tried_at_once() {
    let (gone, endpoint) = (Endpoint::new().await.url, Endpoint::new().await);
    let limits = PushLimits { first_wait: PATIENCE * 10, longest_wait: PATIENCE * 10, ..QUICK };
    let mut listener = Listener::start(&[&gone, &endpoint.url], limits, &[]);
    assert_eq!(listener.next().await, Told::Connecting { endpoint: gone });
    let (_, wait) = listener.lost().await;
    assert_eq!(wait, Duration::ZERO);
    let peer = endpoint.granted().await;
    let opened =
        listener.until(|told| if let Told::Open { endpoint } = told { Some(endpoint) } else { None });
    assert_eq!(opened.await, endpoint.url);
    drop(peer);
    assert_eq!(listener.lost().await.1, PATIENCE * 10, "after the last of them there is a wait");
}

#[tokio::test]
async fn a_refusal_names_its_reason_and_no_key() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("ws://me:passw0rd@{}/k3yk3yk3y", listener.local_addr().unwrap());
    let mut client = Listener::start(&[&url], QUICK, &[]);
    let (mut socket, _) = listener.accept().await.unwrap();
    let mut head = vec![0; 4096];
    let length = socket.read(&mut head).await.unwrap();
    let head = String::from_utf8_lossy(&head[..length]).to_lowercase();
    assert!(head.starts_with("get /k3yk3yk3y ") && head.contains("authorization: basic "), "{head}");
    socket.write_all(b"HTTP/1.1 403 k3yk3yk3y\r\ncontent-length: 0\r\n\r\n").await.unwrap();
    let (why, _) = client.lost().await;
    assert!(why.contains("403") && !why.contains("k3yk3yk3y") && !why.contains("passw0rd"), "{why}");
}

#[tokio::test]
async fn a_program_that_is_not_served_is_a_loss_that_says_so() {
    let endpoint = Endpoint::new().await;
    let mut listener = Listener::start(&[&endpoint.url], QUICK, &[]);
    let mut peer = endpoint.accept().await;
    for _ in ["with zstd", "without"] {
        let (method, _, id) = peer.call().await;
        assert_eq!(method, "programSubscribe");
        let error = json!({ "code": -32601, "message": "Method not found" });
        peer.say(&json!({ "jsonrpc": "2.0", "error": error, "id": id }).to_string()).await;
    }
    let (why, _) = listener.lost().await;
    assert!(why.contains("-32601 Method not found"), "{why}");
}

#[tokio::test]
async fn it_ends_when_nobody_listens() {
    let endpoint = Endpoint::new().await;
    let mut listener = Listener::start(&[&endpoint.url], QUICK, &[]);
    let _peer = endpoint.granted().await;
    listener.open().await;
    listener.told.close();
    tokio::time::timeout(PATIENCE, listener.tasks.join_next()).await.unwrap().unwrap().unwrap();
}
