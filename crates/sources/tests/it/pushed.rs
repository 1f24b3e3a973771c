//! What a real validator pushed is read by the same accounts as what it answered.

use domain::address::Address;
use proptest::prelude::*;
use serde_json::Value;
use sources::solana::{
    Programs, run,
    ws::{Message, decode},
};

fn recorded() -> Vec<Message> {
    let all: Vec<Value> =
        serde_json::from_str(include_str!("../../../../fixtures/solana-rpc/websocket.json")).unwrap();
    all.iter().filter_map(|one| one.get("recv")).map(|recv| decode(&recv.to_string()).unwrap()).collect()
}

#[test]
fn every_recorded_message_is_understood() {
    let messages = recorded();
    assert_eq!(messages.len(), 11);
    assert_eq!(messages[0], Message::Subscribed { id: 1, subscription: 0 });
    assert_eq!(messages[2], Message::Subscribed { id: 3, subscription: 2 });
    let Message::Account { subscription: 0, slot: 52, account } = &messages[3] else {
        panic!("{:?}", messages[3]);
    };
    assert_eq!(
        (account.lamports, account.owner, &account.data),
        (5_000_000, Address::SYSTEM, &Ok(Vec::new()))
    );
    let Message::Program { subscription: 2, slot: 52, address, account } = &messages[4] else {
        panic!("{:?}", messages[4]);
    };
    assert_eq!(address.to_string(), "412SVQJQXbuob5m7ySXyjsQ2jWyMoJcdRrDyk9qbUYNi");
    assert_eq!(account.lamports, 999_999_994_995_000);
    assert!(messages.contains(&Message::Refused {
        id: Some(4),
        code: -32602,
        message: "Invalid subscription id.".into()
    }));
    assert_eq!(messages[10], Message::Refused { id: None, code: -32700, message: "Parse error".into() });
}

#[test]
fn a_pushed_run_is_read_as_a_listed_one() {
    let all: Value = serde_json::from_str(include_str!("../../../../fixtures/solana-rpc/http.json")).unwrap();
    let entry = &all["gpa_run"]["body"]["result"]["value"][3];
    let params =
        serde_json::json!({ "result": { "context": { "slot": 9 }, "value": entry }, "subscription": 1 });
    let notice = serde_json::json!({ "jsonrpc": "2.0", "method": "programNotification", "params": params });
    let Message::Program { slot: 9, account, .. } = decode(&notice.to_string()).unwrap() else {
        panic!("no notification");
    };
    let run = account.read(&Programs::MAINNET.jobs, run::decode).unwrap();
    assert_eq!(run.time, 1_773_334_803);
}

#[test]
fn other_messages_are_let_pass_and_broken_ones_refused() {
    assert_eq!(decode(r#"{"jsonrpc":"2.0","result":true,"id":5}"#).unwrap(), Message::Other);
    assert_eq!(
        decode(r#"{"jsonrpc":"2.0","method":"slotNotification","params":{}}"#).unwrap(),
        Message::Other
    );
    assert!(decode(r#"{"method":"accountNotification","params":{}}"#).is_err());
    assert!(decode("[").is_err());
}

proptest! {
    #[test]
    fn no_message_makes_the_reader_panic(text in ".{0,200}") {
        let _ = decode(&text);
    }

    #[test]
    fn nor_does_a_recorded_one_that_was_torn_or_overwritten(at in 0..400usize, cut in any::<bool>(), with in ".{0,8}") {
        let all: Vec<Value> =
            serde_json::from_str(include_str!("../../../../fixtures/solana-rpc/websocket.json")).unwrap();
        for recv in all.iter().filter_map(|one| one.get("recv")) {
            let text = recv.to_string();
            let at = at.min(text.len());
            let rest = if cut { "" } else { text.get(at + with.len()..).unwrap_or("") };
            let _ = decode(&format!("{}{with}{rest}", text.get(..at).unwrap_or("")));
        }
    }
}
