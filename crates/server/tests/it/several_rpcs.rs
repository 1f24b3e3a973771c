//! Several RPC endpoints: what one tells wrongly another tells right, and an administrator sees which is which.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use store::{on_both, testbed::Bed};
use tokio::time::Instant;

use crate::{
    person::Person,
    truth::agree,
    world::{EMAIL, PASSWORD, World, eventually},
};

/// A server that reads three endpoints, and its administrator, who watches everything.
async fn three(bed: &Bed) -> (World, Person) {
    let mut world = World::new(bed).await;
    let person = world.set_up().await;
    let url = world.sim.url().to_owned();
    let rpcs = ["a", "b", "c"].map(|place| format!("{url}/rpc/{place}?api-key=s3cr3ts3cr3t"));
    world
        .change(|settings| {
            settings.solana_rpc = Some(rpcs.join(","));
            crate::world::open(settings);
        })
        .await;
    let person = person.at(&world);
    let nodes = world.addresses().await;
    assert_eq!(person.post("/api/nodes", &json!({ "addresses": nodes })).await.status, 201);
    agree(&world, &person).await;
    (world, person)
}

async fn rpcs(person: &Person) -> Vec<Value> {
    person.get("/api/sources").await.body["rpc"].as_array().unwrap().clone()
}

async fn stands(person: &Person, index: usize, state: &str, why: Option<&str>) {
    eventually(&format!("endpoint {index} {state}"), || async {
        let rpc = rpcs(person).await.remove(index);
        if rpc["state"] == state && rpc["why"].as_str() == why { Ok(()) } else { Err(rpc.to_string()) }
    })
    .await;
}

/// Requests to each endpoint since this was asked last.
async fn asked(world: &World) -> [u64; 3] {
    let url = format!("{}/sim/requests", world.sim.url());
    let counts: Value = world.http.get(&url).send().await.unwrap().json().await.unwrap();
    world.http.delete(&url).send().await.unwrap();
    let paths: BTreeMap<String, u64> = serde_json::from_value(counts["paths"].clone()).unwrap();
    ["a", "b", "c"].map(|place| paths.get(&format!("/rpc/{place}")).copied().unwrap_or(0))
}

/// With the first endpoint broken like this, a change on chain is shown, nobody is blind, and the first is demoted.
async fn one_is_wrong(bed: &Bed, fault: &str, state: &str, why: &str) {
    let (world, person) = three(bed).await;
    world.control("faults", &json!({ "rpc": { "a": fault } })).await;
    stands(&person, 0, state, Some(why)).await;
    let node = world.addresses().await.remove(0);
    for chain in ["queued", "running"] {
        world.control(&format!("nodes/{node}"), &json!({ "chain": chain })).await;
        agree(&world, &person).await;
    }
    assert_eq!(person.get("/api/network").await.body["blind"], Value::Null);
    let log = person.get("/api/log?limit=200").await.body;
    assert!(log["entries"].as_array().unwrap().iter().all(|entry| entry["kind"] != "blind"), "{log}");
    let good = rpcs(&person).await.into_iter().find(|rpc| rpc["state"] == "ok").unwrap();
    assert!(good["last_good"].is_string() && good["slot"].as_u64().unwrap() > 0, "{good}");
    assert!(good["calls"].as_u64().unwrap() > 0 && good["latency_ms"].is_u64(), "{good}");
    world.control("faults", &json!({ "rpc": "ok" })).await;
    stands(&person, 0, "ok", None).await;
    world.end().await;
}

