//! What a real validator answered goes through the real client, byte for byte, over a real socket.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use domain::{address::Address, why::Why};
use serde_json::Value;
use sources::solana::{Kind, Limits, Programs, Rpc, RpcError, answer::Named, market, run};

use crate::served::{Reply, Served, json, patient};

fn recorded(name: &str) -> String {
    let all: Value = serde_json::from_str(include_str!("../../../../fixtures/solana-rpc/http.json")).unwrap();
    let exchange = &all[name];
    assert_eq!(exchange["status"], 200, "{name}");
    match &exchange["body"] {
        Value::String(text) => text.clone(),
        body => body.to_string(),
    }
}

async fn serve(name: &str) -> (Served, Rpc) {
    let body = recorded(name);
    let served = Served::start(move |_| json(&body)).await;
    let rpc = served.rpc(patient());
    (served, rpc)
}

const fn runs() -> Kind {
    Kind {
        program: Programs::MAINNET.jobs,
        discriminator: run::DISCRIMINATOR,
        size: Some(run::ALLOCATED),
        packed: false,
    }
}

const fn markets() -> Kind {
    Kind { program: Programs::MAINNET.jobs, discriminator: market::DISCRIMINATOR, size: None, packed: true }
}

fn address(text: &str) -> Address {
    text.parse().unwrap()
}

async fn named(name: &str, keys: usize) -> Result<Named, RpcError> {
    let (_served, rpc) = serve(name).await;
    rpc.accounts(&vec![Address::SYSTEM; keys], 240, None).await
}

async fn refused(name: &str) -> (Why, Option<i64>, String) {
    let error = named(name, 1).await.unwrap_err();
    let (_, words) = error.detail.split_once(": ").unwrap();
    (error.why, error.code, words.to_owned())
}

#[tokio::test]
async fn runs_are_listed() {
    let (_served, rpc) = serve("gpa_run").await;
    let listed = rpc.list(runs(), None).await.unwrap();
    assert_eq!((listed.slot, listed.accounts.len()), (0, 5));
    let read = |data: &[u8]| run::decode(data);
    let decoded: Vec<_> =
        listed.accounts.iter().filter_map(|(_, one)| one.read(&Programs::MAINNET.jobs, read)).collect();
    assert_eq!(decoded.len(), 5);
    let (_, first) = &listed.accounts[3];
    assert_eq!(first.lamports, 10_000_000);
    assert_eq!(decoded[3].node, address("67qvHLKGmM62RLevcGRde1aWhEPU3njDiemvX6RZEX6i"));
    assert_eq!(decoded[3].time, 1_773_334_803);
}

#[tokio::test]
async fn compressed_markets_are_listed() {
    let (_served, rpc) = serve("gpa_market_zstd").await;
    let listed = rpc.list(markets(), None).await.unwrap();
    let read = |data: &[u8]| market::decode(data);
    let mut queues = Vec::new();
    for (_, account) in &listed.accounts {
        assert_eq!(account.data.as_ref().map(Vec::len), Ok(10_224));
        queues.extend(account.read(&Programs::MAINNET.jobs, read).map(|market| market.queue.len()));
    }
    // The validator was also given a market whose queue claims 4,294,967,295 entries.
    queues.sort_unstable();
    assert_eq!((listed.accounts.len(), queues.first(), queues.last()), (8, Some(&0), Some(&314)));
}

#[tokio::test]
async fn an_empty_list_is_an_answer() {
    let (_served, rpc) = serve("gpa_none").await;
    assert_eq!(rpc.list(runs(), None).await.unwrap().accounts, []);
}

#[tokio::test]
async fn a_list_without_its_slot_is_none() {
    let (_served, rpc) = serve("gpa_market_slice").await;
    assert_eq!(rpc.list(runs(), None).await.unwrap_err().why, Why::RpcGarbage);
}

#[tokio::test]
async fn a_missing_account_is_null_in_its_place() {
    let named = named("gma_mixed", 2).await.unwrap();
    let owners: Vec<_> = named.accounts.iter().map(|one| one.as_ref().map(|account| account.owner)).collect();
    assert_eq!((named.slot, owners), (3, vec![Some(Programs::MAINNET.jobs), None]));
}

