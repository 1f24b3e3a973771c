//! The Telegram bot against the simulated Bot API: linking, asking, muting, and what goes wrong.

mod chat;
mod linking;
mod servers;
mod trouble;

use serde_json::json;
use store::on_both;

use crate::{
    person::Person,
    world::{World, eventually},
};
use chat::{Chat, linked};

/// The world with a person who watches its first nodes, each with a name.
async fn watched(world: &World, names: &[&str]) -> (Person, Vec<String>) {
    let person = world.set_up().await;
    let nodes: Vec<String> = world.addresses().await.into_iter().take(names.len()).collect();
    for (node, name) in nodes.iter().zip(names) {
        let body = json!({ "address": node, "name": name });
        assert_eq!(person.post("/api/nodes", &body).await.status, 201);
    }
    eventually("a look at every node", || async {
        let nodes = person.nodes().await;
        let unknown = nodes
            .iter()
            .find(|node| node["chain"]["state"] == "unknown" || node["sol_lamports"]["value"].is_null());
        unknown.map_or(Ok(()), |node| Err(node.to_string()))
    })
    .await;
    (person, nodes)
}

on_both! {
    async fn what_a_person_asks_is_answered_with_the_facts_and_what_they_typed_stays_text(bed) {
        let world = World::new(bed).await;
        let (person, _) = watched(&world, &["<b>barn</b> & \"1\"", "attic"]).await;
        let chat = linked(&world, &person, 42).await;
        let listed = chat.asks("/nodes").await;
        assert!(listed.starts_with("2 nodes\n<b>barn</b> & \"1\": "), "{listed}");
        let shown = person.nodes().await;
        for node in &shown {
            let line = listed.lines().find(|line| line.starts_with(node["name"].as_str().unwrap())).unwrap();
            let word = match node["status"].as_str().unwrap() {
                "up" => "in no queue",
                word => word,
            };
            assert!(line.contains(word), "{line} {node}");
        }
        assert!(chat.asks("/nodes barn").await.starts_with("1 node\n<b>barn</b>"));
        let status = chat.asks("/status").await;
        assert!(status.lines().nth(1).is_some_and(|counts| counts.contains(" · ") || counts.starts_with('2')), "{status}");
        let balance = chat.asks("/balance").await;
        let lamports: i64 = shown[1]["sol_lamports"]["value"].as_str().unwrap().parse().unwrap();
        let sol = format!("{}.{:09}", lamports / 1_000_000_000, lamports % 1_000_000_000);
        let attic = balance.lines().find(|line| line.starts_with("attic: ")).unwrap();
        let (told, _) = attic["attic: ".len()..].split_once(" SOL").unwrap();
        assert!(sol.starts_with(told) && sol[told.len()..].bytes().all(|digit| digit == b'0'), "{attic} {sol}");
        assert!(chat.asks("/frobnicate <i>").await.contains("/help"));
        assert!(chat.asks("/help").await.contains("/earnings"));
        // The same in German once the person speaks it.
        let mut preferences = person.get("/api/preferences").await.body;
        preferences["language"] = json!("de");
        let put = person.put("/api/preferences", &preferences).await;
        assert_eq!(put.status, 200, "{}", put.body);
        assert!(chat.asks("/nodes").await.starts_with("2 Nodes\n"));
        world.end().await;
    }

    async fn earnings_are_those_of_the_chain(bed) {
        let world = World::new(bed).await;
        let (person, _) = watched(&world, &["a", "b", "c", "d", "e", "f"]).await;
        let chat = linked(&world, &person, 42).await;
        let shown = person.nodes().await;
        let running = shown.iter().find(|node| node["chain"]["state"] == "running").expect("one that runs");
        let node = running["address"].as_str().unwrap();
        world.control(&format!("nodes/{node}"), &json!({ "chain": "queued" })).await;
        let paid = eventually("what the job paid", || async {
            let jobs = person.get(&format!("/api/jobs?node={node}")).await.body;
            let paid = jobs["jobs"].as_array().unwrap().iter().find_map(|job| job["payout_micro_nos"].as_str());
            paid.map(|paid| paid.parse::<i64>().unwrap()).ok_or_else(|| jobs.to_string())
        }).await;
        let earned = chat.asks("/earnings").await;
        let all = earned.lines().find(|line| line.starts_with("All: ")).unwrap();
        let told = all["All: ".len()..].split_once(" NOS from ").unwrap().0;
        let (whole, part) = told.split_once('.').unwrap();
        let micro: i64 = format!("{whole}{part:0<6}").parse().unwrap();
        assert_eq!(micro, paid, "{earned}");
        world.end().await;
    }

    async fn a_node_is_muted_by_its_name_and_speaks_again(bed) {
        let world = World::new(bed).await;
        let (person, nodes) = watched(&world, &["barn 1", "barn 2"]).await;
        let chat = linked(&world, &person, 42).await;
        let muted = async |node: &str| person.get(&format!("/api/nodes/{node}")).await.body["muted_until"].clone();
        assert!(chat.asks("/mute barn 4h").await.starts_with("Which one?"));
        assert!(chat.asks("/mute shed 4h").await.starts_with("No node is called that."));
        assert!(muted(&nodes[0]).await.is_null());
        assert!(chat.asks("/mute barn 1 4h").await.starts_with("Muted until "));
        assert!(muted(&nodes[0]).await.is_string() && muted(&nodes[1]).await.is_null());
        assert!(chat.asks("/mute").await.contains("barn 1: until "));
        assert!(chat.asks("/mute all tomorrow").await.contains("barn 2"));
        assert!(muted(&nodes[1]).await.is_string());
        assert!(chat.asks("/unmute").await.starts_with("No longer muted"));
        assert!(muted(&nodes[0]).await.is_null() && muted(&nodes[1]).await.is_null());
        world.end().await;
    }

    async fn an_alerts_buttons_mute_its_node_and_note_who_has_seen_it(bed) {
        let world = World::new(bed).await;
        let (person, nodes) = watched(&world, &["barn <1>", "attic"]).await;
        let chat = linked(&world, &person, 42).await;
        chat.forgets().await;
        world.control(&format!("nodes/{}", nodes[0]), &json!({ "endpoint": "down" })).await;
        let alert = chat.hears("the silence", |message| message["text"].as_str().unwrap().contains("barn <1>")).await;
        let data = |wanted: &str| {
            let rows = alert["meta"]["keyboard"]["inline_keyboard"].as_array().unwrap().clone();
            let buttons = rows.into_iter().flat_map(|row| row.as_array().unwrap().clone());
            let mut found = buttons.map(|button| button["callback_data"].as_str().unwrap().to_owned());
            found.find(|data| data.starts_with(wanted)).unwrap()
        };
        chat.presses(&data("m8:")).await;
        let noted = chat.hears("a note of the mute", |message| message["meta"]["edits"] == 1).await;
        assert!(noted["text"].as_str().unwrap().contains("\n– Muted until "), "{noted}");
        assert!(noted["text"].as_str().unwrap().ends_with(" by @ada"), "{noted}");
        assert!(noted["meta"]["answers"][0].as_str().unwrap().starts_with("Muted until "), "{noted}");
        assert!(person.get(&format!("/api/nodes/{}", nodes[0])).await.body["muted_until"].is_string());
        chat.presses(&data("ack:")).await;
        let seen = chat.hears("a note of who saw it", |message| message["meta"]["edits"] == 2).await;
        let text = seen["text"].as_str().unwrap();
        assert!(text.contains("\n– Muted until ") && text.contains("\n✓ Seen by @ada at "), "{text}");
        let alerts = person.get("/api/alerts").await.body;
        let silences: Vec<_> = alerts["alerts"].as_array().unwrap().iter()
            .filter(|alert| alert["node"] == nodes[0] && ["silent", "offline"].contains(&alert["kind"].as_str().unwrap()))
            .collect();
        assert_eq!(silences.len(), 1, "{alerts}");
        assert!(silences[0]["acknowledged"].is_string(), "{alerts}");
        world.end().await;
    }
}
