//! Trials of real length: a provider that fails for ten minutes, an hour in which we see nothing, an hour of quiet.
//!
//! `make test` lives through them in seconds, `make soak` as they are: `WAKEFUL_TRIAL_SCALE` is 1 there.

use std::time::Duration;

use serde_json::{Value, json};
use server::clock::Clock;
use store::{on_both, testbed::Bed};

use crate::{
    alerts::{channels, delivered, healthy, kinds, link_chat},
    person::Person,
    world::{PATIENCE, World, eventually, within},
};

const TEN_MINUTES: Duration = Duration::from_secs(600);
pub const HOUR: Duration = Duration::from_secs(3_600);
/// Of an hour 18 seconds: six times the offline time of the tests.
const SCALE: f64 = 0.005;
/// Three facts follow each other within this, also on a slow machine.
const LONG_ENOUGH: Duration = Duration::from_secs(40);
const MINUTE: u64 = 60;
const DAY_MINUTES: u64 = 1_440;

/// How long a trial lasts whose real length is this.
#[expect(clippy::disallowed_methods, reason = "the length of a trial is told to the test by who starts it")]
pub fn lasting(real: Duration) -> Duration {
    let scale = std::env::var("WAKEFUL_TRIAL_SCALE").map_or(SCALE, |text| text.parse().unwrap());
    real.mul_f64(scale)
}

/// Time passes, which is what a trial is about.
async fn pass(time: Duration) {
    tokio::time::sleep(time).await;
}

/// A node that answers and is in no queue, with all that it needs to be in one.
async fn idle(world: &World) -> String {
    let truth = world.truth().await;
    let mut nodes = truth["nodes"].as_array().unwrap().iter();
    let node = nodes.find(|node| {
        (node["endpoint"] == "up" && node["expect"]["status"] == "up")
            && node["sol_lamports"].as_i64().unwrap() > 50_000_000
    });
    node.unwrap()["address"].as_str().unwrap().to_owned()
}

/// Somebody who watches a node at work and one in a queue, and is told by Telegram and by a webhook.
struct Trial {
    world: World,
    person: Person,
    attic: String,
    barn: String,
}

impl Trial {
    async fn begin(bed: &Bed) -> Self {
        let world = World::with(bed, channels).await;
        let person = world.set_up().await;
        link_chat(&world.app().store).await;
        let url = format!("{}/hook/a", world.sim.url());
        let hook = json!({ "channel": "webhook", "url": url, "name": "mine" });
        let made = person.post("/api/destinations", &hook).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let (attic, barn) = (healthy(&world).await.remove(0), idle(&world).await);
        world.control(&format!("nodes/{barn}"), &json!({ "chain": "queued" })).await;
        for (node, name) in [(&attic, "attic"), (&barn, "barn")] {
            let added = person.post("/api/nodes", &json!({ "address": node, "name": name })).await;
            assert_eq!(added.status, 201, "{}", added.body);
        }
        eventually("both nodes seen up", || async {
            let nodes = person.nodes().await;
            let up = nodes.iter().filter(|node| node["endpoint"]["state"] == "up").count();
            if up == 2 { Ok(()) } else { Err(format!("{nodes:?}")) }
        })
        .await;
        Self { world, person, attic, barn }
    }

    async fn endpoint(&self, node: &str, state: &str) {
        self.world.control(&format!("nodes/{node}"), &json!({ "endpoint": state })).await;
    }

    async fn faults(&self, faults: Value) {
        self.world.control("faults", &faults).await;
    }

    /// Everything that stands in the chat, oldest first.
    async fn chat(&self) -> Vec<Value> {
        delivered(self.world.sim.url(), &self.world.http, "telegram").await
    }

    /// What the chat was told about a node.
    async fn chat_of(&self, name: &str) -> Vec<String> {
        let texts = self.chat().await.into_iter().map(|message| message["text"].as_str().unwrap().to_owned());
        texts.filter(|text| text.contains(name)).collect()
    }

