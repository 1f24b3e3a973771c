//! Web Push: what the browser of a subscription opens, and what each refusal of its service means.

use std::time::Duration;

use channels::push::{Push, Vapid, new_key};
use domain::alert::outcome::{Answer, Outcome};
use outbound::{Guard, Guarded};
use serde_json::{Value, json};

use crate::ends::{Ends, PATIENCE, guarded, node, random, words};

fn push() -> Push {
    let vapid = Vapid::new(&new_key(&random()), "mailto:ops@example.net").unwrap();
    Push::new(guarded(), vapid, random()).patient(PATIENCE)
}

async fn send(ends: &Ends, push: &Push, subscription: &Value) -> Answer {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (p256dh, auth) = (text(&subscription["keys"]["p256dh"]), text(&subscription["keys"]["auth"]));
    let place = (text(&subscription["endpoint"]), p256dh, auth);
    push.send((&place.0, &place.1, &place.2), "m-1", &words(), ends.now().await).await
}

#[tokio::test]
async fn the_browser_opens_what_was_sealed_for_it() {
    let ends = Ends::start().await;
    let key = new_key(&random());
    let vapid = Vapid::new(&key, "mailto:ops@example.net").unwrap();
    let subscribe = json!({ "applicationServerKey": vapid.public_key() });
    let subscription = ends.post("/sim/push/subscriptions", subscribe).await;
    let push = Push::new(guarded(), vapid, random());
    let answer = send(&ends, &push, &subscription).await;
    assert_eq!((&answer.outcome, answer.status), (&Outcome::Accepted { id: None }, Some(201)), "{answer:?}");
    let messages = ends.messages().await;
    let meta = &messages[0]["meta"];
    let expected = json!({
        "id": "m-1", "title": words().title, "body": words().lines.join("\n"), "tag": words().fold,
        "path": format!("/nodes/{}", node()), "node": node().to_string(), "actions": true,
        "at": words().at.millis(),
    });
    assert_eq!(meta["json"], expected);
    assert_eq!((&meta["ttl"], &meta["urgency"]), (&json!(86_400), &json!("high")));
    let topic = meta["topic"].as_str().unwrap();
    assert!(topic.len() == 32 && topic.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_".contains(&b)));
}

#[tokio::test]
async fn a_message_that_is_too_long_arrives_without_its_last_lines() {
    let ends = Ends::start().await;
    let subscription = ends.post("/sim/push/subscriptions", json!({})).await;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let (p256dh, auth) = (text(&subscription["keys"]["p256dh"]), text(&subscription["keys"]["auth"]));
    let mut words = words();
    words.title = "🙂".repeat(5000);
    words.lines = (0..500).map(|n| format!("node {n} \"is\" silent")).collect();
    let place = (text(&subscription["endpoint"]), p256dh, auth);
    let answer = push().send((&place.0, &place.1, &place.2), "m-1", &words, ends.now().await).await;
    assert_eq!(answer.status, Some(201), "{answer:?}");
    let messages = ends.messages().await;
    let body = messages[0]["meta"]["json"]["body"].as_str().unwrap();
    assert!(body.starts_with("node 0 \"is\" silent\nnode 1") && body.ends_with("silent\n…"), "{body}");
}

#[tokio::test]
async fn each_refusal_means_what_it_means() {
    let ends = Ends::start().await;
    let push = push();
    let subscription = ends.post("/sim/push/subscriptions", json!({})).await;
    for (fault, outcome, status) in [
        ("410", Outcome::Gone, Some(410)),
        ("429", Outcome::Later { after: Some(Duration::from_secs(2)) }, Some(429)),
        ("500", Outcome::Later { after: None }, Some(500)),
        ("hang", Outcome::Unclear, None),
    ] {
        ends.fault("push", fault).await;
        let answer = send(&ends, &push, &subscription).await;
        assert_eq!((answer.outcome, answer.status), (outcome, status), "{fault}: {}", answer.detail);
    }
    ends.fault("push", "ok").await;
    let mut stranger = subscription.clone();
    stranger["endpoint"] = json!(format!("{}/push/nobody", ends.sim.url()));
    assert_eq!(send(&ends, &push, &stranger).await.outcome, Outcome::Gone);
    let mut broken = subscription;
    broken["keys"]["p256dh"] = json!("AAAA");
    assert_eq!(send(&ends, &push, &broken).await.outcome, Outcome::Gone);
}

#[tokio::test]
async fn an_endpoint_at_a_private_address_is_never_asked() {
    let ends = Ends::start().await;
    let subscription = ends.post("/sim/push/subscriptions", json!({})).await;
    let vapid = Vapid::new(&new_key(&random()), "mailto:ops@example.net").unwrap();
    let push = Push::new(Guarded::new(Guard::default()).unwrap(), vapid, random());
    let answer = send(&ends, &push, &subscription).await;
    assert_eq!((&answer.outcome, answer.status), (&Outcome::Later { after: None }, None), "{answer:?}");
    assert!(answer.detail.contains("private") && ends.messages().await.is_empty(), "{answer:?}");
}
