//! When we cannot see, we say so: no node is called offline, no job finished, and sight comes back by itself.

use serde_json::{Value, json};
use store::on_both;

use crate::{
    person::Person,
    truth::{agree, settled, words},
    world::{World, eventually},
};

async fn blind(person: &Person, source: &str) -> Value {
    eventually("blindness", || async {
        let network = person.get("/api/network").await.body;
        let sources = network["blind"]["sources"].as_array().cloned().unwrap_or_default();
        let found = sources.iter().find(|entry| entry["source"] == source).cloned();
        found.ok_or_else(|| network["blind"].to_string())
    })
    .await
}

async fn sighted(person: &Person) {
    eventually("sight", || async {
        let network = person.get("/api/network").await.body;
        if network["blind"].is_null() { Ok(()) } else { Err(network["blind"].to_string()) }
    })
    .await;
}

async fn kinds(person: &Person) -> Vec<String> {
    let log = person.get("/api/log?limit=200").await.body;
    log["entries"]
        .as_array()
        .unwrap()
        .iter()
        .map(|entry| entry["kind"].as_str().unwrap().to_owned())
        .collect()
}

/// Through one fault of the RPC: it is named, nobody moves to offline, nothing finishes, and all is well again after.
async fn through(world: &World, person: &Person, fault: &str, why: &[&str]) {
    let (before, told) = (person.nodes().await, kinds(person).await);
    world.control("faults", &json!({ "rpc": fault })).await;
    let said = blind(person, "chain").await;
    assert!(why.contains(&said["why"].as_str().unwrap()), "{fault}: {said}");
    assert!(said["since"].is_string());
    // Longer than every threshold: three periods, and the offline time.
    let unknown = eventually("unknown nodes", || async {
        let nodes = person.nodes().await;
        let known: Vec<_> = nodes.iter().filter(|node| node["chain"]["state"] == "none").map(words).collect();
        if known.is_empty() { Ok(nodes) } else { Err(format!("{fault}: {known:?}")) }
    })
    .await;
    for (was, is) in before.iter().zip(&unknown) {
        let kept = is["status"] == was["status"] || is["status"] == "unknown";
        assert!(kept, "{fault}: {} became {}", words(was), words(is));
        assert!(is["status"] != "offline", "{fault}: {is}");
        if is["chain"]["state"] == "unknown" {
            assert_eq!(
                is["chain"]["last"]["state"], was["chain"]["state"],
                "{fault}: what it was last is remembered"
            );
        }
    }
    let news: Vec<String> = kinds(person).await;
    let news = &news[..news.len() - told.len()];
    // *Stuck* is said of nodes whose last good look is still fresh, and anew after each blindness: only what was seen
    // counts for it.
    let allowed = |kind: &String| matches!(kind.as_str(), "blind" | "sighted" | "stuck");
    assert!(news.iter().all(allowed), "{fault}: only our own blindness is told, not {news:?}");
    world.control("faults", &json!({ "rpc": "ok" })).await;
    sighted(person).await;
    agree(world, person).await;
    let after: Vec<String> = kinds(person).await;
    let after = &after[..after.len() - told.len()];
    assert!(after.iter().all(allowed), "{fault}: {after:?}");
}

on_both! {
    async fn an_emptied_list_moves_nobody(bed) {
        let world = World::new(bed).await;
        let person = settled(&world).await;
        through(&world, &person, "empty", &["rpc_empty_list"]).await;
        world.end().await;
    }

    async fn a_shortened_list_moves_nobody(bed) {
        let world = World::new(bed).await;
        let person = settled(&world).await;
        through(&world, &person, "short", &["rpc_short_list"]).await;
        world.end().await;
    }

    async fn a_throttled_chain_moves_nobody(bed) {
        let world = World::new(bed).await;
        let person = settled(&world).await;
        through(&world, &person, "429", &["rpc_throttled"]).await;
        world.end().await;
    }

    async fn garbage_moves_nobody(bed) {
        let world = World::new(bed).await;
        let person = settled(&world).await;
        through(&world, &person, "garbage", &["rpc_garbage"]).await;
        through(&world, &person, "zeros", &["rpc_bad_account", "rpc_empty_list"]).await;
        through(&world, &person, "stale", &["rpc_stale"]).await;
        world.end().await;
    }

    async fn a_chain_that_never_answers_moves_nobody(bed) {
        let world = World::new(bed).await;
        let person = settled(&world).await;
        through(&world, &person, "hang", &["rpc_timeout"]).await;
        world.end().await;
    }

    async fn a_stopped_tunnel_makes_nobody_silent(bed) {
        let world = World::new(bed).await;
        let person = settled(&world).await;
        let told = kinds(&person).await.len();
        world.control("faults", &json!({ "endpoints": "down" })).await;
        let said = blind(&person, "endpoints").await;
        assert_eq!(said["why"], "no_witness");
        eventually("unknown endpoints", || async {
            let nodes = person.nodes().await;
            let up = nodes.iter().filter(|node| node["endpoint"]["state"] != "unknown").count();
            if up == 0 { Ok(()) } else { Err(format!("{up} endpoints are still known")) }
        }).await;
        for node in person.nodes().await {
            assert!(node["status"] != "offline" && node["silent"] == false, "{node}");
        }
        let news = kinds(&person).await;
        assert!(news[..news.len() - told].iter().all(|kind| kind == "blind"), "{news:?}");
        world.control("faults", &json!({ "endpoints": "ok" })).await;
        sighted(&person).await;
        world.end().await;
    }
}