on_both! {
    async fn a_stale_endpoint_is_demoted_and_the_truth_is_shown(bed) {
        one_is_wrong(bed, "stale", "demoted", "rpc_stale").await;
    }

    async fn a_shortening_endpoint_is_demoted_and_the_truth_is_shown(bed) {
        one_is_wrong(bed, "short", "demoted", "rpc_short_list").await;
    }

    async fn a_failing_endpoint_is_passed_over(bed) {
        one_is_wrong(bed, "500", "failing", "rpc_http_error").await;
    }

    async fn throttled_by_all_we_say_so_at_once_and_ask_nobody_early(bed) {
        let (world, person) = three(bed).await;
        let nodes = world.addresses().await.len();
        world.control("faults", &json!({ "rpc": "429" })).await;
        eventually("blindness", || async {
            let blind = person.get("/api/network").await.body["blind"].clone();
            if blind["why"] == "rpc_throttled" { Ok(()) } else { Err(blind.to_string()) }
        }).await;
        asked(&world).await;
        let began = Instant::now();
        let mut untils = 0;
        for _ in 0..8 {
            let answer = person.post("/api/nodes/refresh-all-status", &json!({})).await;
            assert_eq!(answer.status, 200, "{}", answer.body);
            let errors = answer.body["errors"].as_array().unwrap();
            assert_eq!((errors.len(), answer.body["updated"].as_u64()), (nodes, Some(0)), "{}", answer.body);
            assert!(errors.iter().all(|error| error["error"] == "rpc_throttled"), "{}", answer.body);
            untils += usize::from(errors[0]["until"].is_string());
        }
        assert!(untils > 0, "until when nobody is asked was never said");
        // The simulator asks for two seconds; whoever presses the button, and however often.
        let most = began.elapsed().as_secs() / 2 + 2;
        let each = asked(&world).await;
        assert!(each.iter().all(|calls| *calls <= most), "{each:?}, at most {most}");
        assert!(rpcs(&person).await.iter().any(|rpc| rpc["why"] == "rpc_throttled"));
        world.control("faults", &json!({ "rpc": "ok" })).await;
        eventually("sight", || async {
            let blind = person.get("/api/network").await.body["blind"].clone();
            if blind.is_null() { Ok(()) } else { Err(blind.to_string()) }
        }).await;
        agree(&world, &person).await;
        // One of the simulator's nodes has a stranger in its place, and its endpoint stays unknown.
        let answer = person.post("/api/nodes/refresh-all-status", &json!({})).await;
        let errors: Vec<_> = answer.body["errors"].as_array().unwrap().iter().map(|error| &error["error"]).collect();
        assert_eq!((&answer.body["updated"], errors), (&json!(nodes - 1), vec![&json!("not_json")]), "{}", answer.body);
        world.end().await;
    }

    async fn twenty_people_who_ask_at_once_share_a_look_or_two(bed) {
        let change = |settings: &mut server::cli::Settings| {
            settings.scan_seconds = Some("3600".into());
            settings.solana_ws = Some("off".into());
        };
        let world = World::with(bed, change).await;
        let person = world.set_up().await;
        let nodes = world.addresses().await;
        assert_eq!(person.post("/api/nodes", &json!({ "addresses": nodes })).await.status, 201);
        let refresh = || async {
            assert_eq!(person.post("/api/nodes/refresh-all-status", &json!({})).await.status, 200);
        };
        eventually("balances", || async {
            let unknown = person.nodes().await.iter().filter(|node| node["sol_lamports"]["value"].is_null()).count();
            if unknown == 0 { Ok(()) } else { Err(format!("{unknown} are unknown")) }
        }).await;
        // The second begins when everything that the first led to is done.
        refresh().await;
        refresh().await;
        let runs = person.get("/api/network").await.body["runs"].as_u64().unwrap();
        asked(&world).await;
        futures_util::future::join_all((0..20).map(|_| refresh())).await;
        let calls: u64 = asked(&world).await.iter().sum();
        let one = 2 + runs.div_ceil(100);
        assert!(calls == one || calls == 2 * one, "{calls} calls, {one} a scan");
        world.end().await;
    }

    async fn sources_are_for_administrators_and_show_no_key(bed) {
        let (world, person) = three(bed).await;
        eventually("a round", || async {
            let sources = person.get("/api/sources").await.body;
            if sources["endpoints"]["took_ms"].is_u64() { Ok(()) } else { Err(sources.to_string()) }
        }).await;
        let sources = person.get("/api/sources").await;
        assert_eq!((sources.status, sources.body["rpc"].as_array().unwrap().len()), (200, 3));
        assert_eq!(sources.body["rpc"][0]["name"], world.sim.url());
        assert!(sources.body["endpoints"]["asked"].as_u64().unwrap() > 0);
        assert!(!sources.body.to_string().contains("s3cr3t"), "{}", sources.body);
        let nobody = Person::nobody(&world);
        assert_eq!(nobody.get("/api/sources").await.status, 401);
        let made = nobody.post("/api/auth/register", &json!({ "email": format!("other-{EMAIL}"), "password": PASSWORD })).await;
        assert_eq!(made.status, 200, "{}", made.body);
        let member = nobody.with_cookie_of(&made);
        let refused = member.get("/api/sources").await;
        assert_eq!((refused.status, refused.body["code"].as_str()), (403, Some("forbidden")));
        world.end().await;
    }

    async fn a_blindness_outlasts_a_restart_and_is_told_once(bed) {
        let (mut world, person) = three(bed).await;
        let blind = |person: Person| async move {
            eventually("blindness", || async {
                let blind = person.get("/api/network").await.body["blind"].clone();
                if blind["why"] == "rpc_http_error" { Ok(blind) } else { Err(blind.to_string()) }
            }).await
        };
        world.control("faults", &json!({ "rpc": "500" })).await;
        let before = blind(person.at(&world)).await;
        world.restart().await;
        let person = person.at(&world);
        let after = person.get("/api/network").await.body["blind"].clone();
        assert_eq!(after, before, "known at the first request");
        let kinds = |log: &Value, kind: &str| {
            log["entries"].as_array().unwrap().iter().filter(|entry| entry["kind"] == kind).count()
        };
        eventually("looks after the restart", || async {
            let rpc = rpcs(&person).await;
            let looked = rpc.first().is_some_and(|rpc| rpc["failures"].as_u64() >= Some(3));
            if looked { Ok(()) } else { Err(json!(rpc).to_string()) }
        }).await;
        assert_eq!(blind(person.at(&world)).await["since"], before["since"]);
        world.control("faults", &json!({ "rpc": "ok" })).await;
        let log = eventually("sight", || async {
            let log = person.get("/api/log?limit=200").await.body;
            if kinds(&log, "sighted") > 0 { Ok(log) } else { Err(log.to_string()) }
        }).await;
        assert_eq!((kinds(&log, "blind"), kinds(&log, "sighted")), (1, 1), "{log}");
        agree(&world, &person).await;
        world.end().await;
    }
}