#[tokio::test]
async fn refusals_keep_their_code_and_words() {
    let max = "-32602: Too many inputs provided; max 100";
    assert_eq!(refused("gma_101").await, (Why::RpcError, Some(-32602), max.into()));
    let invalid = "-32602: Invalid param: Invalid";
    assert_eq!(refused("bad_pubkey").await, (Why::RpcError, Some(-32602), invalid.into()));
    let unknown = "-32601: Method not found";
    assert_eq!(refused("bad_method").await, (Why::RpcError, Some(-32601), unknown.into()));
    assert_eq!(refused("bad_json").await, (Why::RpcError, Some(-32700), "-32700: Parse error".into()));
}

#[tokio::test]
async fn answers_to_other_questions_are_garbage() {
    for name in ["slot", "genesis", "version"] {
        assert_eq!(refused(name).await.0, Why::RpcGarbage, "{name}");
    }
}

#[tokio::test]
async fn a_slot_that_is_not_reached_is_asked_for_again_before_it_is_called_stale() {
    let (_served, rpc) = serve("min_slot").await;
    let error = rpc.accounts(&[Address::SYSTEM], 240, Some(999_999_999)).await.unwrap_err();
    assert_eq!((error.why, error.code, rpc.calls()), (Why::RpcStale, Some(-32016), 4));

    let (behind, reached) = (recorded("min_slot"), recorded("gma_mixed").replace("\"id\":1", "\"id\":3"));
    let asked = Arc::new(AtomicUsize::new(0));
    let served = Served::start(move |_| match asked.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => json(&behind),
        _ => json(&reached),
    })
    .await;
    let rpc = served.rpc(patient());
    assert_eq!(rpc.accounts(&[Address::SYSTEM; 2], 240, Some(3)).await.map(|named| named.slot), Ok(3));
}

#[tokio::test]
async fn an_answer_older_than_asked_for_is_stale() {
    let (_served, rpc) = serve("gma_mixed").await;
    let error = rpc.accounts(&[Address::SYSTEM; 2], 240, Some(4)).await.unwrap_err();
    assert_eq!(error.why, Why::RpcStale);
}

/// Lists markets twice at an endpoint that refuses zstd in these words; the requests that it saw.
async fn refusing_zstd(refusal: &'static str) -> (Result<usize, Why>, Vec<bool>) {
    let plain = recorded("gpa_none");
    let seen = Arc::new(std::sync::Mutex::new(Vec::new()));
    let requests = Arc::clone(&seen);
    let served = Served::start(move |request| -> Reply {
        let zstd = request.contains("base64+zstd");
        let mut seen = requests.lock().unwrap();
        seen.push(zstd);
        let id = format!("\"id\":{}", seen.len());
        if zstd { json(&refusal.replace("\"id\":1", &id)) } else { json(&plain.replace("\"id\":1", &id)) }
    })
    .await;
    let rpc = served.rpc(Limits::default());
    let mut outcome = Ok(0);
    for _ in 0..2 {
        let listed = rpc.list(markets(), None).await;
        outcome = listed.map(|listed| listed.accounts.len()).map_err(|error| error.why);
    }
    served.stop().await;
    let seen = seen.lock().unwrap().clone();
    (outcome, seen)
}

#[tokio::test]
async fn an_endpoint_that_refuses_zstd_is_asked_plainly_from_then_on() {
    let invalid = r#"{"jsonrpc":"2.0","error":{"code":-32602,"message":"unknown variant"},"id":1}"#;
    assert_eq!(refusing_zstd(invalid).await, (Ok(0), vec![true, false, false]));
    let worded = r#"{"jsonrpc":"2.0","error":{"code":-32600,"message":"unsupported encoding"},"id":1}"#;
    assert_eq!(refusing_zstd(worded).await, (Ok(0), vec![true, false, false]));
    let busy = r#"{"jsonrpc":"2.0","error":{"code":-32005,"message":"Node is behind"},"id":1}"#;
    assert_eq!(refusing_zstd(busy).await, (Err(Why::RpcError), vec![true, true]));
}
