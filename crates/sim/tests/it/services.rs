//! The network's HTTP APIs: they agree with the chain, keep their limits and break as they are told.

use serde_json::{Value, json};

use crate::harness::{Net, text};

async fn get(net: &Net, path: &str) -> (u16, Value) {
    let answer = net.get(path).await;
    (answer.status().as_u16(), answer.json().await.unwrap_or(Value::Null))
}

#[tokio::test]
async fn every_market_on_the_chain_has_a_name() {
    let net = Net::still().await;
    let world = net.world().await;
    let (_, named) = get(&net, "/host/markets/").await;
    let named = named.as_array().unwrap();
    for market in world["markets"].as_array().unwrap() {
        let entry = named.iter().find(|entry| entry["address"] == market["address"]).unwrap();
        let pays = entry["nos_reward_per_second"].as_f64().unwrap() * 1e6;
        assert!((pays - market["price"].as_f64().unwrap()).abs() < 1e-6, "{entry}");
        let (_, alone) = get(&net, &format!("/host/markets/{}", text(&entry["slug"]))).await;
        assert_eq!(alone, *entry);
    }
    let minimum = net.get("/host/nodes/minimum-required-version").await.text().await.unwrap();
    let nodes = world["nodes"].as_array().unwrap();
    assert!(nodes.iter().any(|node| node["version"] == minimum.as_str()));
    assert!(nodes.iter().any(|node| node["version"] != minimum.as_str()));
}

#[tokio::test]
async fn the_indexer_tells_the_jobs_of_the_chain() {
    let net = Net::still().await;
    let world = net.world().await;
    let runs = world["jobs"].as_array().unwrap().iter().filter(|job| !job["run"].is_null());
    let runs: Vec<&Value> = runs.collect();
    let (_, page) = get(&net, "/indexer/jobs/?limit=50&state=RUNNING").await;
    assert_eq!(page["totalJobs"], runs.len());
    let starts: Vec<i64> =
        page["jobs"].as_array().unwrap().iter().map(|job| job["timeStart"].as_i64().unwrap()).collect();
    assert!(starts.is_sorted_by(|newer, older| newer >= older), "newest first");
    let of_one = get(&net, &format!("/indexer/jobs/?node={}", text(&runs[0]["node"]))).await.1;
    assert!(of_one["jobs"].as_array().unwrap().iter().any(|job| job["address"] == runs[0]["address"]));
    assert_eq!(get(&net, &format!("/indexer/jobs/{}", text(&runs[0]["address"]))).await.1["state"], 1);
    assert_eq!(get(&net, "/indexer/jobs/nothing").await.0, 404);
}

#[tokio::test]
async fn the_indexer_asks_for_patience_after_twenty_calls() {
    let net = Net::still().await;
    for _ in 0..20 {
        assert_eq!(get(&net, "/indexer/jobs/?limit=1").await.0, 200);
    }
    let answer = net.get("/indexer/jobs/?limit=1").await;
    assert_eq!((answer.status().as_u16(), answer.headers()["retry-after"].to_str().unwrap()), (429, "2"));
    assert_eq!(get(&net, "/indexer/health").await.0, 200, "only lists are limited");
    net.set("/sim/limits", json!({ "indexer_per_30s": null })).await;
    assert_eq!(get(&net, "/indexer/jobs/?limit=1").await.0, 200);
}

#[tokio::test]
async fn each_api_breaks_by_itself() {
    let net = Net::still().await;
    for (fault, status) in [("429", 429), ("500", 500), ("off", 404), ("shift", 200), ("garbage", 200)] {
        net.set("/sim/faults", json!({ "host": fault })).await;
        let (said, body) = get(&net, "/host/markets/").await;
        assert_eq!((said, body.is_array()), (status, false), "{fault}");
        assert_eq!(get(&net, "/indexer/jobs/?limit=1").await.0, 200, "{fault}");
    }
    net.set("/sim/faults", json!({ "host": "ok", "indexer": "500" })).await;
    assert!(get(&net, "/host/markets/").await.1.is_array());
    assert_eq!(get(&net, "/indexer/jobs/?limit=1").await.0, 500);
    assert!(net.refused("/sim/faults", json!({ "host": "sideways" })).await.contains("shift"));
}

#[tokio::test]
async fn the_watching_program_is_told_where_they_are() {
    let net = Net::still().await;
    let env = net.sim.env();
    for (name, path) in [("WAKEFUL_HOST_API_URL", "/markets/"), ("WAKEFUL_INDEXER_URL", "/jobs/?limit=1")] {
        let (_, base) = env.iter().find(|(key, _)| *key == name).unwrap();
        assert!(net.http.get(format!("{base}{path}")).send().await.unwrap().status().is_success(), "{name}");
    }
}
