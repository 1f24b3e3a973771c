//! The network lives at its speed, and stands at speed 0.

use serde_json::{Value, json};
use sim::Config;

use crate::harness::{A_WHILE, Net, until};

fn done(world: &Value) -> usize {
    world["jobs"].as_array().unwrap().iter().filter(|job| job["state"] == 2).count()
}

#[tokio::test]
async fn jobs_finish_and_queues_move_around_the_pinned_nodes() {
    let net = Net::start(Config { speed: 600.0, ..Config::default() }).await;
    let pinned = |world: &Value| {
        let of = |node: &Value| (node["chain"].clone(), node["run"].clone(), node["endpoint_state"].clone());
        world["nodes"].as_array().unwrap()[..14].iter().map(of).collect::<Vec<_>>()
    };
    let start = net.world().await;
    let later = until(&net, "ten jobs done", |world| done(world) >= 10).await;
    assert_eq!(pinned(&start), pinned(&later));
    assert!(later["slot"].as_u64() > start["slot"].as_u64());
}

#[tokio::test]
async fn a_held_network_stands_and_goes_on_when_let_go() {
    let net = Net::still().await;
    let queues = |world: &Value| -> Vec<Value> {
        world["markets"].as_array().unwrap().iter().map(|market| market["queue"].clone()).collect()
    };
    let start = net.world().await;
    tokio::time::sleep(A_WHILE).await;
    let later = net.world().await;
    assert_eq!(queues(&start), queues(&later));
    assert_eq!(start["jobs"], later["jobs"]);
    net.set("/sim/clock", json!({ "speed": 900 })).await;
    until(&net, "a job done", |world| done(world) > 0).await;
}

#[tokio::test]
async fn a_stopped_simulator_answers_nobody() {
    let net = Net::still().await;
    let url = net.url("/sim/world");
    net.sim.stop().await;
    assert!(net.http.get(url).send().await.is_err());
}
