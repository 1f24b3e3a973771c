//! The RPC answers as a recorded validator does, about the simulated world.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::harness::{JOBS, Net, node, text};
use crate::shape;

fn recorded() -> Value {
    serde_json::from_str(include_str!("../../../../fixtures/solana-rpc/http.json")).unwrap()
}

fn data(account: &Value) -> Vec<u8> {
    STANDARD.decode(text(&account["data"][0])).unwrap()
}

#[tokio::test]
async fn answers_have_the_recorded_shape() {
    let net = Net::still().await;
    let names = [
        "gpa_run",
        "gpa_market_zstd",
        "gpa_market_slice",
        "gpa_none",
        "slot",
        "genesis",
        "version",
        "min_slot",
    ];
    for name in names {
        let recorded = &recorded()[name];
        let answer = net.send_rpc("/rpc/a", &recorded["request"]).await.unwrap();
        assert_eq!(answer.status(), 200, "{name}");
        assert_eq!(answer.headers()["content-type"], text(&recorded["content-type"]), "{name}");
        shape::same(&answer.json().await.unwrap(), &recorded["body"]);
    }
}

#[tokio::test]
async fn refusals_are_the_recorded_ones() {
    let net = Net::still().await;
    for name in ["gma_101", "bad_pubkey", "bad_method"] {
        let recorded = &recorded()[name];
        let answer = net.send_rpc("/rpc/b", &recorded["request"]).await.unwrap();
        assert_eq!(answer.status(), 200, "{name}");
        assert_eq!(answer.json::<Value>().await.unwrap(), recorded["body"], "{name}");
    }
    let late = net.send_rpc("/rpc", &recorded()["min_slot"]["request"]).await.unwrap();
    assert_eq!(late.json::<Value>().await.unwrap()["error"]["code"], -32016);
}

#[tokio::test]
async fn broken_json_is_told_without_an_id() {
    let net = Net::still().await;
    let post = net.http.post(net.url("/rpc")).header("content-type", "application/json");
    let answer = post.body("{nope").send().await.unwrap();
    assert_eq!(answer.status(), 200);
    let recorded: Value = serde_json::from_str(text(&recorded()["bad_json"]["body"])).unwrap();
    assert_eq!(answer.json::<Value>().await.unwrap(), recorded);
}

#[tokio::test]
async fn a_missing_account_is_null_in_its_place() {
    let net = Net::still().await;
    let run = text(&net.accounts(120).await[0]["pubkey"]).to_owned();
    let nobody = "67qvHLKGmM62RLevcGRde1aWhEPU3njDiemvX6RZEX6i";
    let answer = net.call("getMultipleAccounts", json!([[run, nobody], { "encoding": "base64" }])).await;
    shape::same(&answer, &recorded()["gma_mixed"]["body"]);
    let info = net.call("getAccountInfo", json!([nobody])).await;
    assert_eq!(info["result"]["value"], Value::Null);
    let balance = net.call("getBalance", json!([nobody])).await;
    assert_eq!(balance["result"]["value"], 0);
}

#[tokio::test]
async fn the_chain_tells_the_truth_of_the_world() {
    let net = Net::still().await;
    let world = net.world().await;
    let running = world["nodes"].as_array().unwrap().iter().filter(|node| node["chain"] == "running");
    let runs = net.accounts(120).await;
    assert_eq!(runs.len(), running.count());
    for account in &runs {
        let bytes = data(&account["account"]);
        let worker = bs58::encode(&bytes[40..72]).into_string();
        let truth = node(&world, |node| node["address"] == worker.as_str());
        assert_eq!(truth["run"], account["pubkey"]);
        assert_eq!(truth["job"], bs58::encode(&bytes[8..40]).into_string());
        assert_eq!(truth["since"], i64::from_le_bytes(bytes[105..113].try_into().unwrap()));
    }
    let markets = net.accounts(10_224).await;
    assert_eq!(markets.len(), 8);
    for account in &markets {
        let bytes = data(&account["account"]);
        let truth = world["markets"].as_array().unwrap().iter().find(|m| m["address"] == account["pubkey"]);
        let truth = truth.unwrap();
        let len = usize::try_from(u32::from_le_bytes(bytes[147..151].try_into().unwrap())).unwrap();
        assert_eq!(truth["queue_length"], len);
        let queue: Vec<_> =
            bytes[151..151 + 32 * len].chunks(32).map(|k| bs58::encode(k).into_string()).collect();
        assert_eq!(truth["queue"], json!(queue));
        let kind = match bytes[146] {
            0 => "job",
            1 => "node",
            _ => "empty",
        };
        assert_eq!(truth["queue_type"], kind);
    }
}

