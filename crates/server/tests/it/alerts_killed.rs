//! Killed at every step between a fact and the record of its arrival, and frozen past every threshold.

use std::{process::Command, time::Duration};

use domain::alert::plan::RowState;
use reqwest::header;
use serde_json::{Value, json};
use store::{AlertQuery, Location, Store, on_both, testbed::Bed};
use tokio::net::TcpListener;

use crate::{
    alerts::{delivered, kinds, link_chat},
    long_trials::{HOUR, lasting},
    restart::Program,
    world::{EMAIL, OFFLINE, PASSWORD, eventually},
};

/// The program as an operator starts it, on a simulated network, told by Telegram and by a webhook.
struct Rig<'a> {
    bed: &'a Bed,
    sim: sim::Sim,
    http: reqwest::Client,
    program: Program,
    store: Store,
    space: String,
    node: String,
}

fn start(bed: &Bed, sim: &sim::Sim) -> Program {
    Program::with(bed, |command| {
        command.envs(sim.env());
        let seconds = [("SCAN", "1"), ("PROBE", "1"), ("STUCK", "600,3600")];
        command.envs(seconds.map(|(name, value)| (format!("WAKEFUL_{name}_SECONDS"), value)));
        command.env("WAKEFUL_OFFLINE_SECONDS", OFFLINE.to_string());
    })
}

impl<'a> Rig<'a> {
    async fn begin(bed: &'a Bed) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let config = sim::Config { nodes: 14, speed: 0.0, ..sim::Config::default() };
        let sim = sim::Sim::start(config, listener).unwrap();
        let program = start(bed, &sim);
        let post = |path: &str| {
            let request = http.post(format!("{}{path}", program.url)).header("x-wakeful", "1");
            request.header(header::ORIGIN, &program.url)
        };
        let setup = json!({ "code": program.code, "email": EMAIL, "password": PASSWORD });
        let made = post("/api/setup").json(&setup).send().await.unwrap();
        assert_eq!(made.status(), 200);
        let cookie =
            made.headers()[header::SET_COOKIE].to_str().unwrap().split(';').next().unwrap().to_owned();
        let location = match bed.location() {
            Location::Folder(_) => Location::Folder(bed.folder().join("data")),
            other => other.clone(),
        };
        let store = Store::open(&location).await.unwrap();
        let space = link_chat(&store).await;
        let truth: Value =
            http.get(format!("{}/sim/world", sim.url())).send().await.unwrap().json().await.unwrap();
        let node = truth["nodes"].as_array().unwrap().iter().find(|node| {
            node["endpoint"] == "up"
                && node["chain"] == "running"
                && node["expect"]["overdue"] == false
                && node["sol_lamports"].as_i64().unwrap() > 50_000_000
        });
        let node = node.unwrap()["address"].as_str().unwrap().to_owned();
        let hook = json!({ "channel": "webhook", "url": format!("{}/hook/a", sim.url()), "name": "mine" });
        let made =
            post("/api/destinations").header(header::COOKIE, &cookie).json(&hook).send().await.unwrap();
        assert_eq!(made.status(), 201, "{}", made.text().await.unwrap());
        let added = json!({ "address": node, "name": "attic" });
        let made = post("/api/nodes").header(header::COOKIE, &cookie).json(&added).send().await.unwrap();
        assert_eq!(made.status(), 201);
        let rig = Self { bed, sim, http, program, store, space, node };
        rig.seen("up").await;
        rig
    }

    async fn seen(&self, state: &str) {
        let node = self.node.parse().unwrap();
        eventually("the node seen", || async {
            let node = self.store.read().await.unwrap().load_node(&node).await.unwrap().unwrap();
            let said = format!("{:?}", node.endpoint.reading.known());
            if said.to_lowercase().contains(state) { Ok(()) } else { Err(said) }
        })
        .await;
    }

    async fn control(&self, path: &str, body: Value) {
        let url = format!("{}/sim/{path}", self.sim.url());
        let answer = self.http.post(url).json(&body).send().await.unwrap();
        assert!(answer.status().is_success(), "{path}: {}", answer.text().await.unwrap());
    }

    async fn endpoint(&self, state: &str) {
        self.control(&format!("nodes/{}", self.node), json!({ "endpoint": state })).await;
    }

    fn restart(&mut self) {
        self.program.kill();
        self.program = start(self.bed, &self.sim);
    }

    /// How often each of the two was told: every copy at the chat, every key at the webhook.
    async fn told(&self) -> (usize, Vec<String>) {
        let chat = delivered(self.sim.url(), &self.http, "telegram").await;
        let chat = chat.iter().filter(|message| message["text"].as_str().unwrap().contains("attic")).count();
        (chat, kinds(&delivered(self.sim.url(), &self.http, "hook").await, Some(&self.node)))
    }

    async fn hears(&self, what: &str, chat: usize, hook: &[&str]) {
        eventually(what, || async {
            let told = self.told().await;
            if told.0 == chat && told.1 == hook { Ok(()) } else { Err(format!("{told:?}")) }
        })
        .await;
    }

