//! Words that arrive: one per destination and fact, whatever the provider does, and none while it is we who cannot see.

use domain::{destination::Place, time::Timestamp};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};
use server::cli::Settings;
use store::{NewDestination, Store, on_both};

use crate::{
    person::Person,
    world::{World, eventually},
};

/// The chat that is told.
pub const CHAT: i64 = 77;

/// The simulated channels, as an operator sets them.
pub fn channels(settings: &mut Settings) {
    let rpc = settings.solana_rpc.clone().expect("a simulator");
    settings.telegram_api = Some(rpc.replace("/rpc/a", "/telegram"));
    settings.telegram_token = Some("110000001:a-simulated-bot-for-tests-and-demos".to_owned());
    settings.allow_private = Some("127.0.0.1".to_owned());
}

/// Links the chat to the first account, as the bot does.
pub async fn link_chat(store: &Store) -> String {
    let mut tx = store.write().await.unwrap();
    let account = tx.accounts().await.unwrap().remove(0).id;
    let space = tx.memberships(&account).await.unwrap().remove(0).space;
    let new = NewDestination {
        id: "the-chat",
        space: &space,
        account: &account,
        session: None,
        place: &Place::Telegram { chat: CHAT },
        name: "phone",
        confirm_hash: None,
    };
    tx.add_destination(new, Timestamp::from_millis(0)).await.unwrap();
    tx.commit().await.unwrap();
    space
}

/// Everything that one channel delivered, oldest first.
pub async fn delivered(sim: &str, http: &reqwest::Client, channel: &str) -> Vec<Value> {
    let all: Vec<Value> = http.get(format!("{sim}/sim/messages")).send().await.unwrap().json().await.unwrap();
    all.into_iter().filter(|message| message["channel"] == channel).collect()
}

/// The kinds of what a webhook was told about a node, or about none, oldest first, each message once.
pub fn kinds(hooked: &[Value], node: Option<&str>) -> Vec<String> {
    let mut seen = std::collections::BTreeSet::new();
    let bodies = hooked.iter().map(|message| message["text"].as_str().unwrap());
    let bodies = bodies.map(|text| serde_json::from_str::<Value>(text).unwrap());
    bodies
        .filter(|body| body["node"]["address"].as_str() == node && seen.insert(body["id"].to_string()))
        .map(|body| body["kind"].as_str().unwrap().to_owned())
        .collect()
}

pub struct Story {
    pub world: World,
    pub person: Person,
    pub node: String,
}

impl Story {
    /// Somebody who watches a healthy node called *attic* and is told by Telegram and by a webhook.
    pub async fn begin(bed: &store::testbed::Bed) -> Self {
        let world = World::with(bed, channels).await;
        let person = world.set_up().await;
        link_chat(&world.app().store).await;
        let hook =
            json!({ "channel": "webhook", "url": format!("{}/hook/a", world.sim.url()), "name": "mine" });
        let made = person.post("/api/destinations", &hook).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let node = healthy(&world).await.remove(0);
        let added = person.post("/api/nodes", &json!({ "address": node, "name": "attic" })).await;
        assert_eq!(added.status, 201, "{}", added.body);
        let story = Self { world, person, node };
        story.seen_up().await;
        story
    }

    async fn seen_up(&self) {
        eventually("the node seen up", || async {
            let node = self.person.nodes().await.into_iter().find(|node| node["address"] == *self.node);
            let state = node.map(|node| node["endpoint"]["state"].clone()).unwrap_or_default();
            if state == "up" { Ok(()) } else { Err(state.to_string()) }
        })
        .await;
    }

    pub async fn endpoint(&self, state: &str) {
        self.world.control(&format!("nodes/{}", self.node), &json!({ "endpoint": state })).await;
    }

    async fn faults(&self, faults: Value) {
        self.world.control("faults", &faults).await;
    }