    /// The kinds that the webhook was told about a node, or about none.
    async fn hook(&self, node: Option<&str>) -> Vec<String> {
        kinds(&delivered(self.world.sim.url(), &self.world.http, "hook").await, node)
    }

    async fn hook_hears(&self, node: Option<&str>, expected: &[&str]) {
        eventually(&format!("the webhook told {expected:?}"), || async {
            let told = self.hook(node).await;
            if told == expected { Ok(()) } else { Err(format!("{told:?}")) }
        })
        .await;
    }

    /// Waits until the newest entries of the log, oldest first, are these.
    async fn logged(&self, expected: &[&str]) {
        eventually(&format!("{expected:?} in the log"), || async {
            let log = self.person.get("/api/log?limit=200").await.body;
            let mut kinds: Vec<String> = log["entries"].as_array().unwrap()[..]
                .iter()
                .map(|entry| entry["kind"].as_str().unwrap().to_owned())
                .collect();
            kinds.truncate(expected.len());
            kinds.reverse();
            if kinds == expected { Ok(()) } else { Err(format!("{kinds:?}")) }
        })
        .await;
    }

    /// Waits until so many more rounds over the endpoints are over: long enough for whatever is still to come.
    async fn rounds(&self, rounds: usize) {
        for _ in 0..rounds {
            let last = self.world.app().live.network().0.round_at;
            eventually("another round", || async {
                let at = self.world.app().live.network().0.round_at;
                if at == last { Err(format!("{at:?}")) } else { Ok(()) }
            })
            .await;
        }
    }
}

/// Telegram fails so for ten minutes while three things happen: all are told, once each and in their order.
async fn telegram_fails(bed: &Bed, fault: &str) {
    let trial = Trial::begin(bed).await;
    let third = lasting(TEN_MINUTES) / 3;
    let (attic, barn) = (trial.attic.as_str(), trial.barn.as_str());
    trial.faults(json!({ "telegram": fault })).await;
    trial.endpoint(attic, "down").await;
    trial.hook_hears(Some(attic), &["silent"]).await;
    pass(third).await;
    trial.endpoint(barn, "down").await;
    trial.hook_hears(Some(barn), &["silent"]).await;
    pass(third).await;
    trial.endpoint(attic, "up").await;
    trial.hook_hears(Some(attic), &["silent", "back"]).await;
    pass(third).await;
    let attempt = trial.world.app().store.read().await.unwrap().last_attempt("the-chat").await.unwrap();
    assert!(attempt.is_some_and(|attempt| attempt.outcome != "accepted"), "control: it was tried");
    assert!(trial.chat().await.is_empty(), "control: {fault} takes nothing");
    trial.faults(json!({ "telegram": "ok" })).await;
    // The next try may be as far away as all of them lie back, and some.
    within(third * 9 + PATIENCE * 2, "all told", || async {
        let told = trial.chat().await;
        if told.len() >= 3 { Ok(()) } else { Err(format!("{told:?}")) }
    })
    .await;
    trial.endpoint(barn, "up").await;
    trial.hook_hears(Some(barn), &["silent", "back"]).await;
    trial.rounds(3).await;
    for name in ["attic", "barn"] {
        let told = eventually("both ends of a silence", || async {
            let told = trial.chat_of(name).await;
            if told.len() >= 2 { Ok(told) } else { Err(format!("{told:?}")) }
        })
        .await;
        let ends: Vec<bool> =
            told.iter().map(|text| text.contains(&format!("{name} is back after"))).collect();
        assert_eq!(ends, [false, true], "{fault}: {told:?}");
    }
    let all = trial.chat().await;
    assert_eq!(all.len(), 4, "{fault}: {all:?}");
    let first = all[0]["text"].as_str().unwrap();
    assert!(first.contains("attic"), "{fault}: what happened first is told first, not {first}");
    trial.world.end().await;
}

