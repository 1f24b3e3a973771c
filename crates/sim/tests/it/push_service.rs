//! The push service: opens what it is sent, and refuses what a real one would refuse.

use serde_json::{Value, json};

use crate::harness::{A_WHILE, Net, text};
use crate::sender::{Sender, refused};

async fn messages(net: &Net) -> Vec<Value> {
    net.get("/sim/messages").await.json().await.unwrap()
}

async fn now(net: &Net) -> i64 {
    net.world().await["now"].as_i64().unwrap()
}

#[tokio::test]
async fn a_sealed_message_is_listed_in_plain_words() {
    let net = Net::still().await;
    let sender = Sender::new();
    let subscription =
        net.set("/sim/push/subscriptions", json!({ "applicationServerKey": sender.public() })).await;
    let request = sender.request(&net, &subscription, now(&net).await);
    let answer = request.header("Urgency", "high").header("Topic", "silent_1").send().await.unwrap();
    assert_eq!(answer.status(), 201);
    assert!(answer.headers()["location"].to_str().unwrap().starts_with(text(&subscription["endpoint"])));
    let all = messages(&net).await;
    let meta = &all[0]["meta"];
    assert!(text(&subscription["endpoint"]).ends_with(text(&all[0]["to"])));
    assert_eq!((&all[0]["channel"], &meta["json"]["title"]), (&json!("push"), &json!("silent")));
    assert_eq!(
        (&meta["ttl"], &meta["urgency"], &meta["topic"]),
        (&json!(60), &json!("high"), &json!("silent_1"))
    );
    assert_eq!(meta["vapid"]["sub"], "mailto:watch@example.net");
}

#[tokio::test]
async fn the_same_seed_hands_out_the_same_keys_and_every_subscription_its_own() {
    let (one, two) = (Net::still().await, Net::still().await);
    let first = one.set("/sim/push/subscriptions", json!({})).await;
    assert_eq!(first["keys"], two.set("/sim/push/subscriptions", json!({})).await["keys"]);
    assert_ne!(first["keys"], one.set("/sim/push/subscriptions", json!({})).await["keys"]);
}

#[tokio::test]
async fn a_caller_that_is_not_who_it_says_is_refused() {
    let net = Net::still().await;
    let (sender, now) = (Sender::new(), now(&net).await);
    let subscription = net.set("/sim/push/subscriptions", json!({})).await;
    let with = |header: String| {
        let url = text(&subscription["endpoint"]);
        net.http.post(url).header("Authorization", header).header("TTL", "60").body("x")
    };
    let good = Sender::claims(&net, now);
    for (name, value, words) in [
        ("aud", json!("https://push.example.net"), "is for"),
        ("exp", json!(now - 1), "has ended"),
        ("exp", json!(now + 25 * 3600), "24 hours"),
        ("sub", json!("somebody"), "mailto:"),
    ] {
        let mut claims = good.clone();
        claims[name] = value;
        let said = refused(with(sender.vapid(&claims)), 403).await;
        assert!(said.contains(words), "{said}");
    }
    let forged = sender.vapid(&good).replace(&sender.public(), &Sender::new().public());
    assert!(refused(with(forged), 403).await.contains("signature"));
    assert!(refused(with("Bearer x".to_owned()), 401).await.contains("vapid"));
    let bound = json!({ "applicationServerKey": Sender::new().public() });
    let other = net.set("/sim/push/subscriptions", bound).await;
    assert!(
        refused(sender.request(&net, &other, now), 403).await.contains("not the one of the subscription")
    );
    assert!(messages(&net).await.is_empty());
}

#[tokio::test]
async fn headers_and_bodies_that_no_service_takes_are_refused() {
    let net = Net::still().await;
    let (sender, now) = (Sender::new(), now(&net).await);
    let subscription = net.set("/sim/push/subscriptions", json!({})).await;
    let right = || sender.request(&net, &subscription, now);
    assert!(refused(right().header("Urgency", "urgent"), 400).await.contains("Urgency"));
    assert!(refused(right().header("Topic", "x".repeat(33)), 400).await.contains("32"));
    assert!(refused(right().body(vec![0; 4097]), 413).await.contains("too large"));
    let stranger = net.set("/sim/push/subscriptions", json!({})).await;
    assert!(refused(right().body(sender.seal(&stranger, b"x")), 400).await.contains("do not open"));
    let mut bare = right().build().unwrap();
    bare.headers_mut().remove("ttl");
    assert_eq!(net.http.execute(bare).await.unwrap().status(), 400);
    assert!(messages(&net).await.is_empty());
}

#[tokio::test]
async fn a_subscription_ends_and_the_service_breaks_as_it_is_told() {
    let net = Net::still().await;
    let (sender, now) = (Sender::new(), now(&net).await);
    let subscription = net.set("/sim/push/subscriptions", json!({})).await;
    for (fault, code) in [("410", 410), ("429", 429), ("500", 500), ("ok", 201)] {
        net.set("/sim/faults", json!({ "push": fault })).await;
        let answer = sender.request(&net, &subscription, now).send().await.unwrap();
        assert_eq!(answer.status(), code, "{fault}");
    }
    for (fault, kept) in [("hang", 1), ("accept_then_hang", 2)] {
        net.set("/sim/faults", json!({ "push": fault })).await;
        let answer = sender.request(&net, &subscription, now).send();
        assert!(tokio::time::timeout(A_WHILE, answer).await.is_err(), "{fault} answered");
        assert_eq!(messages(&net).await.len(), kept, "{fault}");
    }
    net.set("/sim/faults", json!({ "push": "ok" })).await;
    let id = text(&subscription["endpoint"]).rsplit('/').next().unwrap();
    let taken_back = net.http.delete(net.url(&format!("/sim/push/subscriptions/{id}"))).send().await.unwrap();
    assert_eq!(taken_back.status(), 204);
    assert!(refused(sender.request(&net, &subscription, now), 410).await.contains("taken back"));
    let nobody = json!({ "endpoint": net.url("/push/nobody"), "keys": subscription["keys"] });
    refused(sender.request(&net, &nobody, now), 404).await;
}