    /// What Telegram took about the node.
    pub async fn chat(&self) -> Vec<String> {
        let all = delivered(self.world.sim.url(), &self.world.http, "telegram").await;
        let texts = all.iter().map(|message| message["text"].as_str().unwrap().to_owned());
        texts.filter(|text| text.contains("attic")).collect()
    }

    /// The kinds that the webhook took about the node.
    pub async fn hook(&self) -> Vec<String> {
        kinds(&delivered(self.world.sim.url(), &self.world.http, "hook").await, Some(&self.node))
    }

    pub async fn hears(&self, what: &str, chat: usize, hook: &[&str]) {
        eventually(what, || async {
            let (texts, kinds) = (self.chat().await, self.hook().await);
            if texts.len() == chat && kinds == hook { Ok(()) } else { Err(format!("{texts:?} {kinds:?}")) }
        })
        .await;
    }

    /// Waits until so many more rounds over the endpoints are over: long enough for whatever is still to come.
    pub async fn rounds(&self, rounds: usize) {
        let mut last = self.world.app().live.network().0.round_at;
        for _ in 0..rounds {
            eventually("another round", || async {
                let at = self.world.app().live.network().0.round_at;
                if at == last { Err(format!("{at:?}")) } else { Ok(()) }
            })
            .await;
            last = self.world.app().live.network().0.round_at;
        }
    }

    pub async fn end(self) {
        self.world.end().await;
    }
}

/// The nodes that run or queue and answer.
pub async fn healthy(world: &World) -> Vec<String> {
    let truth = world.truth().await;
    let nodes = truth["nodes"].as_array().unwrap().iter();
    let nodes = nodes.filter(|node| {
        node["endpoint"] == "up"
            && matches!(node["expect"]["status"].as_str(), Some("running" | "queued"))
            && node["expect"]["overdue"] == false
            && node["sol_lamports"].as_i64().unwrap() > 50_000_000
    });
    nodes.map(|node| node["address"].as_str().unwrap().to_owned()).collect()
}

