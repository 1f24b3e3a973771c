//! Subscriptions: the recorded shapes, told when something changed.

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::harness::{A_WHILE, DEADLINE, JOBS, Net, node, text};
use crate::shape;

struct Socket(WebSocketStream<MaybeTlsStream<TcpStream>>);

impl Socket {
    async fn open(net: &Net, path: &str) -> Self {
        let url = net.url(path).replacen("http", "ws", 1);
        Self(connect_async(url).await.unwrap().0)
    }

    async fn say(&mut self, text: &str) {
        self.0.send(Message::text(text)).await.unwrap();
    }

    async fn ask(&mut self, method: &str, params: Value) -> Value {
        self.say(&json!({ "jsonrpc": "2.0", "id": 3, "method": method, "params": params }).to_string()).await;
        self.hear().await.expect("an answer")
    }

    /// The next text; nothing once the connection is closed.
    async fn hear(&mut self) -> Option<Value> {
        let next = tokio::time::timeout(DEADLINE, self.0.next()).await.expect("something in time");
        match next? {
            Ok(Message::Text(text)) => Some(serde_json::from_str(&text).unwrap()),
            Ok(_) | Err(_) => None,
        }
    }

    async fn is_quiet(&mut self) -> bool {
        tokio::time::timeout(A_WHILE, self.0.next()).await.is_err()
    }
}

/// The first recorded notification of a kind.
fn recorded(method: &str) -> Value {
    let text = include_str!("../../../../fixtures/solana-rpc/websocket.json");
    let all: Vec<Value> = serde_json::from_str(text).unwrap();
    all.iter().map(|step| &step["recv"]).find(|text| text["method"] == method).unwrap().clone()
}

const CONFIRMED: &str = r#"{"encoding":"base64","commitment":"confirmed"}"#;

fn confirmed() -> Value {
    serde_json::from_str(CONFIRMED).unwrap()
}

#[tokio::test]
async fn an_account_and_its_program_are_told() {
    let net = Net::still().await;
    let address = net.world().await["nodes"][0]["address"].clone();
    let mut socket = Socket::open(&net, "/rpc/a").await;
    let account = socket.ask("accountSubscribe", json!([address, confirmed()])).await;
    let program =
        socket.ask("programSubscribe", json!(["11111111111111111111111111111111", confirmed()])).await;
    assert!(account["result"].is_u64() && program["result"].is_u64());
    assert_ne!(account["result"], program["result"]);
    net.set(&format!("/sim/nodes/{}", text(&address)), json!({ "sol_lamports": 5_000_000 })).await;
    let told = socket.hear().await.unwrap();
    shape::same(&told, &recorded("accountNotification"));
    assert_eq!(told["params"]["subscription"], account["result"]);
    assert_eq!(told["params"]["result"]["value"]["lamports"], 5_000_000);
    let told = socket.hear().await.unwrap();
    shape::same(&told, &recorded("programNotification"));
    assert_eq!(told["params"]["result"]["value"]["pubkey"], address);
}

#[tokio::test]
async fn filters_choose_and_a_closed_run_is_told_to_its_subscriber_alone() {
    let net = Net::still().await;
    let running = node(&net.world().await, |node| node["chain"] == "running");
    let mut socket = Socket::open(&net, "/rpc/b").await;
    let mut runs = confirmed();
    runs["filters"] = json!([{ "dataSize": 120 }]);
    let run = socket.ask("accountSubscribe", json!([running["run"], confirmed()])).await["result"].clone();
    socket.ask("programSubscribe", json!([JOBS, runs])).await;
    net.set(&format!("/sim/jobs/{}", text(&running["job"])), json!({ "do": "finish" })).await;
    let told = socket.hear().await.unwrap();
    assert_eq!(told["params"]["subscription"], run);
    let value = &told["params"]["result"]["value"];
    assert_eq!((&value["lamports"], &value["data"]), (&json!(0), &json!(["", "base64"])));
    assert!(socket.is_quiet().await, "the job and the closed run concern no filter");
}

#[tokio::test]
async fn finalized_subscribers_hear_later() {
    let net = Net::still().await;
    let address = net.world().await["nodes"][0]["address"].clone();
    let mut socket = Socket::open(&net, "/rpc").await;
    socket.ask("accountSubscribe", json!([address, { "encoding": "base64" }])).await;
    net.set(&format!("/sim/nodes/{}", text(&address)), json!({ "sol_lamports": 8 })).await;
    assert!(socket.is_quiet().await);
    assert_eq!(socket.hear().await.unwrap()["params"]["result"]["value"]["lamports"], 8);
}

#[tokio::test]
async fn unsubscribing_and_nonsense_answer_as_recorded() {
    let net = Net::still().await;
    let mut socket = Socket::open(&net, "/rpc/c").await;
    let unknown = socket.ask("programUnsubscribe", json!([999])).await;
    assert_eq!(unknown["error"], json!({ "code": -32602, "message": "Invalid subscription id." }));
    let address = net.world().await["nodes"][0]["address"].clone();
    let id = socket.ask("accountSubscribe", json!([address, confirmed()])).await["result"].clone();
    assert_eq!(socket.ask("accountUnsubscribe", json!([id])).await["result"], true);
    net.set(&format!("/sim/nodes/{}", text(&address)), json!({ "sol_lamports": 9 })).await;
    assert!(socket.is_quiet().await);
    socket.say("{nope").await;
    let parse =
        json!({ "jsonrpc": "2.0", "error": { "code": -32700, "message": "Parse error" }, "id": null });
    assert_eq!(socket.hear().await.unwrap(), parse);
}

#[tokio::test]
async fn a_silent_push_takes_subscriptions_and_a_dropped_one_closes() {
    let net = Net::still().await;
    let address = net.world().await["nodes"][0]["address"].clone();
    net.set("/sim/faults", json!({ "ws": "silent" })).await;
    let mut socket = Socket::open(&net, "/rpc/a").await;
    socket.ask("accountSubscribe", json!([address, confirmed()])).await;
    net.set(&format!("/sim/nodes/{}", text(&address)), json!({ "sol_lamports": 10 })).await;
    assert!(socket.is_quiet().await);
    net.set("/sim/faults", json!({ "ws": "drop" })).await;
    assert!(socket.hear().await.is_none(), "open connections are dropped");
    assert!(Socket::open(&net, "/rpc/a").await.hear().await.is_none(), "new ones too");
}