#[tokio::test]
async fn wallets_stakes_and_token_accounts_stand_at_their_addresses() {
    let net = Net::still().await;
    let node = net.world().await["nodes"][3].clone();
    let keys = json!([node["address"], node["nos_account"], node["stake_account"]]);
    let answer = net.call("getMultipleAccounts", json!([keys, { "encoding": "base64" }])).await;
    let [wallet, nos, stake] = &answer["result"]["value"].as_array().unwrap()[..] else { panic!("{answer}") };
    assert_eq!(wallet["lamports"], node["sol_lamports"]);
    assert_eq!(wallet["space"], 0);
    assert_eq!(u64::from_le_bytes(data(nos)[64..72].try_into().unwrap()), node["nos_micro"]);
    let xnos = u128::from_le_bytes(data(stake)[97..113].try_into().unwrap());
    assert_eq!(u64::try_from(xnos).unwrap(), node["stake_micro_xnos"]);
    let by_owner = json!([node["address"], { "mint": "nosXBVoaCTtYdLvKY6Csb4AC8JCdQKKAaWYtx2ZMoo7" },
        { "encoding": "base64" }]);
    let found = net.call("getTokenAccountsByOwner", by_owner).await;
    assert_eq!(found["result"]["value"][0]["pubkey"], node["nos_account"]);
}

#[tokio::test]
async fn without_a_commitment_the_answer_is_the_older_finalized_one() {
    let net = Net::still().await;
    let node = net.world().await["nodes"][0].clone();
    net.set(&format!("/sim/nodes/{}", text(&node["address"])), json!({ "sol_lamports": 123 })).await;
    let address = &node["address"];
    let confirmed = net.call("getBalance", json!([address, { "commitment": "confirmed" }])).await;
    let finalized = net.call("getBalance", json!([address])).await;
    assert_eq!(confirmed["result"]["value"], 123);
    assert_eq!(finalized["result"]["value"], node["sol_lamports"]);
    let slot = |answer: &Value| answer["result"]["context"]["slot"].as_u64().unwrap();
    let behind = slot(&confirmed).abs_diff(slot(&finalized));
    assert!((25..=32).contains(&behind), "{behind} slots behind");
}

#[tokio::test]
async fn base58_is_refused_over_128_bytes_and_slices_pass() {
    let net = Net::still().await;
    let market = net.world().await["markets"][0]["address"].clone();
    let whole = net.call("getAccountInfo", json!([market, { "encoding": "base58" }])).await;
    assert_eq!(whole["error"]["code"], -32600);
    let slice = json!({ "encoding": "base58", "dataSlice": { "offset": 48, "length": 8 } });
    let part = net.call("getAccountInfo", json!([market, slice])).await;
    let bytes = bs58::decode(text(&part["result"]["value"]["data"][0])).into_vec().unwrap();
    assert_eq!(bytes, 48_u64.to_le_bytes());
    assert_eq!(part["result"]["value"]["space"], 10_224);
}

#[tokio::test]
async fn a_batch_is_answered_in_its_order() {
    let net = Net::still().await;
    let batch = json!([
        { "jsonrpc": "2.0", "id": 5, "method": "getHealth" },
        { "jsonrpc": "2.0", "id": "x", "method": "getNothing", "params": [] },
    ]);
    let answer: Value = net.send_rpc("/rpc/c", &batch).await.unwrap().json().await.unwrap();
    assert_eq!(answer[0], json!({ "jsonrpc": "2.0", "result": "ok", "id": 5 }));
    assert_eq!((&answer[1]["id"], &answer[1]["error"]["code"]), (&json!("x"), &json!(-32601)));
}

#[tokio::test]
async fn signatures_and_block_times_date_what_a_node_did() {
    let net = Net::still().await;
    let queued = node(&net.world().await, |node| node["chain"] == "queued" && node["endpoint"] == "up");
    let address = text(&queued["address"]).to_owned();
    net.set(&format!("/sim/nodes/{address}"), json!({ "do": "kick" })).await;
    net.set(&format!("/sim/nodes/{address}"), json!({ "do": "join" })).await;
    let signed = net.call("getSignaturesForAddress", json!([address, { "commitment": "confirmed" }])).await;
    let signed = signed["result"].as_array().unwrap().clone();
    assert_eq!(signed.len(), 1, "a kick is the market's act, not the node's");
    let slot = &signed[0]["slot"];
    let time = net.call("getBlockTime", json!([slot])).await;
    let apart = time["result"].as_i64().unwrap().abs_diff(signed[0]["blockTime"].as_i64().unwrap());
    assert!(apart <= 1, "{apart} s apart");
}

#[tokio::test]
async fn programs_without_accounts_are_empty_and_other_paths_absent() {
    let net = Net::still().await;
    assert_eq!(
        net.call("getProgramAccounts", json!(["nosPdZrfDzND1LAR28FLMDEATUPK53K8xbRBXAirevD"])).await["result"],
        json!([])
    );
    let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "getProgramAccounts", "params": [JOBS] });
    assert_eq!(net.send_rpc("/rpc/z", &body).await.unwrap().status(), 404);
}
