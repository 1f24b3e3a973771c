//! What the chain pushes is shown without a scan; what it does not, or when it cannot, the scans bring.

use serde_json::{Value, json};
use store::on_both;

use crate::{
    live::Stream,
    person::Person,
    tls::Front,
    world::{World, eventually},
};

/// An hour: no scan comes by itself within a test.
const NO_SCAN: &str = "3600";

/// The calls of a method since the simulator's start.
async fn calls(world: &World, method: &str) -> u64 {
    requests(world, "methods", method).await
}

async fn requests(world: &World, kind: &str, name: &str) -> u64 {
    let asked = world.http.get(format!("{}/sim/requests", world.sim.url())).send().await.unwrap();
    asked.json::<Value>().await.unwrap()[kind][name].as_u64().unwrap_or(0)
}

/// A person who watches every node, once the push connection is open and the scan after its opening is done.
async fn listening(world: &World) -> Person {
    let person = watching(world).await;
    // One scan at the start, and one because the connection has opened.
    eventually("an open push connection", || async {
        let (subscribed, runs) =
            (calls(world, "programSubscribe").await, calls(world, "accountSubscribe").await);
        let lists = calls(world, "getProgramAccounts").await;
        if subscribed >= 1 && runs >= 1 && lists >= 4 {
            Ok(())
        } else {
            Err(format!("{subscribed} {runs} {lists}"))
        }
    })
    .await;
    person
}

/// A person who watches every node, once those that are in a place are shown there.
async fn watching(world: &World) -> Person {
    let person = world.set_up().await;
    let nodes = world.addresses().await;
    assert_eq!(person.post("/api/nodes", &json!({ "addresses": nodes })).await.status, 201);
    eventually("the places of the first scan", || async {
        let truth = world.truth().await;
        let shown = person.nodes().await;
        for node in truth["nodes"].as_array().unwrap().iter().filter(|node| node["chain"] != "none") {
            let is = shown.iter().find(|shown| shown["address"] == node["address"]).unwrap();
            if is["chain"]["state"] != node["chain"] {
                return Err(is.to_string());
            }
        }
        Ok(())
    })
    .await;
    person
}

async fn becomes(person: &Person, node: &str, state: &str) -> Value {
    eventually(&format!("{node} {state}"), || async {
        let nodes = person.nodes().await;
        let shown = nodes.iter().find(|shown| shown["address"] == node).unwrap();
        if shown["chain"]["state"] == state { Ok(shown.clone()) } else { Err(shown.to_string()) }
    })
    .await
}

/// Its place in its queue, once it is shown where it truly is.
async fn placed(world: &World, person: &Person, node: &str) -> u64 {
    eventually(&format!("the place of {node}"), || async {
        let (truth, shown) = (world.truth().await, person.nodes().await);
        let truth =
            truth["nodes"].as_array().unwrap().iter().find(|one| one["address"] == node).unwrap().clone();
        let chain = shown.iter().find(|one| one["address"] == node).unwrap()["chain"].clone();
        if (&chain["market"], &chain["position"]) == (&truth["market"], &truth["position"]) {
            Ok(chain["position"].as_u64().unwrap())
        } else {
            Err(chain.to_string())
        }
    })
    .await
}

/// The first node in the truth of a kind.
async fn one(world: &World, wanted: impl Fn(&Value) -> bool) -> String {
    let truth = world.truth().await;
    let node = truth["nodes"].as_array().unwrap().iter().find(|node| wanted(node)).unwrap().clone();
    node["address"].as_str().unwrap().to_owned()
}

