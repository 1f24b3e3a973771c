//! A person's nodes: added, changed, deleted, brought back, and nobody else's.

use serde_json::json;
use store::on_both;

use crate::{
    person::Person,
    world::{PASSWORD, World, eventually},
};

on_both! {
    async fn a_node_goes_through_its_life(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let node = world.addresses().await.remove(0);
        let added = person.post("/api/nodes", &json!({ "address": node, "name": " barn-4090-a " })).await;
        assert_eq!(added.body["nodes"][0]["name"], "barn-4090-a");
        let path = format!("/api/nodes/{node}");
        let edited = person.put(&path, &json!({ "notes": "left rack\nsecond shelf", "tags": ["barn", "4090", "barn"] })).await;
        assert_eq!((edited.status, edited.body["name"].as_str()), (200, Some("barn-4090-a")));
        assert_eq!(edited.body["tags"], json!(["barn", "4090"]));
        assert_eq!(person.delete(&path).await.status, 204);
        assert!(person.nodes().await.is_empty());
        assert_eq!(person.get(&path).await.status, 404);
        assert_eq!(person.delete(&path).await.status, 404, "gone is gone");
        let restored = person.post(&format!("{path}/restore"), &json!({})).await;
        assert_eq!((restored.status, restored.body["notes"].as_str()), (200, Some("left rack\nsecond shelf")));
        assert_eq!(person.nodes().await.len(), 1);
        world.end().await;
    }

    async fn nobody_sees_or_touches_the_nodes_of_another(bed) {
        let world = World::with(bed, crate::world::open).await;
        let owner = world.set_up().await;
        let node = world.addresses().await.remove(0);
        owner.post("/api/nodes", &json!({ "address": node, "name": "mine" })).await;
        let nobody = Person::nobody(&world);
        let answer = nobody.post("/api/auth/register", &json!({ "email": "other@example.net", "password": PASSWORD })).await;
        let other = nobody.with_cookie_of(&answer);
        assert!(other.nodes().await.is_empty());
        let path = format!("/api/nodes/{node}");
        assert_eq!(other.get(&path).await.status, 404);
        assert_eq!(other.put(&path, &json!({ "name": "taken" })).await.status, 404);
        assert_eq!(other.delete(&path).await.status, 404);
        assert_eq!(other.post(&format!("{path}/restore"), &json!({})).await.status, 404);
        assert_eq!(owner.nodes().await[0]["name"], "mine");
        assert_eq!(other.post("/api/nodes", &json!({ "address": node })).await.status, 201, "two may watch one node");
        assert_eq!(other.nodes().await[0]["name"], "");
        world.end().await;
    }

    async fn a_preview_answers_from_memory_what_the_chain_says(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let truth = world.truth().await;
        let wanted: Vec<_> = truth["nodes"].as_array().unwrap().iter().map(|node| node["address"].clone()).collect();
        let found = eventually("a preview that knows the chain", || async {
            let answer = person.post("/api/nodes/preview", &json!({ "addresses": wanted })).await;
            let found = answer.body["found"].as_array().unwrap().clone();
            if found.iter().all(|node| node["chain"]["state"] != "unknown") { Ok(found) } else { Err(answer.body.to_string()) }
        }).await;
        for (node, found) in truth["nodes"].as_array().unwrap().iter().zip(&found) {
            assert_eq!((&found["chain"]["state"], &found["watched"]), (&node["chain"], &json!(false)), "{node}");
        }
        let wrong = person.post("/api/nodes/preview", &json!({ "addresses": ["0"] })).await;
        assert_eq!(wrong.body["found"][0]["error"]["code"], "address_not_base58");
        world.end().await;
    }

    async fn looking_now_is_one_look_for_everybody_who_asks(bed) {
        let world = World::with(bed, |settings| {
            settings.scan_seconds = Some("3600".to_owned());
            settings.probe_seconds = Some("3600".to_owned());
        }).await;
        let person = world.set_up().await;
        let nodes = world.addresses().await;
        person.post("/api/nodes", &json!({ "addresses": nodes })).await;
        let nothing = json!({});
        let refresh = || person.post("/api/nodes/refresh-all-status", &nothing);
        refresh().await;
        world.http.delete(format!("{}/sim/requests", world.sim.url())).send().await.unwrap();
        let (one, two, three) = tokio::join!(refresh(), refresh(), refresh());
        for answer in [&one, &two, &three] {
            assert_eq!((answer.status, answer.body["total"].as_u64()), (200, Some(14)), "{}", answer.body);
        }
        let asked: serde_json::Value = world.http.get(format!("{}/sim/requests", world.sim.url())).send().await.unwrap().json().await.unwrap();
        let lists = asked["rpc"]["getProgramAccounts"].as_u64().or_else(|| asked["methods"]["getProgramAccounts"].as_u64());
        assert!(lists.is_some_and(|lists| (2..=4).contains(&lists)), "three who ask cost at most two scans: {asked}");
        world.end().await;
    }
}
