//! A server that is cut off from its store: for two minutes it shows what it remembers to whom it had seen signed in, and
//! never says that anybody is signed out.

use reqwest::{Method, header};
use serde_json::json;
use store::on_both;

use crate::{
    live::Stream,
    person::{NONCE, Person},
    world::{World, eventually},
};

/// Undecided: 503 with an instant to come back at, never a word on the session.
async fn is_undecided(person: &Person, method: Method, path: &str) {
    let request = person.request(method, path).header("session-nonce", NONCE);
    let answer = person.send(request.json(&json!({ "name": "x" }))).await;
    assert_eq!(answer.status, 503, "{path}: {}", answer.body);
    assert!(answer.headers.contains_key(header::RETRY_AFTER), "{path}");
}

/// Waits for the first answer out of memory; until then every answer is undecided.
async fn shown_from_memory(person: &Person) {
    eventually("an answer out of memory", || async {
        let answer = person.get("/api/network").await;
        assert!([200, 503].contains(&answer.status), "{}", answer.body);
        match answer.body["blind"]["why"].as_str() {
            Some("store_unreachable") => Ok(()),
            other => Err(format!("{} {other:?}", answer.status)),
        }
    })
    .await;
}

on_both! {
    async fn fault_33_without_its_store_a_server_shows_what_it_remembers_and_signs_nobody_out(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let nodes = world.addresses().await;
        assert_eq!(person.post("/api/nodes", &json!({ "addresses": nodes[..3] })).await.status, 201);
        let listed = person.nodes().await.len();
        let detail = format!("/api/nodes/{}", nodes[0]);
        assert_eq!(person.get(&detail).await.status, 200);
        let ended = Person::nobody(&world).sign_in().await;
        assert_eq!(ended.get("/api/nodes").await.status, 200);
        assert_eq!(ended.post("/api/session/logout", &json!({})).await.status, 204);
        let never_seen = Person::nobody(&world).sign_in().await;
        let mut stream = Stream::open(&person, "").await;
        stream.until("the network", |message| message.event == "network").await;

        world.app().store.faults().go_down();
        shown_from_memory(&person).await;
        assert_eq!((person.nodes().await.len(), listed), (3, 3));
        let remembered = person.get(&detail).await;
        assert_eq!((remembered.status, remembered.body["address"].as_str()), (200, Some(nodes[0].as_str())));
        is_undecided(&person, Method::GET, &format!("/api/nodes/{}", nodes[1])).await;
        for (method, path) in [
            (Method::GET, "/api/session"),
            (Method::GET, "/api/auth/me"),
            (Method::GET, "/api/history"),
            (Method::GET, "/api/sessions"),
            (Method::GET, "/api/events"),
            (Method::POST, "/api/session/renew"),
            (Method::PUT, &detail),
            (Method::DELETE, &detail),
        ] {
            is_undecided(&person, method, path).await;
        }
        for stranger in [&ended, &never_seen] {
            is_undecided(stranger, Method::GET, "/api/nodes").await;
        }
        let said = stream.until("that we are blind", |message| message.event == "blind" && !message.data.is_null()).await;
        assert_eq!((said.data["why"].as_str(), said.id), (Some("store_unreachable"), -1));

        let later = async {
            world.skip_seconds(130);
            is_undecided(&person, Method::GET, "/api/nodes").await;
            is_undecided(&person, Method::GET, "/api/network").await;
        };
        tokio::select! {
            fact = stream.next() => panic!("said while nobody could look: {fact:?}"),
            () = later => {}
        }

        assert!(world.app().store.faults().mend());
        stream.until("the network", |message| message.event == "network" && message.data["blind"].is_null()).await;
        eventually("the session as it was", || async {
            let answer = person.session().await;
            if answer.body["state"] == "active" { Ok(()) } else { Err(format!("{} {}", answer.status, answer.body)) }
        }).await;
        assert_eq!(ended.session().await.body["reason"], "logout", "control");
        world.end().await;
    }
}
