//! The control calls: what they change, what they refuse, what they count.

use serde_json::{Value, json};
use sim::Config;

use crate::harness::{JOBS, Net, node, text};

#[tokio::test]
async fn the_start_contains_every_status() {
    let net = Net::start(Config { nodes: 14, speed: 0.0, ..Config::default() }).await;
    let world: Value = net.get("/sim/world?offline=0&stuck=0,0").await.json().await.unwrap();
    let has = |expect: Value| {
        let nodes = world["nodes"].as_array().unwrap();
        assert!(nodes.iter().any(|node| node["expect"] == expect), "nobody is {expect}");
    };
    let plain = |status: &str| json!({ "status": status, "silent": false, "stuck": false, "overdue": false });
    let with = |status: &str, flag: &str| {
        let mut expect = plain(status);
        expect[flag] = true.into();
        expect
    };
    for status in ["running", "queued", "offline", "unknown"] {
        has(plain(status));
    }
    has(with("running", "silent"));
    has(with("running", "overdue"));
    has(with("queued", "silent"));
    has(with("up", "stuck"));
    let poor =
        world["nodes"].as_array().unwrap().iter().filter(|n| n["sol_lamports"].as_u64() < Some(5_000_000));
    assert_eq!(poor.count(), 2);
    let world = net.world().await;
    assert!(world["nodes"].as_array().unwrap().iter().any(|n| n["expect"] == plain("up")));
}

#[tokio::test]
async fn a_seed_makes_one_world() {
    let addresses = async |seed| {
        let net = Net::start(Config { seed, speed: 0.0, ..Config::default() }).await;
        let world = net.world().await;
        let of = |what: &str| {
            let all = world[what].as_array().unwrap();
            all.iter().map(|one| one["address"].clone()).collect::<Vec<_>>()
        };
        (of("nodes"), of("markets"), of("jobs"))
    };
    let first = addresses(11).await;
    assert_eq!(addresses(11).await, first);
    assert_ne!(addresses(12).await, first);
}

#[tokio::test]
async fn every_field_of_a_node_can_be_set() {
    let net = Net::still().await;
    let world = net.world().await;
    let path = format!("/sim/nodes/{}", text(&world["nodes"][20]["address"]));
    let gpus = json!([{ "name": "Card", "uuid": "GPU-1", "memory_mb": 8000.5, "major": 8, "minor": 6 }]);
    let fields = json!({ "endpoint": "html", "endpoint_state": "BENCHMARKING", "version": "2.0.0",
        "gpus": gpus, "market": world["markets"][3]["address"], "sol_lamports": 0, "nos_micro": null,
        "stake_micro_xnos": 777, "tier": "OTHER" });
    let set = net.set(&path, fields.clone()).await;
    for (name, value) in fields.as_object().unwrap() {
        // A running node shows the market of its job.
        if name != "market" || set["chain"] == "none" {
            assert_eq!(&set[name], value, "{name}");
        }
    }
    let unstaked = net.set(&path, json!({ "time_unstake": 1_773_334_803 })).await;
    assert_eq!(
        (&unstaked["stake_micro_xnos"], &unstaked["time_unstake"]),
        (&json!(0), &json!(1_773_334_803))
    );
    let gone = net.set(&path, json!({ "stake_micro_xnos": null })).await;
    assert_eq!(gone["stake_micro_xnos"], Value::Null);
}

#[tokio::test]
async fn the_place_of_a_node_on_the_chain_can_be_set() {
    let net = Net::still().await;
    let up = node(&net.world().await, |node| node["endpoint"] == "up" && node["chain"] == "none");
    let path = format!("/sim/nodes/{}", text(&up["address"]));
    let running = net.set(&path, json!({ "chain": "running", "endpoint_state": null })).await;
    assert_eq!((&running["chain"], &running["endpoint_state"]), (&json!("running"), &json!("RUNNING_JOB")));
    let job = running["job"].clone();
    let queued = net.set(&path, json!({ "chain": "queued" })).await;
    assert_eq!((&queued["chain"], &queued["endpoint_state"]), (&json!("queued"), &json!("QUEUED")));
    let world = net.world().await;
    let done = world["jobs"].as_array().unwrap().iter().find(|one| one["address"] == job).unwrap().clone();
    assert_eq!((&done["state"], &done["run"], &done["result"]), (&json!(2), &Value::Null, &json!(true)));
    let first = net.set(&path, json!({ "position": 1 })).await;
    assert_eq!(first["position"], 1);
    let none = net.set(&path, json!({ "chain": "none" })).await;
    assert_eq!((&none["chain"], &none["position"]), (&json!("none"), &Value::Null));
    let overdue = net.set(&path, json!({ "chain": "running", "since": 1_700_000_000 })).await;
    assert_eq!(overdue["expect"]["overdue"], true);
}

