//! What is shown equals what is true: every kind of node, in the time that was promised.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use store::on_both;

use crate::{
    person::Person,
    world::{World, eventually},
};

/// The four words of a node, from the program or from the simulator's truth.
pub fn words(node: &Value) -> Value {
    json!([node["status"], node["silent"], node["stuck"], node["overdue"]])
}

/// The difference between what is shown and what is true; nothing = they agree.
pub async fn differences(world: &World, person: &Person) -> Vec<String> {
    let shown: BTreeMap<String, Value> = person
        .nodes()
        .await
        .into_iter()
        .map(|node| (node["address"].as_str().unwrap().to_owned(), node))
        .collect();
    let truth = world.truth().await;
    let nodes = truth["nodes"].as_array().unwrap().iter();
    let wrong = nodes.filter_map(|node| {
        let address = node["address"].as_str().unwrap();
        let (is, should) = (words(&shown[address]), words(&node["expect"]));
        (is != should).then(|| format!("{address} is {is}, should be {should}: {}", shown[address]))
    });
    wrong.collect()
}

/// A person who watches every simulated node, once the silent and the stuck ones have been so for long enough, and all
/// is shown as it is.
pub async fn settled(world: &World) -> Person {
    let person = world.set_up().await;
    let nodes = world.addresses().await;
    assert_eq!(person.post("/api/nodes", &json!({ "addresses": nodes })).await.status, 201);
    eventually("a world with every kind of node", || async {
        let truth = world.truth().await;
        let expected = truth["nodes"].as_array().unwrap().iter().map(|node| &node["expect"]);
        let (mut offline, mut stuck, mut silent) = (0, 0, 0);
        for expect in expected {
            offline += usize::from(expect["status"] == "offline");
            stuck += usize::from(expect["stuck"] == true);
            silent += usize::from(expect["silent"] == true);
        }
        if (offline, silent) == (2, 3) && stuck == 5 {
            Ok(())
        } else {
            Err(format!("{offline} {silent} {stuck}"))
        }
    })
    .await;
    agree(world, &person).await;
    // What is shown is judged at each request; what is told is written at the next look.
    eventually("every word written down", || async {
        let log = person.get("/api/log?limit=200").await.body;
        let told = |kind: &str| {
            log["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).count()
        };
        if (told("offline"), told("silent"), told("stuck")) == (2, 3, 5) {
            Ok(())
        } else {
            Err(log.to_string())
        }
    })
    .await;
    person
}

/// Waits until what is shown equals what is true.
pub async fn agree(world: &World, person: &Person) {
    eventually("agreement with the truth", || async {
        let wrong = differences(world, person).await;
        if wrong.is_empty() { Ok(()) } else { Err(wrong.join("\n")) }
    })
    .await;
}

on_both! {
    async fn every_node_is_shown_as_it_is_and_of_every_kind_there_is_one(bed) {
        let world = World::new(bed).await;
        let person = settled(&world).await;
        let nodes = person.nodes().await;
        for (status, flag) in [("running", ""), ("queued", ""), ("up", ""), ("offline", ""), ("unknown", ""), ("running", "silent"),
            ("queued", "silent"), ("up", "stuck"), ("running", "overdue")] {
            let kind = |node: &Value| node["status"] == status && (flag.is_empty() || node[flag] == true);
            assert!(nodes.iter().any(kind), "no node is {status} {flag}");
        }
        let unknown = nodes.iter().find(|node| node["status"] == "unknown").unwrap();
        assert!(unknown["why"].is_string() && unknown["since"].is_string(), "{unknown}");
        world.end().await;
    }

    async fn each_change_on_chain_and_at_the_endpoint_is_followed(bed) {
        let world = World::new(bed).await;
        let person = settled(&world).await;
        let node = world.addresses().await.remove(0);
        for (change, words) in [
            (json!({ "chain": "queued" }), json!(["queued", false, false, false])),
            (json!({ "endpoint": "down" }), json!(["queued", true, false, false])),
            (json!({ "endpoint": "up" }), json!(["queued", false, false, false])),
            (json!({ "chain": "running" }), json!(["running", false, false, false])),
            (json!({ "chain": "none" }), json!(["up", false, false, false])),
        ] {
            world.control(&format!("nodes/{node}"), &change).await;
            eventually(&format!("{change}"), || async {
                let nodes = person.nodes().await;
                let is = nodes.iter().find(|shown| shown["address"] == node.as_str()).map(crate::truth::words).unwrap();
                if is == words { Ok(()) } else { Err(is.to_string()) }
            }).await;
        }
        let detail = person.get(&format!("/api/nodes/{node}")).await.body;
        let said: Vec<_> = detail["log"].as_array().unwrap().iter().rev().map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect();
        let expected = ["job_finished", "queued", "silent", "back", "job_started", "job_failed"];
        let mut rest = said.iter();
        assert!(expected.iter().all(|kind| rest.any(|said| said == kind)), "{}", detail["log"]);
        let spans = detail["history"]["chain"].as_array().unwrap();
        for pair in spans.windows(2) {
            assert_eq!(pair[0]["to"], pair[1]["from"], "the past has no gaps: {spans:?}");
        }
        let job = detail["jobs"].as_array().unwrap().iter().find(|job| job["outcome"] == "finished").unwrap();
        assert!(job["payout_micro_nos"].as_str().unwrap().parse::<i64>().unwrap() >= 0 && job["final"] == true, "{job}");
        world.end().await;
    }

    async fn balances_equal_the_chain(bed) {
        let world = World::new(bed).await;
        let person = settled(&world).await;
        eventually("balances that equal the chain", || async {
            let shown: BTreeMap<_, _> = person.nodes().await.into_iter().map(|node| (node["address"].as_str().unwrap().to_owned(), node)).collect();
            for node in world.truth().await["nodes"].as_array().unwrap() {
                let is = &shown[node["address"].as_str().unwrap()];
                for field in ["sol_lamports", "nos_micro", "stake_micro_xnos"] {
                    let should = node[field].to_string().trim_matches('"').to_owned();
                    if is[field]["value"] != should { return Err(format!("{field} is {} and should be {should}", is[field])); }
                }
            }
            Ok(())
        }).await;
        world.end().await;
    }

    async fn a_restart_forgets_nothing_and_tells_nothing_twice(bed) {
        let mut world = World::new(bed).await;
        let person = settled(&world).await;
        let log = |person: Person| async move {
            let log = person.get("/api/log?limit=200").await.body;
            // *Stuck* counts only what we saw, so it begins anew and is said anew.
            log["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] != "stuck").count()
        };
        let told = log(person.at(&world)).await;
        world.restart().await;
        let person = person.at(&world);
        for node in person.nodes().await {
            assert!(node["why"] != "first_look", "a restart is no first look: {node}");
        }
        agree(&world, &person).await;
        assert_eq!(log(person.at(&world)).await, told, "{}", person.get("/api/log?limit=200").await.body);
        world.end().await;
    }
}
