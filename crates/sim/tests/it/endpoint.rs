//! The nodes' endpoints, well and broken.

use serde_json::{Value, json};

use crate::harness::{A_WHILE, Net, node, text};
use crate::shape;

fn recorded(name: &str) -> Value {
    let text = match name {
        "queued" => include_str!("../../../../fixtures/nosana/http/node-info.queued.json"),
        "running" => include_str!("../../../../fixtures/nosana/http/node-info.with-resources.json"),
        _ => include_str!("../../../../fixtures/nosana/http/node-info.starting-no-info.json"),
    };
    serde_json::from_str(text).unwrap()
}

#[tokio::test]
async fn a_node_names_itself_and_tells_what_it_does() {
    let net = Net::still().await;
    let world = net.world().await;
    for (name, state) in [("queued", "QUEUED"), ("running", "RUNNING_JOB"), ("starting", "STARTING")] {
        let node = node(&world, |node| node["endpoint_state"] == state && node["endpoint"] == "up");
        let address = text(&node["address"]);
        assert_eq!(net.get(&format!("/node/{address}/")).await.text().await.unwrap(), address);
        let info: Value = net.get(&format!("/node/{address}/node/info")).await.json().await.unwrap();
        shape::same(&info, &recorded(name));
        assert_eq!((&info["node"], &info["state"]), (&node["address"], &json!(state)));
    }
}

#[tokio::test]
async fn an_absent_node_is_answered_by_the_tunnel() {
    let net = Net::still().await;
    let down = node(&net.world().await, |node| node["endpoint"] == "down");
    for address in [text(&down["address"]), "67qvHLKGmM62RLevcGRde1aWhEPU3njDiemvX6RZEX6i", "nobody"] {
        let answer = net.get(&format!("/node/{address}/node/info")).await;
        assert_eq!(answer.status(), 404);
        assert!(answer.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
        let page = answer.text().await.unwrap();
        assert!(page.contains("The page you requested was not found."));
        assert!(page.contains("Faithfully yours, frp."));
    }
}

#[tokio::test]
async fn hanging_and_foreign_answers_are_told_apart() {
    let net = Net::still().await;
    let world = net.world().await;
    let hang = node(&world, |node| node["endpoint"] == "hang");
    let url = net.url(&format!("/node/{}/node/info", text(&hang["address"])));
    assert!(net.http.get(url).timeout(A_WHILE).send().await.unwrap_err().is_timeout());
    let html = node(&world, |node| node["endpoint"] == "html");
    let answer = net.get(&format!("/node/{}/node/info", text(&html["address"]))).await;
    assert_eq!(answer.status(), 200);
    assert!(answer.text().await.unwrap().contains("<html>"));
}

#[tokio::test]
async fn a_stopped_tunnel_resets_what_connects() {
    let net = Net::still().await;
    let up = node(&net.world().await, |node| node["endpoint"] == "up");
    let url = net.url(&format!("/node/{}/node/info", text(&up["address"])));
    net.set("/sim/faults", json!({ "endpoints": "down" })).await;
    let error = crate::harness::client().get(&url).send().await.unwrap_err();
    assert!(!error.is_timeout() && error.status().is_none(), "{error:?}");
    net.set("/sim/faults", json!({ "endpoints": "hang" })).await;
    assert!(net.http.get(&url).timeout(A_WHILE).send().await.unwrap_err().is_timeout());
    net.set("/sim/faults", json!({ "endpoints": "html" })).await;
    assert!(net.http.get(&url).send().await.unwrap().text().await.unwrap().contains("<html>"));
    net.set("/sim/faults", json!({ "endpoints": "ok" })).await;
    assert_eq!(net.http.get(&url).send().await.unwrap().status(), 200);
}
