//! The test button, against simulated providers: what it shows is what they said.

use serde_json::{Value, json};
use store::on_both;

use crate::{
    person::{Answer, Person},
    world::{World, eventually},
};

async fn webhook(world: &World, person: &Person) -> String {
    let body = json!({ "channel": "webhook", "url": format!("{}/hook/kitchen", world.sim.url()), "name": "Kitchen" });
    let made = person.post("/api/destinations", &body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body["id"].as_str().unwrap().to_owned()
}

async fn test(person: &Person, id: &str) -> Answer {
    person.post(&format!("/api/destinations/{id}/test"), &json!({})).await
}

async fn delivered(world: &World) -> Vec<Value> {
    let answer = world.http.get(format!("{}/sim/messages", world.sim.url())).send().await.unwrap();
    answer.json().await.unwrap()
}

async fn shown(person: &Person, id: &str) -> Value {
    let all = person.get("/api/destinations").await.body;
    all["destinations"].as_array().unwrap().iter().find(|one| one["id"] == id).unwrap().clone()
}

on_both! {
    async fn a_test_shows_the_providers_own_answer(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let id = webhook(&world, &person).await;
        let good = test(&person, &id).await;
        assert_eq!((good.status, &good.body["outcome"], &good.body["status"]), (200, &json!("accepted"), &json!(200)), "{}", good.body);
        let told = delivered(&world).await;
        assert_eq!((told.len(), told[0]["to"].as_str()), (1, Some("kitchen")));
        let body: Value = serde_json::from_str(told[0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(body["kind"], "test", "no receiver takes it for an alert: {body}");
        assert!(shown(&person, &id).await["last_delivered"].is_string());
        for (fault, outcome, status) in [("500", "later", 500), ("429", "later", 429), ("410", "gone", 410)] {
            world.control("faults", &json!({ "hook": fault })).await;
            let bad = test(&person, &id).await;
            assert_eq!((bad.status, &bad.body["outcome"], &bad.body["status"]), (200, &json!(outcome), &json!(status)), "{}", bad.body);
            assert!(!bad.body["detail"].as_str().unwrap().is_empty());
        }
        assert_eq!(shown(&person, &id).await["paused"], Value::Null, "a test decides nothing");
        world.control("faults", &json!({ "hook": "ok" })).await;
        assert_eq!(test(&person, &id).await.body["outcome"], "accepted");
        assert_eq!(delivered(&world).await.len(), 2, "what did not arrive is not tried again behind the person's back");
        world.end().await;
    }

    async fn a_paused_destination_can_be_tried_and_whoever_asks_at_once_shares_one_message(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let id = webhook(&world, &person).await;
        let path = format!("/api/destinations/{id}");
        assert_eq!(person.put(&path, &json!({ "paused": true })).await.status, 200);
        world.control("faults", &json!({ "hook_delay_ms": 700 })).await;
        let both = tokio::join!(test(&person, &id), test(&person, &id), test(&person, &id));
        for answer in [both.0, both.1, both.2] {
            assert_eq!((answer.status, &answer.body["outcome"]), (200, &json!("accepted")), "{}", answer.body);
        }
        assert_eq!(delivered(&world).await.len(), 1);
        world.end().await;
    }

    async fn a_silent_provider_is_no_verdict(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let id = webhook(&world, &person).await;
        world.control("faults", &json!({ "hook": "hang" })).await;
        let waited = test(&person, &id).await;
        assert_eq!((waited.status, waited.body["code"].as_str()), (504, Some("still_sending")));
        let gone = person.delete(&format!("/api/destinations/{id}")).await;
        assert_eq!(gone.status, 204, "and it can be removed meanwhile");
        world.end().await;
    }

    async fn a_mailbox_agrees_with_the_code_that_it_got(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let body = json!({ "channel": "email", "to": "mate@example.net" });
        let id = person.post("/api/destinations", &body).await.body["id"].as_str().unwrap().to_owned();
        let letter = eventually("the question", || async {
            let mut mail = delivered(&world).await;
            mail.retain(|message| message["channel"] == "smtp");
            mail.pop().ok_or_else(|| "no mail".to_owned())
        })
        .await;
        assert_eq!(letter["to"], "mate@example.net");
        let text = letter["text"].as_str().unwrap();
        let code = text.split_once("The code is ").expect(text).1.get(..10).unwrap();
        let confirmed = person.post(&format!("/api/destinations/{id}/confirm"), &json!({ "code": code })).await;
        assert_eq!((confirmed.status, &confirmed.body["confirmed"]), (200, &json!(true)), "{text}");
        assert_eq!(test(&person, &id).await.body["outcome"], "accepted");
        world.end().await;
    }

    async fn a_test_reaches_a_browser_through_its_push_service(bed) {
        let world = World::new(bed).await;
        let person = world.set_up().await;
        let key = person.get("/api/destinations").await.body["vapid_key"].clone();
        let subscribe = world.http.post(format!("{}/sim/push/subscriptions", world.sim.url()));
        let subscription: Value =
            subscribe.json(&json!({ "applicationServerKey": key })).send().await.unwrap().json().await.unwrap();
        let body = json!({ "channel": "push", "endpoint": subscription["endpoint"], "keys": subscription["keys"] });
        let made = person.post("/api/destinations", &body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let answer = test(&person, made.body["id"].as_str().unwrap()).await;
        assert_eq!((answer.status, &answer.body["outcome"]), (200, &json!("accepted")), "{}", answer.body);
        let told = delivered(&world).await;
        let push: Value = serde_json::from_str(told[0]["text"].as_str().unwrap()).unwrap();
        assert_eq!(push["title"], "A test from Wakeful", "{push}");
        world.end().await;
    }
}
