//! How long a change on chain takes to reach Telegram: the whole program beside a simulated network and a simulated Bot
//! API, with push. Each line is a number, what it is held against, and the ratio of the two.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a bench that cannot run says so"
)]
#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock and starts its own server")]

mod chain;

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use chain::{BETWEEN_SCANS, Bench, PATIENCE, Page, line, of};
use reqwest::Method;
use serde_json::{Value, json};

/// From a change on chain to the request at Telegram, p99.
const PROMISE: Duration = Duration::from_millis(1_500);
/// A chat is told twenty things a minute at most: each gets a few starts, one measured end and the other ends.
const CHATS: i64 = 20;
const STARTS: usize = 10;

#[tokio::main]
async fn main() {
    rustls::crypto::ring::default_provider().install_default().unwrap();
    let (mut bench, page) = Bench::start(None, Duration::from_secs(30)).await;
    let (mut starts, mut ends) = (Measured::default(), Measured::default());
    let nodes = bench.nodes.clone();
    bench.queue(&nodes).await;
    for (chat, some) in (1..=CHATS).zip(nodes.chunks(STARTS).cycle()) {
        let link = linked(&bench, &page, chat).await;
        for node in some {
            starts.take(&mut bench, chat, node, "running").await;
        }
        // How a job ended is read by a scan that the push asks for: far enough from the last one.
        let (first, rest) = some.split_first().unwrap();
        tokio::time::sleep(BETWEEN_SCANS).await;
        ends.take(&mut bench, chat, first, "queued").await;
        unlinked(&page, &link).await;
        bench.queue(rest).await;
    }
    bench.end().await;
    starts.print("start");
    ends.print("end");
}

/// Changes: how long each took until Telegram had it, and until the open page had it.
#[derive(Default)]
struct Measured {
    told: Vec<Duration>,
    shown: Vec<Duration>,
}

impl Measured {
    async fn take(&mut self, bench: &mut Bench, chat: i64, node: &str, state: &str) {
        let before = messages(bench, chat).await.len();
        let (wall, began) = (SystemTime::now(), Instant::now());
        bench.put(node, state).await;
        self.shown.push(bench.shown(node, state).await.saturating_duration_since(began));
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                if let Some(message) = messages(bench, chat).await.get(before) {
                    return taken_at(message);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        });
        let at = waited.await.unwrap_or_else(|_| panic!("Telegram was never told that {node} is {state}"));
        self.told.push(at.duration_since(wall).unwrap_or_default());
    }

    fn print(&mut self, change: &str) {
        self.told.sort_unstable();
        self.shown.sort_unstable();
        let what = format!("a job's {change} on chain until the request at Telegram, pushed");
        let count = self.told.len();
        line(&format!("{what}, p99 of {count}, against the promise"), of(&self.told, 99), PROMISE);
        for (name, share) in [("p50", 50), ("p99", 99), ("longest", 100)] {
            let (told, shown) = (of(&self.told, share), of(&self.shown, share));
            line(&format!("{what}, {name} of {count}, against the open page"), told, shown);
        }
    }
}

/// When the simulator took a message.
fn taken_at(message: &Value) -> SystemTime {
    UNIX_EPOCH + Duration::from_millis(message["at"].as_u64().unwrap())
}

/// What stands in a chat.
async fn messages(bench: &Bench, chat: i64) -> Vec<Value> {
    let url = format!("{}/sim/messages", bench.sim.url());
    let mut all: Vec<Value> = bench.http.get(url).send().await.unwrap().json().await.unwrap();
    let chat = chat.to_string();
    all.retain(|message| message["to"].as_str() == Some(&chat));
    all
}

/// Links a chat, and empties it; its id as a destination.
async fn linked(bench: &Bench, page: &Page, chat: i64) -> String {
    let asked = page.request(Method::POST, "/api/telegram/link").json(&json!({})).send().await.unwrap();
    let link: Value = asked.json().await.unwrap();
    let text = format!("/start {}", link["code"].as_str().expect("a code"));
    let said = json!({ "chat_id": chat, "username": "bench", "language": "en", "text": text });
    bench.http.post(format!("{}/sim/telegram/say", bench.sim.url())).json(&said).send().await.unwrap();
    let answered = tokio::time::timeout(PATIENCE, async {
        while messages(bench, chat).await.is_empty() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    answered.await.expect("an answer of the bot");
    bench.http.delete(format!("{}/sim/messages", bench.sim.url())).send().await.unwrap();
    let list: Value = page.request(Method::GET, "/api/telegram").send().await.unwrap().json().await.unwrap();
    list["links"][0]["id"].as_str().expect("a linked chat").to_owned()
}

async fn unlinked(page: &Page, link: &str) {
    let answer = page.request(Method::DELETE, &format!("/api/telegram/{link}")).send().await.unwrap();
    assert!(answer.status().is_success(), "{}", answer.text().await.unwrap());
}
