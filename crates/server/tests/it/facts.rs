//! Jobs, markets, places, pasts and what the network asks: what is told equals what the network says.

use serde_json::{Value, json};
use store::on_both;

use crate::{
    live::Stream,
    person::Person,
    world::{PASSWORD, World, eventually},
};

/// Everybody's chain is known.
async fn watching(world: &World) -> Person {
    let person = world.set_up().await;
    let nodes = world.addresses().await;
    assert_eq!(person.post("/api/nodes", &json!({ "addresses": nodes })).await.status, 201);
    eventually("a chain that is known", || async {
        let nodes = person.nodes().await;
        let unknown = nodes.iter().filter(|node| node["chain"]["state"] == "unknown").count();
        if unknown == 0 { Ok(()) } else { Err(unknown.to_string()) }
    })
    .await;
    person
}

async fn until(person: &Person, node: &str, state: &str) {
    let path = format!("/api/nodes/{node}");
    eventually(state, || async {
        let body = person.get(&path).await.body;
        if body["chain"]["state"] == state { Ok(()) } else { Err(body["chain"].to_string()) }
    })
    .await;
}

async fn jobs(person: &Person, query: &str) -> Vec<Value> {
    let answer = person.get(&format!("/api/jobs{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    answer.body["jobs"].as_array().unwrap().clone()
}

/// Asks until something comes of it.
async fn told(what: &str, person: &Person, path: &str, holds: impl Fn(&Value) -> bool) -> Value {
    eventually(what, || async {
        let body = person.get(path).await.body;
        if holds(&body) { Ok(body) } else { Err(body.to_string()) }
    })
    .await
}

on_both! {
    async fn every_job_is_told_once_with_what_the_host_is_paid(bed) {
        let world = World::new(bed).await;
        let person = watching(&world).await;
        let truth = world.truth().await;
        let node = truth["nodes"][0]["address"].as_str().unwrap().to_owned();
        for _ in 0..3 {
            world.control(&format!("nodes/{node}"), &json!({ "chain": "queued" })).await;
            until(&person, &node, "queued").await;
            world.control(&format!("nodes/{node}"), &json!({ "chain": "running" })).await;
            until(&person, &node, "running").await;
        }
        let shown = jobs(&person, &format!("?node={node}")).await;
        assert_eq!(shown.len(), 4, "{shown:?}");
        let truth = world.truth().await;
        for job in &shown[1..] {
            let is = truth["jobs"].as_array().unwrap().iter().find(|is| is["address"] == job["address"]).unwrap();
            assert_eq!((&job["outcome"], &job["final"]), (&json!("finished"), &json!(true)), "{job}");
            assert_eq!(job["payout_micro_nos"], is["payout_micro_nos"].to_string(), "{job}");
            assert_eq!((&job["overdue"], &job["accrued_micro_nos"]), (&json!(false), &Value::Null));
            for unknown in ["usd", "indexer_micro_nos", "account_micro_nos"] {
                assert!(job.get(unknown).is_some_and(Value::is_null), "{unknown} is there and not known: {job}");
            }
        }
        assert_eq!((&shown[0]["outcome"], &shown[0]["payout_micro_nos"]), (&json!("running"), &Value::Null));

        // Page by page it is the same.
        let (mut pages, mut next) = (Vec::new(), String::new());
        loop {
            let body = person.get(&format!("/api/jobs?node={node}&limit=1{next}")).await.body;
            pages.extend(body["jobs"].as_array().unwrap().clone());
            match body["next"].as_str() {
                Some(cursor) => next = format!("&cursor={cursor}"),
                None => break,
            }
        }
        let runs = |jobs: &[Value]| jobs.iter().map(|job| job["run"].to_string()).collect::<Vec<_>>();
        assert_eq!(runs(&pages), runs(&shown));
        assert!(jobs(&person, &format!("?node={node}&from=2100-01-01")).await.is_empty());
        assert_eq!(jobs(&person, &format!("?node={node}&to=2100-01-01T00:00:00Z")).await.len(), 4);

        let late = truth["nodes"].as_array().unwrap().iter().find(|node| node["expect"]["overdue"] == true).unwrap();
        let late = jobs(&person, &format!("?node={}", late["address"].as_str().unwrap())).await.remove(0);
        let whole = late["timeout"].as_i64().unwrap() * late["price_micro_nos_per_second"].as_str().unwrap().parse::<i64>().unwrap();
        assert_eq!((&late["overdue"], &late["accrued_micro_nos"]), (&json!(true), &json!(whole.to_string())), "no more than its cap");

        // What is told of the node's own past is the same, and stays when the node is let go.
        let past = person.get(&format!("/api/nodes/{node}?hours=24")).await.body;
        assert_eq!(past["history"]["jobs"].as_array().unwrap().len(), 4);
        person.delete(&format!("/api/nodes/{node}")).await;
        assert_eq!(jobs(&person, &format!("?node={node}")).await.len(), 4, "its jobs stay");
        world.end().await;
    }

    async fn nobody_sees_the_jobs_of_another(bed) {
        let world = World::with(bed, crate::world::open).await;
        let owner = watching(&world).await;
        assert!(!jobs(&owner, "").await.is_empty());
        let nobody = Person::nobody(&world);
        assert_eq!(nobody.get("/api/jobs").await.status, 401);
        let answer = nobody.post("/api/auth/register", &json!({ "email": "other@example.net", "password": PASSWORD })).await;
        let other = nobody.with_cookie_of(&answer);
        assert!(jobs(&other, "").await.is_empty());
        world.end().await;
    }

    async fn a_market_has_its_name_its_terms_and_its_past(bed) {
        let world = World::new(bed).await;
        let person = watching(&world).await;
        let named = |body: &Value| body["markets"].as_array().unwrap().iter().all(|market| market["name"].is_string());
        let network = told("names", &person, "/api/network", named).await;
        assert_eq!(network["version_minimum"], "1.1.9");
        let truth = world.truth().await;
        let said: Value = world.http.get(format!("{}/host/markets/", world.sim.url())).send().await.unwrap().json().await.unwrap();
        for market in truth["markets"].as_array().unwrap() {
            let same = |list: &Value| list.as_array().unwrap().iter().find(|one| one["address"] == market["address"]).unwrap().clone();
            let (shown, name) = (same(&network["markets"]), same(&said));
            assert_eq!((&shown["name"], &shown["slug"], &shown["tier"], &shown["gpu_types"]), (&name["name"], &name["slug"], &name["type"], &name["gpu_types"]));
            assert_eq!(shown["stake_minimum_micro_xnos"], market["node_xnos_minimum"].to_string());
            assert_eq!(shown["job_timeout"], market["timeout"]);
            let open = market["access_key"] == "11111111111111111111111111111111";
            assert_eq!(shown["access_key"], if open { Value::Null } else { market["access_key"].clone() });
        }
        let market = truth["markets"][0]["address"].as_str().unwrap();
        let path = format!("/api/network/markets/{market}?hours=72");
        let first = told("a first point", &person, &path, |body| body["points"].as_array().is_some_and(|points| points.len() == 1)).await;
        assert_eq!(first["points"][0]["price_micro_nos_per_second"], truth["markets"][0]["price"].to_string());
        world.control(&format!("markets/{market}"), &json!({ "price": 777 })).await;
        world.skip_days(1);
        let both = told("a second point", &person, &path, |body| body["points"].as_array().is_some_and(|points| points.len() > 1)).await;
        let points = both["points"].as_array().unwrap();
        assert_eq!(points.last().unwrap()["price_micro_nos_per_second"], "777");
        assert!(points.is_sorted_by_key(|point| point["at"].as_str().unwrap().to_owned()));
        let unknown = person.get(&format!("/api/network/markets/{}", truth["nodes"][0]["address"].as_str().unwrap())).await;
        assert_eq!((unknown.status, unknown.body["code"].as_str()), (404, Some("not_found")));
        world.end().await;
    }

    async fn a_place_in_the_queue_is_told_as_it_moves(bed) {
        let world = World::new(bed).await;
        let person = watching(&world).await;
        let truth = world.truth().await;
        let nodes = truth["nodes"].as_array().unwrap();
        let waits = |node: &&Value| node["chain"] == "queued" && node["position"] == 1;
        let same = |one: &Value, other: &Value| one["market"] == other["market"] && other["chain"] == "queued";
        let (first, second) = nodes.iter().filter(waits).find_map(|one| {
            let other = nodes.iter().find(|other| same(one, other) && other["position"] == 2)?;
            Some((one["address"].as_str().unwrap(), other["address"].as_str().unwrap()))
        }).expect("two who wait in one market");
        world.control(&format!("nodes/{second}"), &json!({ "position": 1 })).await;
        let places = |body: &Value| -> Vec<u64> {
            body["history"]["queue"].as_array().unwrap().iter().map(|place| place["position"].as_u64().unwrap()).collect()
        };
        for (node, expected) in [(first, [1, 2]), (second, [2, 1])] {
            let body = told("a move", &person, &format!("/api/nodes/{node}"), |body| places(body).len() == 2).await;
            assert_eq!(places(&body), expected, "{}", body["history"]["queue"]);
            assert_eq!(body["history"]["queue"][0]["market"], body["chain"]["market"]);
        }
        world.end().await;
    }

    async fn what_the_network_asks_of_a_node_is_judged_or_unknown(bed) {
        let world = World::new(bed).await;
        let person = watching(&world).await;
        let truth = world.truth().await;
        let judged = |node: &Value| node["requirements"]["version_below_minimum"].is_boolean() || node["endpoint"]["version"].is_null();
        let nodes = eventually("judged versions and stakes", || async {
            let nodes = person.nodes().await;
            let done = nodes.iter().all(|node| judged(node) && node["stake_micro_xnos"]["value"].is_string());
            let some = nodes.iter().any(|node| node["requirements"]["version_below_minimum"] == true);
            if done && some { Ok(nodes) } else { Err(format!("{nodes:?}")) }
        }).await;
        let mut seen = std::collections::BTreeSet::new();
        for node in &nodes {
            let asked = &node["requirements"];
            if let Some(version) = node["endpoint"]["version"].as_str() {
                assert_eq!(asked["version_below_minimum"], version != "1.1.9", "{version}");
                seen.insert(version.to_owned());
            }
            assert_eq!(asked["market"], node["chain"]["market"]);
            assert_eq!(asked["stake_below_minimum"].is_null(), asked["market"].is_null(), "{asked}");
        }
        assert!(seen.contains("1.1.9-rc"), "{seen:?}");
        let queued = truth["nodes"].as_array().unwrap().iter().find(|node| node["chain"] == "queued").unwrap();
        let (node, market) = (queued["address"].as_str().unwrap(), queued["market"].as_str().unwrap());
        let path = format!("/api/nodes/{node}");
        assert_eq!(person.get(&path).await.body["requirements"]["stake_below_minimum"], false);
        let up = nodes.iter().find(|node| node["endpoint"]["state"] == "up").unwrap()["address"].as_str().unwrap();
        for (version, below) in [("1.1.8", json!(true)), ("1.1.10", json!(false)), ("nightly", Value::Null)] {
            world.control(&format!("nodes/{up}"), &json!({ "version": version })).await;
            let says = |body: &Value| body["endpoint"]["version"] == version;
            let body = told("another version", &person, &format!("/api/nodes/{up}"), says).await;
            assert_eq!(body["requirements"]["version_below_minimum"], below, "{version}");
        }
        world.control(&format!("markets/{market}"), &json!({ "node_xnos_minimum": 1_000_000_000_000_000_u64 })).await;
        let below = told("a minimum that grew", &person, &path, |body| body["requirements"]["stake_below_minimum"] == true).await;
        assert_eq!(below["requirements"]["stake_minimum_micro_xnos"], "1000000000000000");
        assert_eq!(below["status"], "queued", "a fact beside the state, no state");
        world.end().await;
    }

    async fn a_blind_indexer_is_its_own_blindness_and_off_is_none(bed) {
        let mut world = World::new(bed).await;
        let person = watching(&world).await;
        let sources = |body: &Value| -> Vec<String> {
            let sources = body["blind"]["sources"].as_array().cloned().unwrap_or_default();
            sources.iter().map(|source| source["source"].as_str().unwrap().to_owned()).collect()
        };
        assert!(sources(&person.get("/api/network").await.body).is_empty());
        let mut stream = Stream::open(&person, "").await;
        world.control("faults", &json!({ "indexer": "500" })).await;
        let said = stream.until("a blind indexer", |message| message.event == "blind" && !message.data.is_null()).await;
        assert_eq!(said.data["sources"][0]["source"], "indexer");
        let blind = told("a blind indexer", &person, "/api/network", |body| sources(body) == ["indexer"]).await;
        assert_eq!((&blind["blind"]["why"], &blind["blind"]["since"]), (&json!("api_http_error"), &blind["blind"]["sources"][0]["since"]));
        let of_sources = person.get("/api/sources").await.body;
        assert_eq!((&of_sources["indexer"]["state"], &of_sources["indexer"]["why"]), (&json!("failing"), &json!("api_http_error")));
        assert_eq!(of_sources["host"]["state"], "ok", "each by itself: {of_sources}");
        for node in person.nodes().await {
            assert!(node["chain"]["state"] != "unknown", "the chain is seen as before: {node}");
        }
        let history = person.get("/api/history?hours=24").await.body;
        assert!(history["blind"].as_array().unwrap().iter().any(|blind| blind["source"] == "indexer" && blind["to"].is_null()));

        world.control("faults", &json!({ "indexer": "ok" })).await;
        told("sight", &person, "/api/network", |body| body["blind"].is_null()).await;
        let log = person.get("/api/log?limit=200").await.body;
        let of_sight = log["entries"].as_array().unwrap().iter().filter(|entry| entry["subject"] == "indexer");
        assert_eq!(of_sight.map(|entry| entry["kind"].as_str().unwrap()).collect::<Vec<_>>(), ["sighted", "blind"]);

        world.control("faults", &json!({ "indexer": "garbage" })).await;
        told("a blind indexer", &person, "/api/network", |body| sources(body) == ["indexer"]).await;
        world.change(|settings| settings.indexer_url = Some("off".to_owned())).await;
        let person = person.at(&world);
        told("a blindness that ended with its source", &person, "/api/history?hours=24", |body| {
            body["blind"].as_array().is_some_and(|all| all.iter().all(|blind| !blind["to"].is_null()))
        }).await;
        assert!(person.get("/api/network").await.body["blind"].is_null(), "what is off is no source");
        assert_eq!(person.get("/api/sources").await.body["indexer"]["state"], "off");
        world.end().await;
    }

    async fn names_outlast_a_restart_and_an_api_that_went_away(bed) {
        let mut world = World::new(bed).await;
        let person = watching(&world).await;
        let named = |body: &Value| body["markets"].as_array().unwrap().iter().all(|market| market["name"].is_string());
        let before = told("names", &person, "/api/network", named).await;
        world.control("faults", &json!({ "host": "off" })).await;
        world.restart().await;
        let person = person.at(&world);
        let seen = |body: &Value| !body["markets"].as_array().unwrap().is_empty();
        let after = told("markets", &person, "/api/network", seen).await;
        assert!(named(&after), "{after}");
        assert_eq!((&after["names_at"], &after["version_minimum"]), (&before["names_at"], &before["version_minimum"]), "as old as they are");
        world.end().await;
    }

    async fn a_time_in_which_nobody_watched_is_told_as_ours(bed) {
        let mut world = World::new(bed).await;
        let person = watching(&world).await;
        world.skip_days(2);
        world.restart().await;
        let person = person.at(&world);
        let ours = |body: &Value| -> Vec<Value> {
            let blind = body["blind"].as_array().unwrap().iter();
            blind.filter(|blind| blind["source"] == "chain" && blind["why"] == "not_watching").cloned().collect()
        };
        let body = told("a gap of two days", &person, "/api/history?hours=72", |body| !ours(body).is_empty()).await;
        let gap = ours(&body).remove(0);
        let instant = |field: &str| gap[field].as_str().unwrap().parse::<jiff::Timestamp>().unwrap().as_second();
        assert!((172_000..173_000).contains(&(instant("to") - instant("from"))), "{gap}");
        assert!(person.get("/api/network").await.body["blind"].is_null(), "it is over");
        let log = person.get("/api/log?limit=200").await.body;
        assert!(log["entries"].as_array().unwrap().iter().all(|entry| entry["kind"] != "blind"), "and no news: {log}");
        world.end().await;
    }

    async fn a_long_past_has_a_column_for_each_day(bed) {
        let world = World::new(bed).await;
        let person = watching(&world).await;
        for (hours, days) in [(24, 0), (168, 0), (720, 30), (2_160, 90)] {
            let body = person.get(&format!("/api/history?hours={hours}")).await.body;
            let nodes = body["nodes"].as_array().unwrap();
            assert_eq!(nodes.len(), 14);
            for node in nodes {
                let told = node["days"].as_array().unwrap();
                assert_eq!(told.len(), days, "{hours}");
                let watched: i64 = told.iter().flat_map(|day| day.as_object().unwrap().values()).map(|seconds| seconds.as_i64().unwrap()).sum();
                assert!(watched < 2 * 3_600, "before we watched there is nothing: {watched} s");
            }
            assert!(body["resolution_seconds"].is_null(), "nothing had to be left out");
        }
        world.end().await;
    }
}