    /// Waits until both destinations' newest attempts say this.
    async fn attempts(&self, outcome: &str) {
        eventually("the attempts", || async {
            let mut tx = self.store.read().await.unwrap();
            let mut said = Vec::new();
            for to in tx.destinations(&self.space).await.unwrap() {
                said.push(tx.last_attempt(&to.id).await.unwrap().map(|attempt| attempt.outcome));
            }
            let all = said.len() == 2 && said.iter().all(|said| said.as_deref() == Some(outcome));
            if all { Ok(()) } else { Err(format!("{said:?}")) }
        })
        .await;
    }

    async fn rows(&self) -> Vec<RowState> {
        let query = AlertQuery { limit: 50, ..AlertQuery::default() };
        let alerts = self.store.read().await.unwrap().alerts(&self.space, query).await.unwrap();
        let about = alerts.iter().filter(|alert| alert.event.kind.is_silence());
        about.flat_map(|alert| &alert.deliveries).map(|delivery| delivery.state).collect()
    }

    async fn end(self) {
        let Self { sim, program, store, .. } = self;
        drop(program);
        store.close().await;
        sim.stop().await;
    }
}

on_both! {
    async fn kill_9_before_the_commit_and_after_it_loses_nothing_and_tells_nothing_twice(bed) {
        let mut rig = Rig::begin(bed).await;
        rig.endpoint("down").await;
        // The silence is known to the program and no fact yet.
        rig.seen("silent").await;
        rig.restart();
        // The fact and its rows are kept, and held for one more round.
        eventually("rows", || async {
            let rows = rig.rows().await;
            if rows.len() == 2 { Ok(()) } else { Err(format!("{rows:?}")) }
        })
        .await;
        rig.restart();
        rig.hears("the silence told", 1, &["silent"]).await;
        rig.attempts("accepted").await;
        rig.restart();
        rig.endpoint("up").await;
        rig.hears("its end told", 2, &["silent", "back"]).await;
        rig.end().await;
    }

    async fn kill_9_while_sending_loses_nothing_and_tells_nothing_twice(bed) {
        let mut rig = Rig::begin(bed).await;
        rig.control("faults", json!({ "telegram": "hang", "hook": "hang" })).await;
        rig.endpoint("down").await;
        rig.attempts("sending").await;
        rig.program.kill();
        assert_eq!(rig.told().await, (0, Vec::new()));
        rig.control("faults", json!({ "telegram": "ok", "hook": "ok" })).await;
        rig.restart();
        rig.hears("the silence told", 1, &["silent"]).await;
        rig.attempts("accepted").await;
        rig.endpoint("up").await;
        rig.hears("its end told", 2, &["silent", "back"]).await;
        rig.end().await;
    }

    async fn kill_9_between_acceptance_and_record_makes_one_copy_where_no_key_is_taken(bed) {
        let mut rig = Rig::begin(bed).await;
        rig.control("faults", json!({ "telegram": "accept_then_hang", "hook": "accept_then_hang" })).await;
        rig.endpoint("down").await;
        rig.hears("the silence taken", 1, &["silent"]).await;
        rig.attempts("sending").await;
        rig.program.kill();
        rig.control("faults", json!({ "telegram": "ok", "hook": "ok" })).await;
        rig.restart();
        // The chat hears it twice; the webhook is asked twice under one key.
        rig.hears("the second copy", 2, &["silent"]).await;
        rig.attempts("accepted").await;
        let requests = delivered(rig.sim.url(), &rig.http, "hook").await;
        let about = requests.iter().filter(|request| request["text"].as_str().unwrap().contains(&rig.node));
        assert_eq!(about.count(), 2, "the same message, the same key");
        rig.endpoint("up").await;
        rig.hears("its end told", 3, &["silent", "back"]).await;
        rig.end().await;
    }

    async fn frozen_past_every_threshold_nobody_is_called_offline(bed) {
        let rig = Rig::begin(bed).await;
        let signal = |name: &str| {
            let sent = Command::new("kill").args([name, &rig.program.pid().to_string()]).status().unwrap();
            assert!(sent.success());
        };
        let watched_at = async || {
            let watched = rig.store.read().await.unwrap().meta("watched_at").await.unwrap();
            watched.unwrap().parse::<i64>().unwrap()
        };
        signal("-STOP");
        let frozen = watched_at().await;
        // Past the three periods of the scan and the offline time: what passes is the test's subject.
        let time = lasting(HOUR).max(Duration::from_secs(OFFLINE * 3));
        tokio::time::sleep(time).await;
        assert_eq!(watched_at().await, frozen, "control: it stands still");
        signal("-CONT");
        eventually("the gap written down", || async {
            let gap = rig.store.read().await.unwrap().last_gap().await.unwrap();
            if gap.is_some() { Ok(()) } else { Err("none".to_owned()) }
        })
        .await;
        eventually("three more rounds", || async {
            let now = watched_at().await;
            if now > frozen + i64::try_from(time.as_millis()).unwrap() + 3_000 { Ok(()) } else { Err(now.to_string()) }
        })
        .await;
        assert_eq!((rig.told().await, rig.rows().await), ((0, Vec::new()), Vec::new()));
        // And it still hears.
        rig.endpoint("down").await;
        rig.hears("a real silence told", 1, &["silent"]).await;
        rig.end().await;
    }
}
