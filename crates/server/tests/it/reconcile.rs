//! Jobs that no scan saw are in the ledger all the same: found once, told once, and history is not told at all.

use serde_json::{Value, json};
use store::{on_both, testbed::Bed};

use crate::{
    person::Person,
    world::{World, eventually},
};

/// A server that scans only when it is asked to, without push, so that a job may begin and end between two scans; and
/// what is over is listed after each of them.
async fn slow(bed: &Bed) -> World {
    let change = |settings: &mut server::cli::Settings| {
        settings.scan_seconds = Some("3600".into());
        settings.solana_ws = Some("off".into());
        settings.reconcile_seconds = Some("1".into());
    };
    World::with(bed, change).await
}

async fn scan(person: &Person) {
    let answer = person.post("/api/nodes/refresh-all-status", &json!({})).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
}

/// A node that stands like this on the chain.
async fn one(world: &World, chain: &str) -> String {
    let truth = world.truth().await;
    let fit = |node: &&Value| {
        node["chain"] == chain && node["endpoint"] == "up" && node["expect"]["overdue"] == false
    };
    let node = truth["nodes"].as_array().unwrap().iter().find(fit).unwrap();
    node["address"].as_str().unwrap().to_owned()
}

/// Gives a waiting node a job; which.
async fn begin(world: &World, node: &str) -> String {
    world.control(&format!("nodes/{node}"), &json!({ "chain": "running" })).await;
    let truth = world.truth().await;
    let is = truth["nodes"].as_array().unwrap().iter().find(|is| is["address"] == node).unwrap();
    is["job"].as_str().unwrap().to_owned()
}

async fn act(world: &World, job: &str, instruction: &str) {
    world.control(&format!("jobs/{job}"), &json!({ "do": instruction })).await;
}

async fn detail(person: &Person, node: &str) -> Value {
    person.get(&format!("/api/nodes/{node}")).await.body
}

/// The ledger's rows of a job.
fn rows(detail: &Value, job: &str) -> Vec<Value> {
    detail["jobs"].as_array().unwrap().iter().filter(|row| row["address"] == job).cloned().collect()
}

fn told(detail: &Value, kind: &str) -> usize {
    detail["log"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).count()
}

/// Scans until the job is in the ledger with this outcome.
async fn found(person: &Person, node: &str, job: &str, outcome: &str) -> Value {
    eventually(&format!("{job} {outcome}"), || async {
        scan(person).await;
        let detail = detail(person, node).await;
        match rows(&detail, job).first() {
            Some(row) if row["outcome"] == outcome => Ok(detail),
            _ => Err(detail["jobs"].to_string()),
        }
    })
    .await
}

