//! A whole network is read as it is, in few calls, and what ends in it is proven.

use std::collections::BTreeMap;

use domain::{
    address::Address,
    chain::{Chain, ChainAxis, Look},
    job::Outcome,
    network::Network,
    reading::Reading,
    rules::Rules,
    time::Timestamp,
};
use serde_json::{Value, json};

use crate::{
    served::{at, patient},
    world::{World, address, look},
};

/// What two scans make the chain axis of each node say.
fn chains(network: &Network, nodes: &[Value]) -> BTreeMap<Address, Chain> {
    let places = network.places();
    let mut said = BTreeMap::new();
    for node in nodes {
        let address = address(&node["address"]);
        let claim = places.get(&address).unwrap_or_default();
        let look = Look::Seen { claim, absence_doubted: None, slot: network.slot };
        let rules = Rules::default();
        let axis = ChainAxis::new(at(0)).observe(look.clone(), at(1), &rules).observe(look, at(31), &rules);
        let Reading::Known { value, .. } = axis.reading else { panic!("{axis:?}") };
        said.insert(address, value);
    }
    let strangers: Vec<_> = places.nodes().filter(|node| !said.contains_key(*node)).collect();
    assert!(strangers.is_empty(), "nodes nobody has: {strangers:?}");
    said
}

#[tokio::test]
async fn every_node_is_found_where_it_is() {
    let world = World::start(60).await;
    let (rpc, mut network) = (world.rpc(patient()), Network::default());
    let absorbed = look(&rpc, &mut network, at(1_000)).await.unwrap();
    assert_eq!((absorbed.absence_doubted, absorbed.closed.len()), (None, 0));
    let nodes = world.nodes().await;
    let said = chains(&network, &nodes);
    for node in &nodes {
        let chain = &said[&address(&node["address"])];
        assert_eq!(chain.word(), node["chain"], "{node}");
        match chain {
            Chain::Running(running) => {
                assert_eq!(json!([running.run, running.job]), json!([node["run"], node["job"]]));
                assert_eq!(running.deadline().map(Timestamp::unix_seconds), node["deadline"].as_i64());
                assert_eq!((running.market, running.more), (Some(address(&node["market"])), 0));
            }
            Chain::Queued(queued) => {
                let place = json!([queued.market, queued.position]);
                assert_eq!(place, json!([node["market"], node["position"]]));
            }
            Chain::None => assert_eq!(node["run"], Value::Null),
        }
    }
    let words: std::collections::BTreeSet<_> = said.values().map(Chain::word).collect();
    assert_eq!(words.len(), 3, "the world has every state");
}

#[tokio::test]
async fn the_calls_of_a_scan_do_not_grow_with_the_nodes() {
    for nodes in [14, 60, 400] {
        let world = World::start(nodes).await;
        let (rpc, mut network) = (world.rpc(patient()), Network::default());
        look(&rpc, &mut network, at(1_000)).await.unwrap();
        let runs = u64::try_from(network.runs.len()).unwrap();
        assert!(runs > 0);
        assert_eq!(rpc.calls(), 2 + runs.div_ceil(100), "{nodes} nodes, {runs} runs");
        assert_eq!(network.jobs.len(), network.runs.len());
    }
}

/// Runs one instruction on a running job and scans again; how its run ended.
async fn ended_by(instruction: &str) -> (Outcome, Option<i64>, bool) {
    let world = World::start(30).await;
    let (rpc, mut network) = (world.rpc(patient()), Network::default());
    look(&rpc, &mut network, at(1_000)).await.unwrap();
    let (run, job) = network.runs.iter().map(|(address, seen)| (*address, seen.value.job)).next().unwrap();
    world.tell(&format!("/sim/jobs/{job}"), &json!({ "do": instruction })).await;
    let before = rpc.calls();
    let absorbed = look(&rpc, &mut network, at(1_004)).await.unwrap();
    assert_eq!(rpc.calls() - before, 4, "two lists, the jobs, and one call for what is missing");
    let closed = absorbed.closed.first().unwrap();
    assert_eq!((closed.address, absorbed.closed.len(), absorbed.absence_doubted), (run, 1, None));
    assert!(!network.runs.contains_key(&run));
    (closed.ending.outcome, closed.ending.paid, closed.ending.last_word)
}

#[tokio::test]
async fn a_run_that_is_gone_tells_how_it_ended() {
    let (outcome, paid, last_word) = ended_by("finish").await;
    assert_eq!((outcome, paid.is_some_and(|paid| paid > 0), last_word), (Outcome::Finished, true, true));
    let (outcome, paid, _) = ended_by("end").await;
    assert_eq!((outcome, paid.is_some_and(|paid| paid > 0)), (Outcome::EndedByDeployer, true));
    assert_eq!(ended_by("quit").await, (Outcome::Failed, Some(0), true));
    assert_eq!(ended_by("quit_admin").await, (Outcome::Abandoned, Some(0), true));
}

#[tokio::test]
async fn a_claimed_job_runs_although_it_says_stopped() {
    let world = World::start(30).await;
    let (rpc, mut network) = (world.rpc(patient()), Network::default());
    look(&rpc, &mut network, at(1_000)).await.unwrap();
    let job = network.runs.values().map(|seen| seen.value.job).next().unwrap();
    world.tell(&format!("/sim/jobs/{job}"), &json!({ "do": "quit" })).await;
    world.tell(&format!("/sim/jobs/{job}"), &json!({ "do": "claim" })).await;
    let absorbed = look(&rpc, &mut network, at(1_004)).await.unwrap();
    assert_eq!(absorbed.closed.first().map(|closed| closed.ending.outcome), Some(Outcome::Failed));
    assert!(network.runs.values().any(|seen| seen.value.job == job));
    let said = chains(&network, &world.nodes().await);
    let running = |chain: &&Chain| matches!(chain, Chain::Running(running) if running.job == job);
    assert_eq!(said.values().filter(running).count(), 1);
}
