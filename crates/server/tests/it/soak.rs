//! A life full of faults: what is said of a node meanwhile is never what it was not, and in the quiet all is as it is.

use std::{
    collections::{BTreeMap, BTreeSet, VecDeque},
    time::Duration,
};

use serde_json::{Value, json};
use store::on_both;
use tokio::time::Instant;

use crate::{
    person::Person,
    truth::agree,
    world::{OFFLINE, World},
};

/// `WAKEFUL_SOAK_SECONDS` and `WAKEFUL_SOAK_SEED`, or this.
const SECONDS: u64 = 45;
const SEED: u64 = 7;
/// How far apart what is true and what is shown may lie: a period, a round in flight, a slow machine.
const SLACK: Duration = Duration::from_secs(4);
/// The truth is asked for this often at least; a change of it may be that much older than its first sight.
const BLINK: Duration = Duration::from_millis(1_500);

#[expect(clippy::disallowed_methods, reason = "the length of a soak is told to the test by who starts it")]
fn setting(name: &str, default: u64) -> u64 {
    std::env::var(name).map_or(default, |text| text.parse().unwrap())
}

/// A generator of random numbers that a seed repeats (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((z ^ (z >> 31)) % u64::try_from(most).unwrap()).unwrap()
    }

    fn of<'a, T>(&mut self, these: &'a [T]) -> &'a T {
        &these[self.below(these.len())]
    }
}

/// What was really so, as the simulator told it while it happened.
#[derive(Default)]
struct Witnessed {
    /// For each node the recent looks at its endpoint: when, and whether anything answered in its name.
    voices: BTreeMap<String, VecDeque<(Instant, bool)>>,
    /// Which job each run worked on.
    runs: BTreeMap<String, String>,
    /// Who was taken out of a queue.
    removed: BTreeSet<String>,
    /// Who was shown offline at the last look.
    offline: BTreeSet<String>,
}

impl Witnessed {
    async fn look(&mut self, world: &World) {
        let truth = world.truth().await;
        let now = Instant::now();
        for node in truth["nodes"].as_array().unwrap() {
            let voices = self.voices.entry(text(&node["address"])).or_default();
            let mute = node["endpoint"] == "down" || node["endpoint"] == "hang";
            voices.push_back((now, !mute));
            let long_ago = |first: &(Instant, bool)| now - first.0 > Duration::from_secs(60);
            while voices.front().is_some_and(long_ago) {
                voices.pop_front();
            }
        }
        for job in truth["jobs"].as_array().unwrap().iter().filter(|job| job["run"].is_string()) {
            self.runs.insert(text(&job["run"]), text(&job["address"]));
        }
    }

    /// Whether a silence of the offline time, as far as our looks tell, lies close enough to now.
    fn was_silent(&self, node: &str) -> bool {
        let now = Instant::now();
        let needed = Duration::from_secs(OFFLINE).saturating_sub(BLINK);
        let mut began = None;
        self.voices[node].iter().any(|(at, voice)| {
            began = if *voice { None } else { began.or(Some(*at)) };
            began.is_some_and(|began| *at - began >= needed) && now - *at <= SLACK + BLINK
        })
    }