on_both! {
    async fn a_silence_is_told_once_at_each_destination_and_so_is_its_end(bed) {
        let story = Story::begin(bed).await;
        story.endpoint("down").await;
        story.hears("the silence told", 1, &["silent"]).await;
        story.endpoint("up").await;
        story.hears("its end told", 2, &["silent", "back"]).await;
        story.rounds(3).await;
        story.hears("nothing more", 2, &["silent", "back"]).await;
        story.end().await;
    }

    async fn a_provider_that_fails_loses_nothing_and_holds_nobody_else_up(bed) {
        let story = Story::begin(bed).await;
        for (fault, told) in [("429", 1), ("500", 3)] {
            story.faults(json!({ "telegram": fault })).await;
            story.endpoint("down").await;
            eventually("the webhook told, and an attempt at the chat", || async {
                let mut tx = story.world.app().store.read().await.unwrap();
                let last = tx.last_attempt("the-chat").await.unwrap();
                let failed = last.is_some_and(|last| last.outcome == "later");
                let hook = story.hook().await;
                if failed && hook.len() == told { Ok(()) } else { Err(format!("{failed} {hook:?}")) }
            })
            .await;
            assert_eq!(story.chat().await.len(), told - 1, "{fault}");
            story.faults(json!({ "telegram": "ok" })).await;
            story.endpoint("up").await;
            let expected: Vec<&str> = ["silent", "back"].into_iter().cycle().take(told + 1).collect();
            story.hears(fault, told + 1, &expected).await;
        }
        story.end().await;
    }

    async fn a_blocked_bot_is_paused_and_its_owner_told_elsewhere(bed) {
        let story = Story::begin(bed).await;
        story.faults(json!({ "telegram": "403" })).await;
        story.endpoint("down").await;
        eventually("the pause told", || async {
            let hooked = delivered(story.world.sim.url(), &story.world.http, "hook").await;
            let (of_node, of_none) = (kinds(&hooked, Some(&story.node)), kinds(&hooked, None));
            let told = of_node == ["silent"] && of_none == ["destination_paused"];
            if told { Ok(()) } else { Err(format!("{of_node:?} {of_none:?}")) }
        })
        .await;
        let list = story.person.get("/api/destinations").await.body;
        let chat = list["destinations"].as_array().unwrap().iter().find(|d| d["channel"] == "telegram").unwrap();
        assert!(chat["paused"]["why"].as_str().unwrap().contains("blocked"), "{chat}");
        // It is left in peace from now on.
        story.faults(json!({ "telegram": "ok" })).await;
        story.endpoint("up").await;
        story.hears("the end told to the other", 0, &["silent", "back"]).await;
        story.end().await;
    }

    async fn our_own_blindness_is_told_once_and_no_node_is_called_offline(bed) {
        let story = Story::begin(bed).await;
        for (fault, well) in [
            (json!({ "rpc": "429" }), json!({ "rpc": "ok" })),
            (json!({ "endpoints": "down" }), json!({ "endpoints": "ok" })),
        ] {
            let before = kinds(&delivered(story.world.sim.url(), &story.world.http, "hook").await, None).len();
            let hears = async |what: &str, expected: &[&str]| {
                eventually(what, || async {
                    let told = kinds(&delivered(story.world.sim.url(), &story.world.http, "hook").await, None);
                    if told.get(before..) == Some(&expected.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>()[..]) {
                        Ok(())
                    } else {
                        Err(format!("{fault}: {told:?}"))
                    }
                })
                .await;
            };
            story.faults(fault.clone()).await;
            hears("the blindness told", &["blind"]).await;
            // Longer than the offline time.
            story.rounds(5).await;
            hears("nothing more", &["blind"]).await;
            story.faults(well).await;
            hears("the sight told", &["blind", "sighted"]).await;
        }
        assert_eq!((story.chat().await.len(), story.hook().await), (0, Vec::new()));
        story.end().await;
    }

    async fn two_hundred_nodes_that_fall_silent_one_by_one_for_one_cause_are_one_message(bed) {
        let world = World::of(bed, 260, Vec::new(), |settings| {
            channels(settings);
            settings.nodes_per_account = Some("1000".to_owned());
            // All of them fall within one round, as they do at home: a round of 30 s is long.
            settings.probe_seconds = Some("6".to_owned());
        })
        .await;
        let person = world.set_up().await;
        link_chat(&world.app().store).await;
        let mut nodes = healthy(&world).await;
        nodes.truncate(200);
        assert_eq!(nodes.len(), 200, "control: enough healthy nodes");
        assert_eq!(person.post("/api/nodes", &json!({ "addresses": nodes })).await.status, 201);
        eventually("all of them seen up", || async {
            let up = person.nodes().await.iter().filter(|node| node["endpoint"]["state"] == "up").count();
            if up == 200 { Ok(()) } else { Err(up.to_string()) }
        })
        .await;
        // Between two rounds, however busy this machine is: they fall within one.
        world.app().looks.probe.look(world.app().clock.now()).await;
        stream::iter(&nodes)
            .for_each_concurrent(16, async |node| {
                world.control(&format!("nodes/{node}"), &json!({ "endpoint": "down" })).await;
            })
            .await;
        // Half of the simulated nodes also run old software, and that was told when they were first seen.
        let silences = async || {
            let told = delivered(world.sim.url(), &world.http, "telegram").await;
            let texts = told.iter().map(|message| message["text"].as_str().unwrap().to_owned());
            texts.filter(|text| !text.contains("software")).collect::<Vec<_>>()
        };
        let told = eventually("the message", || async {
            let told = silences().await;
            if told.is_empty() { Err("nothing".to_owned()) } else { Ok(told) }
        })
        .await;
        assert!(told[0].contains("200"), "{told:?}");
        let waiting = world.app().store.read().await.unwrap().waiting_of("the-chat", 300).await.unwrap();
        assert!(waiting.is_empty(), "nothing waits to be told one by one: {waiting:?}");
        assert_eq!(silences().await.len(), 1);
        world.end().await;
    }
}
