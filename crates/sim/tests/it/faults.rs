//! Each fault does what its name says, and nothing else.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{A_WHILE, JOBS, Net, text};

fn runs(id: u64, encoding: &str) -> Value {
    let options = json!({ "encoding": encoding, "commitment": "confirmed", "withContext": true,
        "filters": [{ "dataSize": 120 }] });
    json!({ "jsonrpc": "2.0", "id": id, "method": "getProgramAccounts", "params": [JOBS, options] })
}

async fn broken(fault: &str) -> Net {
    let net = Net::still().await;
    net.set("/sim/faults", json!({ "rpc": fault })).await;
    net
}

async fn listed(net: &Net) -> usize {
    let answer: Value = net.send_rpc("/rpc/a", &runs(1, "base64")).await.unwrap().json().await.unwrap();
    answer["result"]["value"].as_array().unwrap().len()
}

#[tokio::test]
async fn too_many_requests_name_the_pause() {
    let net = broken("429").await;
    let answer = net.send_rpc("/rpc/a", &runs(9, "base64")).await.unwrap();
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "2");
    let body: Value = answer.json().await.unwrap();
    assert_eq!((&body["id"], &body["error"]["code"]), (&json!(9), &json!(429)));
}

#[tokio::test]
async fn a_server_error_is_text() {
    let net = broken("500").await;
    let answer = net.send_rpc("/rpc/a", &runs(1, "base64")).await.unwrap();
    assert_eq!(answer.status(), 500);
    assert!(serde_json::from_str::<Value>(&answer.text().await.unwrap()).is_err());
}

#[tokio::test]
async fn lists_are_empty_or_cut_and_the_other_methods_intact() {
    let net = Net::still().await;
    let whole = listed(&net).await;
    assert!(whole > 4);
    for (fault, left) in [("empty", 0), ("short", whole / 2)] {
        net.set("/sim/faults", json!({ "rpc": fault })).await;
        assert_eq!(listed(&net).await, left, "{fault}");
        let node = net.world().await["nodes"][0].clone();
        assert_eq!(net.lamports(text(&node["address"])).await, node["sol_lamports"], "{fault}");
    }
    net.set("/sim/faults", json!({ "rpc": "ok" })).await;
    assert_eq!(listed(&net).await, whole);
}

#[tokio::test]
async fn a_fault_of_one_endpoint_leaves_the_others() {
    let net = Net::still().await;
    net.set("/sim/faults", json!({ "rpc": { "b": "500" } })).await;
    for (place, status) in [("/rpc", 200), ("/rpc/a", 200), ("/rpc/b", 500), ("/rpc/c", 200)] {
        assert_eq!(net.send_rpc(place, &runs(1, "base64")).await.unwrap().status(), status, "{place}");
    }
}

#[tokio::test]
async fn a_hanging_endpoint_says_nothing_and_a_slow_one_says_it_late() {
    let net = broken("hang").await;
    let asked = net.http.post(net.url("/rpc/a")).json(&runs(1, "base64")).timeout(A_WHILE).send().await;
    assert!(asked.unwrap_err().is_timeout());
    net.set("/sim/faults", json!({ "rpc": "slow" })).await;
    let mut answer = std::pin::pin!(listed(&net));
    assert!(tokio::time::timeout(Duration::from_millis(2_700), &mut answer).await.is_err(), "too early");
    assert!(answer.await > 0);
}

#[tokio::test]
async fn garbage_is_no_json_in_either_turn() {
    let net = broken("garbage").await;
    let mut texts = Vec::new();
    for id in 0..4 {
        let answer = net.send_rpc("/rpc/a", &runs(id, "base64")).await.unwrap();
        assert_eq!(answer.status(), 200);
        let bytes = answer.bytes().await.unwrap();
        assert!(serde_json::from_slice::<Value>(&bytes).is_err());
        texts.push(bytes);
    }
    let half_answers = texts.iter().filter(|bytes| bytes.starts_with(b"{")).count();
    assert_eq!(half_answers, 2);
}