    /// Nobody becomes offline who was not silent.
    fn judge(&mut self, shown: &[Value]) -> Result<(), String> {
        let offline = shown.iter().filter(|node| node["status"] == "offline");
        let offline: BTreeSet<String> = offline.map(|node| text(&node["address"])).collect();
        let wrong = offline.difference(&self.offline).find(|node| !self.was_silent(node));
        if let Some(node) = wrong {
            return Err(format!("{node} is called offline; looks at its voice: {:?}", self.voices[node]));
        }
        self.offline = offline;
        Ok(())
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Lets one random thing happen.
async fn stir(world: &World, dice: &mut Dice, nodes: &[String], witnessed: &mut Witnessed) -> String {
    let node = dice.of(nodes).clone();
    let to_node = format!("nodes/{node}");
    let (path, body) = match dice.below(12) {
        0..=2 => {
            let faults = [
                "429", "500", "empty", "short", "hang", "slow", "garbage", "stale", "zeros", "drip",
                "redirect",
            ];
            ("faults".to_owned(), json!({ "rpc": dice.of(&faults) }))
        }
        3 => ("faults".to_owned(), json!({ "ws": dice.of(&["drop", "silent"]) })),
        4 => ("faults".to_owned(), json!({ "endpoints": dice.of(&["down", "hang", "html"]) })),
        5 => ("faults".to_owned(), json!({ "rpc": "ok", "ws": "ok", "endpoints": "ok" })),
        6..=8 => (to_node, json!({ "endpoint": dice.of(&["up", "down", "hang", "html"]) })),
        9 => {
            witnessed.removed.insert(node);
            (to_node, json!({ "do": "kick" }))
        }
        _ => {
            let jobs = world.truth().await["jobs"].as_array().unwrap().clone();
            let open: Vec<&Value> = jobs.iter().filter(|job| job["run"].is_string()).collect();
            if open.is_empty() {
                return "nothing".to_owned();
            }
            let job = text(&dice.of(&open)["address"]);
            let end = *dice.of(&["finish", "quit", "quit_admin", "end"]);
            (format!("jobs/{job}"), json!({ "do": end }))
        }
    };
    // A thing that cannot happen now, such as the kick of a node that waits nowhere, is refused.
    let sent = world.http.post(format!("{}/sim/{path}", world.sim.url())).json(&body).send().await.unwrap();
    format!("{path} {body}: {}", sent.status())
}

/// What was told in the log happened.
async fn log_is_true(world: &World, person: &Person, witnessed: &Witnessed) {
    let truth = world.truth().await;
    let jobs = truth["jobs"].as_array().unwrap();
    let log = person.get("/api/log?limit=200").await.body;
    let mut keys = BTreeSet::new();
    for entry in log["entries"].as_array().unwrap() {
        let subject = entry["subject"].as_str().unwrap_or_default().to_owned();
        let kind = text(&entry["kind"]);
        if kind.starts_with("job_") && kind != "job_overdue" {
            assert!(keys.insert((kind.clone(), subject.clone())), "told twice: {entry}");
        }
        if kind == "kicked" {
            assert!(witnessed.removed.contains(entry["node"].as_str().unwrap()), "nobody kicked it: {entry}");
        }
        let job = witnessed
            .runs
            .get(&subject)
            .and_then(|job| jobs.iter().find(|one| one["address"] == job.as_str()));
        if let (Some(job), "job_finished") = (job, kind.as_str()) {
            assert!(job["state"] == 2 && job["result"] == true, "never finished: {entry} {job}");
        }
    }
}

on_both! {
    async fn a_life_full_of_faults_is_told_as_it_was(bed) {
        let (seconds, seed) = (setting("WAKEFUL_SOAK_SECONDS", SECONDS), setting("WAKEFUL_SOAK_SEED", SEED));
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let nodes = world.addresses().await;
        assert_eq!(person.post("/api/nodes", &json!({ "addresses": nodes })).await.status, 201);
        world.control("clock", &json!({ "speed": 40 })).await;
        let (mut dice, mut witnessed, mut done) = (Dice(seed), Witnessed::default(), Vec::new());
        let began = Instant::now();
        while began.elapsed() < Duration::from_secs(seconds) {
            done.push(format!("{:?} {}", began.elapsed(), stir(&world, &mut dice, &nodes, &mut witnessed).await));
            let next = Instant::now() + Duration::from_millis(u64::try_from(dice.below(1_500)).unwrap());
            while Instant::now() < next {
                witnessed.look(&world).await;
                if let Err(wrong) = witnessed.judge(&person.nodes().await) {
                    panic!("seed {seed}: {wrong}\nafter {}", done.join("\n"));
                }
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
            witnessed.look(&world).await;
        }
        world.control("faults", &json!({ "rpc": "ok", "ws": "ok", "endpoints": "ok" })).await;
        world.control("clock", &json!({ "speed": 0 })).await;
        agree(&world, &person).await;
        log_is_true(&world, &person, &witnessed).await;
        world.end().await;
    }
}