/// For an hour we see nothing of one kind: that is told once, and of the nodes only what is true when we see again.
async fn blind(bed: &Bed, fault: Value, well: Value) {
    let trial = Trial::begin(bed).await;
    let (attic, barn) = (trial.attic.as_str(), trial.barn.as_str());
    trial.faults(fault).await;
    trial.hook_hears(None, &["blind"]).await;
    pass(lasting(HOUR)).await;
    assert_eq!((trial.hook(None).await, trial.chat().await.len()), (vec!["blind".to_owned()], 1));
    let shown = trial.person.nodes().await;
    assert!(shown.iter().all(|node| node["status"] != "offline"), "{shown:?}");
    trial.endpoint(barn, "down").await;
    trial.faults(well).await;
    trial.hook_hears(None, &["blind", "sighted"]).await;
    trial.hook_hears(Some(barn), &["silent"]).await;
    trial.rounds(3).await;
    assert_eq!((trial.hook(None).await.len(), trial.hook(Some(attic)).await), (2, Vec::new()));
    let (all, of_attic, of_barn) =
        (trial.chat().await, trial.chat_of("attic").await, trial.chat_of("barn").await);
    assert_eq!((all.len(), of_attic.len(), of_barn.len()), (3, 0, 1), "{all:?}");
    trial.world.end().await;
}

on_both! {
    async fn telegram_answers_429_for_ten_minutes_and_nothing_is_lost_or_told_twice(bed) {
        telegram_fails(bed, "429").await;
    }

    async fn telegram_answers_500_for_ten_minutes_and_nothing_is_lost_or_told_twice(bed) {
        telegram_fails(bed, "500").await;
    }

    async fn telegram_hangs_for_ten_minutes_and_nothing_is_lost_or_told_twice(bed) {
        telegram_fails(bed, "hang").await;
    }

    async fn the_chain_is_blind_for_an_hour_and_that_alone_is_told(bed) {
        blind(bed, json!({ "rpc": "429" }), json!({ "rpc": "ok" })).await;
    }

    async fn the_tunnel_stands_for_an_hour_and_that_alone_is_told(bed) {
        blind(bed, json!({ "endpoints": "down" }), json!({ "endpoints": "ok" })).await;
    }

    async fn an_hour_of_quiet_ends_with_one_message(bed) {
        let trial = Trial::begin(bed).await;
        let clock = Clock::system();
        let seconds = || clock.now().millis().unsigned_abs() / 1_000;
        let (from, end) = (seconds() / MINUTE, (seconds() + lasting(HOUR).max(LONG_ENOUGH).as_secs()).div_ceil(MINUTE));
        let shown = |minute: u64| format!("{:02}:{:02}", minute % DAY_MINUTES / 60, minute % 60);
        let quiet = json!({ "time_zone": "UTC", "quiet": { "from": shown(from), "to": shown(end) } });
        let put = trial.person.put("/api/preferences", &quiet).await;
        assert_eq!(put.status, 200, "{}", put.body);
        trial.endpoint(&trial.attic, "down").await;
        trial.logged(&["silent"]).await;
        trial.endpoint(&trial.attic, "up").await;
        trial.logged(&["silent", "back"]).await;
        trial.endpoint(&trial.barn, "down").await;
        trial.logged(&["silent", "back", "silent"]).await;
        let left = Duration::from_secs((end * MINUTE).saturating_sub(seconds()));
        assert!(!left.is_zero(), "control: all of it happened in the quiet");
        let [chat, hook] = within(left + PATIENCE, "the message after the quiet", || async {
            let (chat, hook) = (trial.chat().await, delivered(trial.world.sim.url(), &trial.world.http, "hook").await);
            if chat.is_empty() || hook.is_empty() { Err(format!("{chat:?} {hook:?}")) } else { Ok([chat, hook]) }
        })
        .await;
        for message in [&chat[0], &hook[0]] {
            assert!(message["at"].as_u64().unwrap() >= end * MINUTE * 1_000, "in the quiet: {message}");
        }
        let text = chat[0]["text"].as_str().unwrap();
        assert!(text.contains("attic was silent for") && text.contains("barn is silent"), "{text}");
        trial.rounds(3).await;
        assert_eq!((trial.chat().await.len(), delivered(trial.world.sim.url(), &trial.world.http, "hook").await.len()), (1, 1));
        trial.world.end().await;
    }
}