#[tokio::test]
async fn a_finished_job_pays_the_node() {
    let net = Net::still().await;
    let late = node(&net.world().await, |node| node["expect"]["overdue"] == true);
    net.set(&format!("/sim/jobs/{}", text(&late["job"])), json!({ "do": "end" })).await;
    let world = net.world().await;
    let job = world["jobs"].as_array().unwrap().iter().find(|job| job["address"] == late["job"]).unwrap();
    let paid = job["price"].as_u64().unwrap() * job["timeout"].as_u64().unwrap();
    assert_eq!((&job["payout_micro_nos"], &job["result"]), (&json!(paid), &json!(false)));
    let after = node(&world, |node| node["address"] == late["address"]);
    assert_eq!(after["nos_micro"].as_u64().unwrap() - late["nos_micro"].as_u64().unwrap(), paid);
}

#[tokio::test]
async fn a_market_can_be_changed_and_its_queue_turned() {
    let net = Net::still().await;
    let path = format!("/sim/markets/{}", text(&net.world().await["markets"][0]["address"]));
    let fields = json!({ "price": 99, "node_xnos_minimum": 5, "access_key": JOBS });
    let set = net.set(&path, fields.clone()).await;
    for (name, value) in fields.as_object().unwrap() {
        assert_eq!(&set[name], value, "{name}");
    }
    for (kind, length) in [("job", 3), ("empty", 0), ("node", 0)] {
        let set = net.set(&path, json!({ "queue_type": kind })).await;
        assert_eq!((&set["queue_type"], &set["queue_length"]), (&json!(kind), &json!(length)));
    }
}

#[tokio::test]
async fn bad_input_is_refused_with_a_sentence() {
    let net = Net::still().await;
    let world = net.world().await;
    let address = |what: &str| text(&world[what][0]["address"]).to_owned();
    let node = format!("/sim/nodes/{}", address("nodes"));
    assert!(net.refused(&node, json!({ "colour": "red" })).await.contains("endpoint_state"));
    assert!(net.refused(&node, json!({ "endpoint": "gone" })).await.contains("hang"));
    net.refused(&node, json!({ "market": JOBS })).await;
    net.refused(&node, json!({ "do": "kick" })).await;
    net.refused(&node, json!({ "do": "join", "chain": "queued" })).await;
    assert!(net.refused("/sim/faults", json!({ "rpc": "sad" })).await.contains("redirect"));
    assert!(net.refused("/sim/faults", json!({ "ws": "sad" })).await.contains("silent"));
    assert!(net.refused("/sim/faults", json!({ "rain": "ok" })).await.contains("endpoints"));
    net.refused("/sim/clock", json!({ "speed": -1 })).await;
    net.refused("/sim/clock", json!({})).await;
    net.refused("/sim/limits", json!({ "rpc_per_10s": "many" })).await;
    net.refused(&format!("/sim/jobs/{}", address("jobs")), json!({ "do": "eat" })).await;
    net.refused(&format!("/sim/markets/{}", address("markets")), json!({ "queue_type": "cat" })).await;
    assert_eq!(net.get("/sim/world?offline=soon").await.status(), 400);
    assert_eq!(net.get("/sim/world?stuck=600").await.status(), 400);
    for what in ["nodes", "jobs", "markets"] {
        let body = if what == "jobs" { json!({ "do": "quit" }) } else { json!({}) };
        let (status, _) = net.post(&format!("/sim/{what}/{JOBS}"), body).await;
        assert_eq!(status, 404, "{what}");
    }
}

#[tokio::test]
async fn requests_are_counted_until_forgotten() {
    let net = Net::still().await;
    net.accounts(120).await;
    net.get("/node/nobody/node/info").await;
    let counts: Value = net.get("/sim/requests").await.json().await.unwrap();
    let expected = json!({ "paths": { "/rpc/a": 1, "/node/nobody/node/info": 1 },
        "methods": { "getProgramAccounts": 1 } });
    assert_eq!(counts, expected);
    net.http.delete(net.url("/sim/requests")).send().await.unwrap();
    let counts: Value = net.get("/sim/requests").await.json().await.unwrap();
    assert_eq!(counts, json!({ "paths": {}, "methods": {} }));
    let messages: Value = net.get("/sim/messages").await.json().await.unwrap();
    assert_eq!(messages, json!([]));
}

#[tokio::test]
async fn a_broken_tunnel_is_expected_to_say_nothing_of_silence() {
    let net = Net::still().await;
    net.set("/sim/faults", json!({ "endpoints": "down" })).await;
    let world: Value = net.get("/sim/world?offline=0").await.json().await.unwrap();
    for node in world["nodes"].as_array().unwrap() {
        let expected = if node["chain"] == "none" { &json!("unknown") } else { &node["chain"] };
        assert_eq!(&node["expect"]["status"], expected);
        assert_eq!(node["expect"]["silent"], false);
    }
}
