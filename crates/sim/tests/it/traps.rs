//! The states that a naive decoder misses can be made by hand.

use serde_json::{Value, json};

use crate::harness::{Net, node, text};

fn job<'a>(world: &'a Value, address: &Value) -> &'a Value {
    world["jobs"].as_array().unwrap().iter().find(|job| job["address"] == *address).unwrap()
}

#[tokio::test]
async fn a_claimed_job_runs_although_its_state_says_stopped() {
    let net = Net::still().await;
    let running = node(&net.world().await, |node| node["chain"] == "running");
    let path = format!("/sim/jobs/{}", text(&running["job"]));
    let stopped = net.set(&path, json!({ "do": "quit" })).await;
    assert_eq!((&stopped["state"], &stopped["run"]), (&json!(3), &Value::Null));
    let claimed = net.set(&path, json!({ "do": "claim" })).await;
    assert_eq!(claimed["state"], 3);
    assert!(claimed["run"].is_string());
    let world = net.world().await;
    assert_eq!(node(&world, |node| node["address"] == running["address"])["chain"], "running");
}

#[tokio::test]
async fn an_orphaned_job_is_listed_in_no_queue() {
    let net = Net::still().await;
    let running = node(&net.world().await, |node| node["chain"] == "running");
    net.set(&format!("/sim/jobs/{}", text(&running["job"])), json!({ "do": "quit_admin" })).await;
    let world = net.world().await;
    let orphan = job(&world, &running["job"]);
    assert_eq!((&orphan["state"], &orphan["run"]), (&json!(0), &Value::Null));
    let waits = |market: &Value| market["queue"].as_array().unwrap().contains(&running["job"]);
    assert!(!world["markets"].as_array().unwrap().iter().any(waits));
    assert_eq!(node(&world, |node| node["address"] == running["address"])["chain"], "none");
}

#[tokio::test]
async fn a_node_can_wait_in_two_queues_and_run_twice() {
    let net = Net::still().await;
    let world = net.world().await;
    let queued = node(&world, |node| node["chain"] == "queued" && node["endpoint"] == "up");
    let path = format!("/sim/nodes/{}", text(&queued["address"]));
    net.set(&path, json!({ "stake_micro_xnos": 9_000_000_000_u64 })).await;
    let other = world["markets"]
        .as_array()
        .unwrap()
        .iter()
        .find(|market| market["queue_type"] == "node" && market["address"] != queued["market"]);
    let twice = net.set(&path, json!({ "do": "join", "market": other.unwrap()["address"] })).await;
    assert_eq!(twice["queues"], 2);
    let jobs =
        world["markets"].as_array().unwrap().iter().find(|market| market["queue_type"] == "job").unwrap();
    for runs in [1, 2] {
        let busy = net.set(&path, json!({ "do": "join", "market": jobs["address"] })).await;
        assert_eq!(
            (&busy["runs"], &busy["chain"], &busy["queues"]),
            (&json!(runs), &json!("running"), &json!(2))
        );
    }
}

#[tokio::test]
async fn a_market_kicks_and_refuses_who_has_too_little_stake() {
    let net = Net::still().await;
    let world = net.world().await;
    let queued = node(&world, |node| node["chain"] == "queued");
    let path = format!("/sim/nodes/{}", text(&queued["address"]));
    let kicked = net.set(&path, json!({ "do": "kick", "market": queued["market"] })).await;
    assert_eq!((&kicked["chain"], &kicked["pinned"]), (&json!("none"), &json!(true)));
    let dear =
        world["markets"].as_array().unwrap().iter().find(|m| m["node_xnos_minimum"].as_u64() > Some(0));
    net.set(&path, json!({ "stake_micro_xnos": 1 })).await;
    let join = json!({ "do": "join", "market": dear.unwrap()["address"] });
    assert!(net.refused(&path, join).await.contains("xNOS"));
}

#[tokio::test]
async fn extending_moves_the_deadline_and_cleaning_closes_the_account() {
    let net = Net::still().await;
    let running = node(&net.world().await, |node| node["chain"] == "running");
    let path = format!("/sim/jobs/{}", text(&running["job"]));
    net.set(&path, json!({ "do": "extend", "seconds": 100 })).await;
    let longer = node(&net.world().await, |node| node["address"] == running["address"]);
    assert_eq!(longer["deadline"].as_i64().unwrap(), running["deadline"].as_i64().unwrap() + 100);
    net.refused(&path, json!({ "do": "clean" })).await;
    net.set(&path, json!({ "do": "finish" })).await;
    net.set(&path, json!({ "do": "clean" })).await;
    let confirmed = json!([running["job"], { "encoding": "base64", "commitment": "confirmed" }]);
    assert_eq!(net.call("getAccountInfo", confirmed).await["result"]["value"], Value::Null);
    assert_eq!(job(&net.world().await, &running["job"])["cleaned"], true);
}