on_both! {
    async fn a_job_that_starts_and_ends_is_shown_with_no_scan_due(bed) {
        let world = World::with(bed, |settings| settings.scan_seconds = Some(NO_SCAN.into())).await;
        let person = listening(&world).await;
        let node = one(&world, |node| node["chain"] == "queued" && node["endpoint"] == "up").await;
        let mut stream = Stream::open(&person, "").await;
        stream.until("the network", |message| message.event == "network").await;
        world.control(&format!("nodes/{node}"), &json!({ "chain": "running" })).await;
        let told = stream.until("the running node", |message| {
            message.event == "node" && message.data["address"] == node && message.data["chain"]["state"] == "running"
        }).await;
        assert!(told.data["chain"]["job"].is_string(), "{told:?}");
        let shown = becomes(&person, &node, "running").await;
        assert_eq!(shown["status"], "running");
        world.control(&format!("nodes/{node}"), &json!({ "chain": "queued" })).await;
        becomes(&person, &node, "queued").await;
        // How it ended is read, not guessed: by the scan that the closed run asks for.
        eventually("the finished job", || async {
            let detail = person.get(&format!("/api/nodes/{node}")).await.body;
            let finished = detail["jobs"].as_array().unwrap().iter().any(|job| job["outcome"] == "finished");
            if finished { Ok(()) } else { Err(detail["jobs"].to_string()) }
        }).await;
        world.end().await;
    }

    async fn a_queue_moves_at_once_and_who_vanished_from_it_waits_for_a_second_look(bed) {
        let world = World::with(bed, |settings| settings.scan_seconds = Some(NO_SCAN.into())).await;
        let person = listening(&world).await;
        let market = world.truth().await["nodes"].as_array().unwrap().iter()
            .find(|node| node["chain"] == "queued").unwrap()["market"].clone();
        // Two who were elsewhere stand in one queue, one behind the other.
        let (first, second) = (world.addresses().await.remove(0), world.addresses().await.remove(1));
        for node in [&first, &second] {
            world.control(&format!("nodes/{node}"), &json!({ "chain": "none" })).await;
            world.control(&format!("nodes/{node}"), &json!({ "chain": "queued", "market": market })).await;
        }
        let before = placed(&world, &person, &second).await;
        assert!(before > 1 && placed(&world, &person, &first).await == before - 1);
        let lists = calls(&world, "getProgramAccounts").await;
        world.control(&format!("nodes/{first}"), &json!({ "do": "kick" })).await;
        assert_eq!(placed(&world, &person, &second).await, before - 1);
        eventually("a scan for who vanished", || async {
            let now = calls(&world, "getProgramAccounts").await;
            if now > lists { Ok(()) } else { Err(now.to_string()) }
        }).await;
        let shown = becomes(&person, &first, "queued").await;
        assert_eq!(shown["status"], "queued", "one look is no proof: {shown}");
        // A second look counts once it is no part of the same moment.
        eventually("a second look that agrees", || async {
            let look = person.post("/api/nodes/refresh-all-status", &json!({})).await;
            assert_eq!(look.status, 200, "{}", look.body);
            let nodes = person.nodes().await;
            let chain = &nodes.iter().find(|shown| shown["address"] == first.as_str()).unwrap()["chain"];
            if chain["state"] == "none" { Ok(()) } else { Err(chain.to_string()) }
        }).await;
        world.end().await;
    }

    async fn a_connection_that_comes_back_brings_what_was_missed(bed) {
        let world = World::with(bed, |settings| settings.scan_seconds = Some(NO_SCAN.into())).await;
        let person = listening(&world).await;
        let node = one(&world, |node| node["chain"] == "queued").await;
        let (before, asked) = (calls(&world, "programSubscribe").await, requests(&world, "paths", "/rpc/a").await);
        world.control("faults", &json!({ "ws": "drop" })).await;
        eventually("a try to come back", || async {
            let now = requests(&world, "paths", "/rpc/a").await;
            if now > asked { Ok(()) } else { Err(now.to_string()) }
        }).await;
        world.control(&format!("nodes/{node}"), &json!({ "chain": "running" })).await;
        world.control("faults", &json!({ "ws": "ok" })).await;
        becomes(&person, &node, "running").await;
        // A scan that was asked for before the connection fell may have been quicker than the new one.
        eventually("a new connection", || async {
            let now = calls(&world, "programSubscribe").await;
            if now > before { Ok(()) } else { Err(now.to_string()) }
        }).await;
        eventually("an open connection that administrators see", || async {
            let push = person.get("/api/sources").await.body["push"].clone();
            // Without the path, where keys stand.
            let named = push["name"] == world.sim.url().replacen("http", "ws", 1);
            let open = push["state"] == "open" && push["opened"].as_u64() >= Some(2) && push["why"].is_string();
            if named && open { Ok(()) } else { Err(push.to_string()) }
        }).await;
        // And its changes arrive again: also the end of a run that began meanwhile.
        world.control(&format!("nodes/{node}"), &json!({ "chain": "queued" })).await;
        becomes(&person, &node, "queued").await;
        world.end().await;
    }

    async fn a_push_that_is_silent_or_gone_leaves_it_to_the_scans(bed) {
        let world = World::new(bed).await;
        let person = watching(&world).await;
        let node = one(&world, |node| node["chain"] == "queued").await;
        for (fault, chain) in [("silent", "running"), ("drop", "queued")] {
            world.control("faults", &json!({ "ws": fault })).await;
            world.control(&format!("nodes/{node}"), &json!({ "chain": chain })).await;
            becomes(&person, &node, chain).await;
            let network = person.get("/api/network").await.body;
            assert!(network["blind"].is_null(), "without push we see all the same: {network}");
        }
        world.end().await;
    }

    async fn push_can_be_turned_off(bed) {
        let world = World::with(bed, |settings| settings.solana_ws = Some("off".into())).await;
        let person = watching(&world).await;
        let node = one(&world, |node| node["chain"] == "queued").await;
        world.control(&format!("nodes/{node}"), &json!({ "chain": "running" })).await;
        becomes(&person, &node, "running").await;
        assert_eq!(calls(&world, "programSubscribe").await, 0);
        world.end().await;
    }

    async fn everything_works_over_tls(bed) {
        let front = Front::new();
        let trusted = vec![front.root()];
        let mut proxy = None;
        let world = World::trusting(bed, trusted, |settings| {
            settings.scan_seconds = Some(NO_SCAN.into());
            let behind = settings.solana_rpc.clone().unwrap();
            let started = front.before(&behind);
            settings.solana_rpc = Some(format!("{}/rpc/a", started.url()));
            proxy = Some(started);
        }).await;
        let person = listening(&world).await;
        let node = one(&world, |node| node["chain"] == "queued").await;
        world.control(&format!("nodes/{node}"), &json!({ "chain": "running" })).await;
        becomes(&person, &node, "running").await;
        assert!(proxy.unwrap().connections() >= 2, "the scans and the push went through it");
        world.end().await;
    }
}
