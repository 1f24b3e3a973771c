//! The receiver of webhooks: what it kept, and how it fails.

use serde_json::{Value, json};

use crate::harness::{A_WHILE, Net};

async fn messages(net: &Net) -> Vec<Value> {
    net.get("/sim/messages").await.json().await.unwrap()
}

#[tokio::test]
async fn it_keeps_the_body_and_the_headers() {
    let net = Net::still().await;
    let sent = net.http.post(net.url("/hook/mine")).header("Wakeful-Id", "abc").body("{\"id\":1}");
    assert_eq!(sent.send().await.unwrap().status(), 200);
    let all = messages(&net).await;
    assert_eq!(
        (&all[0]["channel"], &all[0]["to"], &all[0]["text"]),
        (&json!("hook"), &json!("mine"), &json!("{\"id\":1}"))
    );
    assert_eq!(all[0]["meta"]["headers"]["wakeful-id"], "abc");
}

#[tokio::test]
async fn a_refused_body_is_not_kept_and_a_lost_answer_is() {
    let net = Net::still().await;
    for (fault, status) in [("429", 429), ("500", 500), ("410", 410)] {
        net.set("/sim/faults", json!({ "hook": fault })).await;
        let answer = net.http.post(net.url("/hook/mine")).body("x").send().await.unwrap();
        assert_eq!(answer.status(), status);
    }
    for (fault, kept) in [("hang", 0), ("accept_then_hang", 1)] {
        net.set("/sim/faults", json!({ "hook": fault })).await;
        let answer = net.http.post(net.url("/hook/mine")).body("x").send();
        assert!(tokio::time::timeout(A_WHILE, answer).await.is_err(), "{fault} answered");
        assert_eq!(messages(&net).await.len(), kept, "{fault}");
    }
}