on_both! {
    async fn jobs_shorter_than_a_scan_are_found_and_told_once(bed) {
        let world = slow(bed).await;
        let person = world.set_up().await;
        let node = one(&world, "queued").await;
        assert_eq!(person.post("/api/nodes", &json!({ "address": node })).await.status, 201);
        scan(&person).await;
        let finished = begin(&world, &node).await;
        act(&world, &finished, "finish").await;
        world.control(&format!("nodes/{node}"), &json!({ "chain": "queued" })).await;
        let ended = begin(&world, &node).await;
        act(&world, &ended, "end").await;
        let detail = found(&person, &node, &ended, "ended_by_deployer").await;
        assert_eq!(rows(&detail, &finished)[0]["outcome"], "finished");
        let row = &rows(&detail, &finished)[0];
        assert!(row["final"] == true && row["market"].is_string() && row["payout_micro_nos"].is_string(), "{row}");
        assert_eq!((told(&detail, "job_finished"), told(&detail, "job_ended_by_deployer")), (1, 1), "{}", detail["log"]);
        assert_eq!(told(&detail, "job_started"), 0, "nobody saw it start");
        for _ in 0..2 {
            scan(&person).await;
        }
        let later = self::detail(&person, &node).await;
        assert_eq!((rows(&later, &finished).len(), rows(&later, &ended).len()), (1, 1));
        assert_eq!((told(&later, "job_finished"), told(&later, "job_ended_by_deployer")), (1, 1), "{}", later["log"]);
        world.end().await;
    }

    async fn what_a_scan_saw_is_not_found_again(bed) {
        let world = slow(bed).await;
        let person = world.set_up().await;
        let node = one(&world, "queued").await;
        assert_eq!(person.post("/api/nodes", &json!({ "address": node })).await.status, 201);
        let job = begin(&world, &node).await;
        found(&person, &node, &job, "running").await;
        act(&world, &job, "finish").await;
        found(&person, &node, &job, "finished").await;
        scan(&person).await;
        let detail = detail(&person, &node).await;
        assert_eq!(rows(&detail, &job).len(), 1, "{}", detail["jobs"]);
        assert!(rows(&detail, &job)[0]["run"] != job.as_str(), "under the run's own name");
        assert_eq!((told(&detail, "job_started"), told(&detail, "job_finished")), (1, 1), "{}", detail["log"]);
        world.end().await;
    }

    async fn what_ended_before_anybody_watched_is_history_and_no_news(bed) {
        let world = slow(bed).await;
        let person = world.set_up().await;
        let node = one(&world, "queued").await;
        let job = begin(&world, &node).await;
        act(&world, &job, "finish").await;
        eventually("a later second of the chain", || async {
            let truth = world.truth().await;
            let is = truth["jobs"].as_array().unwrap().iter().find(|is| is["address"] == job).unwrap();
            if truth["now"].as_i64() > is["time_end"].as_i64() { Ok(()) } else { Err(is.to_string()) }
        })
        .await;
        assert_eq!(person.post("/api/nodes", &json!({ "address": node })).await.status, 201);
        let detail = found(&person, &node, &job, "finished").await;
        assert_eq!(told(&detail, "job_finished"), 0, "{}", detail["log"]);
        world.end().await;
    }

    async fn what_ended_while_we_were_blind_or_stopped_is_told(bed) {
        let mut world = slow(bed).await;
        let person = world.set_up().await;
        let node = one(&world, "queued").await;
        assert_eq!(person.post("/api/nodes", &json!({ "address": node })).await.status, 201);
        scan(&person).await;
        world.control("faults", &json!({ "rpc": "500" })).await;
        scan(&person).await;
        let blind = begin(&world, &node).await;
        act(&world, &blind, "finish").await;
        world.control(&format!("nodes/{node}"), &json!({ "chain": "queued" })).await;
        let stopped = begin(&world, &node).await;
        act(&world, &stopped, "finish").await;
        world.restart().await;
        let person = person.at(&world);
        world.control("faults", &json!({ "rpc": "ok" })).await;
        found(&person, &node, &blind, "finished").await;
        let detail = found(&person, &node, &stopped, "finished").await;
        assert_eq!(told(&detail, "job_finished"), 2, "{}", detail["log"]);
        world.end().await;
    }

    async fn who_finished_a_job_between_two_scans_was_not_silent_then(bed) {
        let world = slow(bed).await;
        let person = world.set_up().await;
        let node = one(&world, "queued").await;
        assert_eq!(person.post("/api/nodes", &json!({ "address": node })).await.status, 201);
        scan(&person).await;
        world.control(&format!("nodes/{node}"), &json!({ "endpoint": "down" })).await;
        let log = async |kind: &str, count: usize| {
            eventually(kind, || async {
                let detail = detail(&person, &node).await;
                if told(&detail, kind) == count { Ok(()) } else { Err(detail["log"].to_string()) }
            })
            .await;
        };
        log("silent", 1).await;
        let job = begin(&world, &node).await;
        act(&world, &job, "finish").await;
        world.control(&format!("nodes/{node}"), &json!({ "chain": "queued" })).await;
        found(&person, &node, &job, "finished").await;
        log("back", 1).await;
        // It stays down, and its new silence is told anew.
        log("silent", 2).await;
        world.end().await;
    }

    async fn a_claimed_job_runs_and_a_cleaned_one_proves_nothing(bed) {
        let world = slow(bed).await;
        let person = world.set_up().await;
        let node = one(&world, "queued").await;
        assert_eq!(person.post("/api/nodes", &json!({ "address": node })).await.status, 201);
        let job = begin(&world, &node).await;
        found(&person, &node, &job, "running").await;
        act(&world, &job, "quit").await;
        world.control(&format!("jobs/{job}"), &json!({ "do": "claim", "node": node })).await;
        let claimed = found(&person, &node, &job, "running").await;
        for _ in 0..2 {
            scan(&person).await;
        }
        let detail = detail(&person, &node).await;
        let running: Vec<_> = rows(&detail, &job).into_iter().filter(|row| row["outcome"] == "running").collect();
        assert_eq!((running.len(), rows(&detail, &job).len()), (1, 2), "one was quit, one runs: {}", claimed["jobs"]);
        act(&world, &job, "finish").await;
        found(&person, &node, &job, "finished").await;
        act(&world, &job, "clean").await;
        scan(&person).await;
        let cleaned = self::detail(&person, &node).await;
        let outcomes: Vec<_> = rows(&cleaned, &job).iter().map(|row| row["outcome"].clone()).collect();
        assert!(outcomes.contains(&json!("finished")) && outcomes.contains(&json!("failed")), "{outcomes:?}");
        assert_eq!(outcomes.len(), 2);
        world.end().await;
    }
}