#[tokio::test]
async fn a_stale_endpoint_stands_still_while_the_others_go_on() {
    let net = Net::still().await;
    net.set("/sim/faults", json!({ "rpc": { "a": "stale" } })).await;
    let node = net.world().await["nodes"][0].clone();
    let slot =
        json!({ "jsonrpc": "2.0", "id": 1, "method": "getSlot", "params": [{ "commitment": "confirmed" }] });
    let read = async |place: &str| {
        let answer: Value = net.send_rpc(place, &slot).await.unwrap().json().await.unwrap();
        answer["result"].as_u64().unwrap()
    };
    let frozen = read("/rpc/a").await;
    net.set(&format!("/sim/nodes/{}", text(&node["address"])), json!({ "sol_lamports": 5 })).await;
    let moved = async {
        while read("/rpc/b").await < frozen + 2 {
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), moved).await.unwrap();
    assert_eq!(read("/rpc/a").await, frozen);
    assert_eq!(net.lamports(text(&node["address"])).await, node["sol_lamports"]);
    let ahead = json!([[], { "commitment": "confirmed", "minContextSlot": frozen + 2 }]);
    assert_eq!(net.call("getMultipleAccounts", ahead).await["error"]["data"]["contextSlot"], frozen);
    net.set("/sim/faults", json!({ "rpc": "ok" })).await;
    assert_eq!(net.lamports(text(&node["address"])).await, 5);
}

#[tokio::test]
async fn zeros_have_the_right_length() {
    let net = broken("zeros").await;
    for encoding in ["base64", "base64+zstd"] {
        let answer: Value = net.send_rpc("/rpc/a", &runs(1, encoding)).await.unwrap().json().await.unwrap();
        let account = &answer["result"]["value"][0]["account"];
        let mut bytes = STANDARD.decode(text(&account["data"][0])).unwrap();
        if encoding == "base64+zstd" {
            bytes = zstd::decode_all(&bytes[..]).unwrap();
        }
        assert_eq!(bytes, vec![0; 120]);
        assert!(account["lamports"].as_u64().unwrap() > 0);
    }
}

#[tokio::test]
async fn a_dripping_answer_begins_and_does_not_end() {
    let net = broken("drip").await;
    let mut answer = net.send_rpc("/rpc/a", &runs(1, "base64")).await.unwrap();
    assert_eq!(answer.status(), 200);
    let mut bytes = 0;
    let reading = async {
        while let Some(chunk) = answer.chunk().await.unwrap() {
            bytes += chunk.len();
        }
    };
    assert!(tokio::time::timeout(Duration::from_millis(2_600), reading).await.is_err(), "it ended");
    assert!((1..=3).contains(&bytes), "{bytes} bytes");
}

#[tokio::test]
async fn a_bomb_is_endless_and_by_turns_small_and_inflating() {
    let net = broken("bomb").await;
    let mut answer = net.send_rpc("/rpc/a", &runs(1, "base64+zstd")).await.unwrap();
    let mut bytes = 0;
    while bytes < 4 << 20 {
        bytes += answer.chunk().await.unwrap().expect("it goes on").len();
    }
    drop(answer);
    let small: Value = net.send_rpc("/rpc/a", &runs(2, "base64+zstd")).await.unwrap().json().await.unwrap();
    let frame = STANDARD.decode(text(&small["result"]["value"][0]["account"]["data"][0])).unwrap();
    let mut inflated = zstd::stream::read::Decoder::new(&frame[..]).unwrap();
    let length = std::io::copy(&mut inflated, &mut std::io::sink()).unwrap();
    assert_eq!(length, 256 << 20);
}

#[tokio::test]
async fn a_redirect_names_the_second_endpoint() {
    let net = broken("redirect").await;
    let answer = net.send_rpc("/rpc/c", &runs(1, "base64")).await.unwrap();
    assert_eq!(answer.status(), 302);
    assert_eq!(answer.headers()["location"], net.url("/rpc/b"));
}

#[tokio::test]
async fn a_limit_counts_each_endpoint_for_itself() {
    let net = Net::still().await;
    net.set("/sim/limits", json!({ "rpc_per_10s": 2 })).await;
    let mut statuses = Vec::new();
    for place in ["/rpc/a", "/rpc/a", "/rpc/a", "/rpc/b"] {
        statuses.push(net.send_rpc(place, &runs(1, "base64")).await.unwrap().status().as_u16());
    }
    assert_eq!(statuses, [200, 200, 429, 200]);
    net.set("/sim/limits", json!({ "rpc_per_10s": null })).await;
    assert_eq!(net.send_rpc("/rpc/a", &runs(1, "base64")).await.unwrap().status(), 200);
}
