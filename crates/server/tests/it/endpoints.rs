//! The nodes' own endpoints: whose silence counts, and where we do not go.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use store::on_both;

use crate::{
    person::Person,
    world::{OFFLINE, SCAN, World, eventually},
};

async fn only(person: &Person) -> Value {
    let mut nodes = person.nodes().await;
    assert_eq!(nodes.len(), 1);
    nodes.remove(0)
}

async fn until(person: &Person, what: &str, is: impl Fn(&Value) -> bool) -> Value {
    eventually(what, || async {
        let node = only(person).await;
        if is(&node) { Ok(node) } else { Err(node.to_string()) }
    })
    .await
}

async fn told(person: &Person) -> BTreeSet<String> {
    let log = person.get("/api/log?limit=200").await.body;
    let entries = log["entries"].as_array().unwrap().iter();
    entries.map(|entry| entry["kind"].as_str().unwrap().to_owned()).collect()
}

/// One watched node that is up and in no queue.
async fn alone(world: &World) -> (Person, String) {
    let person = world.set_up().await;
    let node = world.addresses().await.remove(0);
    world.control(&format!("nodes/{node}"), &json!({ "chain": "none" })).await;
    assert_eq!(person.post("/api/nodes", &json!({ "address": node })).await.status, 201);
    until(&person, "up", |node| node["status"] == "up").await;
    (person, node)
}

/// Waits until so many more seconds of rounds have ended, whatever they brought.
async fn rounds(world: &World, seconds: u64) {
    let asked = |requests: &Value| -> u64 {
        let paths = requests["paths"].as_object().unwrap();
        paths.iter().filter(|(path, _)| path.starts_with("/node/")).map(|(_, n)| n.as_u64().unwrap()).sum()
    };
    let counted = || async {
        let url = format!("{}/sim/requests", world.sim.url());
        asked(&world.http.get(url).send().await.unwrap().json().await.unwrap())
    };
    let before = counted().await;
    // At least one question a round.
    eventually("more rounds", || async {
        let more = counted().await - before;
        if more > seconds / SCAN * 4 { Ok(()) } else { Err(format!("{more} questions")) }
    })
    .await;
}

on_both! {
    async fn one_node_tunnel_stops_is_not_offline_node_stops_is(bed) {
        let world = World::new(bed).await;
        let (person, node) = alone(&world).await;
        // The tunnel stops: our node does not answer, and neither do the strangers who could bear witness.
        world.control("faults", &json!({ "endpoints": "down" })).await;
        until(&person, "not seen", |node| node["status"] == "unknown" && node["why"] == "no_witness").await;
        rounds(&world, OFFLINE * 2).await;
        let unseen = only(&person).await;
        assert_eq!((&unseen["status"], &unseen["silent"]), (&json!("unknown"), &json!(false)), "{unseen}");
        world.control("faults", &json!({ "endpoints": "ok" })).await;
        until(&person, "up again", |node| node["status"] == "up").await;
        let so_far = told(&person).await;
        assert!(!so_far.contains("offline") && !so_far.contains("silent"), "{so_far:?}");
        // The node stops: now strangers bear witness that the tunnel answers.
        world.control(&format!("nodes/{node}"), &json!({ "endpoint": "down" })).await;
        until(&person, "offline", |node| node["status"] == "offline").await;
        eventually("the word", || async {
            let told = told(&person).await;
            if told.contains("offline") { Ok(()) } else { Err(format!("{told:?}")) }
        }).await;
        world.end().await;
    }

    async fn a_private_address_is_not_asked_and_says_so(bed) {
        let world = World::with(bed, |settings| settings.allow_private = None).await;
        let person = world.set_up().await;
        let node = world.addresses().await.remove(0);
        world.control(&format!("nodes/{node}"), &json!({ "chain": "none" })).await;
        assert_eq!(person.post("/api/nodes", &json!({ "address": node })).await.status, 201);
        let refused = |node: &Value| node["endpoint"]["why"] == "private_address" && node["chain"]["state"] == "none";
        let shown = until(&person, "refused", refused).await;
        assert_eq!((&shown["status"], &shown["endpoint"]["state"]), (&json!("unknown"), &json!("unknown")), "{shown}");
        let url = format!("{}/sim/requests", world.sim.url());
        let requests: Value = world.http.get(url).send().await.unwrap().json().await.unwrap();
        let paths = requests["paths"].as_object().unwrap();
        assert!(!paths.keys().any(|path| path.starts_with("/node/")), "{requests}");
        world.end().await;
    }
}
