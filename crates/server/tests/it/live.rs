//! Live changes arrive, and whoever comes back misses nothing.

use std::time::Duration;

use futures_util::StreamExt;
use reqwest::{Method, Response};
use serde_json::{Value, json};
use store::on_both;

use crate::{
    person::Person,
    truth::settled,
    world::{PATIENCE, World},
};

pub struct Stream {
    chunks: std::pin::Pin<Box<dyn futures_util::Stream<Item = reqwest::Result<Vec<u8>>> + Send>>,
    text: String,
}

#[derive(Debug)]
pub struct Message {
    pub id: i64,
    pub event: String,
    pub data: Value,
}

impl Stream {
    pub async fn open(person: &Person, query: &str) -> Self {
        let response: Response =
            person.request(Method::GET, &format!("/api/events{query}")).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert!(response.headers()["content-type"].to_str().unwrap().starts_with("text/event-stream"));
        let chunks = response.bytes_stream().map(|chunk| chunk.map(|bytes| bytes.to_vec()));
        Self { chunks: Box::pin(chunks), text: String::new() }
    }

    /// The next message; `None` = the server closed the stream.
    pub async fn next(&mut self) -> Option<Message> {
        loop {
            if let Some((message, rest)) = self.text.split_once("\n\n") {
                let field = |name: &str| {
                    message
                        .lines()
                        .find_map(|line| line.strip_prefix(name))
                        .map(|value| value.trim().to_owned())
                };
                let parsed = field("data:").map(|data| Message {
                    id: field("id:").and_then(|id| id.parse().ok()).unwrap_or(-1),
                    event: field("event:").unwrap_or_default(),
                    data: serde_json::from_str(&data).unwrap(),
                });
                self.text = rest.to_owned();
                match parsed {
                    Some(message) => return Some(message),
                    None => continue,
                }
            }
            let chunk =
                tokio::time::timeout(PATIENCE, self.chunks.next()).await.expect("the stream fell silent")?;
            self.text.push_str(std::str::from_utf8(&chunk.unwrap()).unwrap());
        }
    }

    pub async fn until(&mut self, what: &str, wanted: impl Fn(&Message) -> bool) -> Message {
        let waited = tokio::time::timeout(PATIENCE, async {
            loop {
                match self.next().await {
                    Some(message) if wanted(&message) => return message,
                    Some(_) => {}
                    None => panic!("the stream closed before {what}"),
                }
            }
        });
        waited.await.unwrap_or_else(|_| panic!("{what} did not come"))
    }
}

on_both! {
    async fn a_change_on_chain_reaches_an_open_page(bed) {
        let world = World::new(bed).await;
        let person = settled(&world).await;
        let node = world.addresses().await.remove(0);
        let mut stream = Stream::open(&person, "").await;
        stream.until("the network", |message| message.event == "network").await;
        world.control(&format!("nodes/{node}"), &json!({ "chain": "queued" })).await;
        let changed = stream.until("the queued node", |message| {
            message.event == "node" && message.data["address"] == node && message.data["status"] == "queued"
        }).await;
        assert!(changed.data["chain"]["position"].as_u64().is_some_and(|place| place > 0), "{changed:?}");
        world.end().await;
    }

    async fn whoever_comes_back_gets_what_was_missed_and_nothing_else(bed) {
        let world = World::new(bed).await;
        let person = settled(&world).await;
        let nodes = world.addresses().await;
        let mut stream = Stream::open(&person, "").await;
        let seen = stream.until("the network", |message| message.event == "network").await.id;
        drop(stream);
        person.put(&format!("/api/nodes/{}", nodes[0]), &json!({ "name": "renamed while away" })).await;
        person.delete(&format!("/api/nodes/{}", nodes[1])).await;
        let mut stream = Stream::open(&person, &format!("?after={seen}")).await;
        let (mut named, mut removed, mut others) = (false, false, Vec::new());
        while !(named && removed) {
            let message = stream.next().await.expect("an open stream");
            match message.event.as_str() {
                "removed" => removed = message.data["address"] == nodes[1].as_str(),
                "node" if message.data["address"] == nodes[0].as_str() => named = message.data["name"] == "renamed while away",
                "node" => others.push(message.data["address"].clone()),
                _ => {}
            }
        }
        assert!(others.len() < nodes.len() - 2, "what did not change is not told again: {others:?}");
        world.end().await;
    }

    async fn a_stream_is_of_the_session_that_the_page_believes_in(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let wrong = person.get("/api/events?sid=somebody-else").await;
        assert_eq!((wrong.status, wrong.body["code"].as_str()), (409, Some("account_switched")));
        assert_eq!(Person::nobody(&world).get("/api/events").await.status, 401);
        world.end().await;
    }

    async fn a_stop_closes_open_streams_and_waits_for_none(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let mut stream = Stream::open(&person, "").await;
        let ended = tokio::time::timeout(Duration::from_secs(8), world.end()).await;
        assert!(ended.is_ok(), "an open stream kept the server from stopping");
        while stream.next().await.is_some() {}
    }
}
