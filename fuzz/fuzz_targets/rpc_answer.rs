//! A whole JSON-RPC answer: raw bytes, or one well-formed answer around hostile account data, plain and compressed.
#![no_main]

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::STANDARD};
use libfuzzer_sys::fuzz_target;
use sources::solana::{account::Account, answer, job, market, run, stake, token, ws};

const LONGEST_ACCOUNT: usize = 12 * 1024;
const JOBS: &str = "nosJhNRqr2bc9g1nfGDcXXTXvYUmxD4cVwy2pMWhrYM";

fn read(account: &Account) {
    let Ok(data) = &account.data else { return };
    assert!(data.len() <= LONGEST_ACCOUNT);
    let _ = market::decode(data);
    let _ = run::decode(data);
    let _ = job::decode(data);
    let _ = stake::decode(data);
    let _ = token::decode(data);
}

fn read_all(body: &[u8]) {
    if let Ok(listed) = answer::listed(body, 1) {
        listed.accounts.iter().for_each(|(_, account)| read(account));
    }
    if let Ok(named) = answer::named(body, 1, 1) {
        named.accounts.iter().flatten().for_each(read);
    }
    if let Ok(text) = str::from_utf8(body) {
        let _ = ws::decode(text);
    }
}

fn list_of(packed: &[u8], encoding: &str) -> String {
    let data = STANDARD.encode(packed);
    let account = format!(r#"{{"data":["{data}","{encoding}"],"lamports":1,"owner":"{JOBS}"}}"#);
    let entry = format!(r#"{{"account":{account},"pubkey":"{JOBS}"}}"#);
    format!(r#"{{"id":1,"result":{{"context":{{"slot":1}},"value":[{entry},{entry}]}}}}"#)
}

/// The frames that a real validator made, for changing a few of their bytes.
static RECORDED: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let text = include_str!("../../fixtures/solana-rpc/http.json");
    let all: serde_json::Value = serde_json::from_str(text).expect("the fixture is JSON");
    let entries = all["gpa_market_zstd"]["body"]["result"]["value"].as_array().expect("a list");
    let frames = entries.iter().filter_map(|entry| entry["account"]["data"][0].as_str());
    frames.map(|frame| STANDARD.decode(frame).expect("base64")).collect()
});

/// One recorded frame; every three bytes of the input change one of its bytes.
fn edited(which: u8, edits: &[u8]) -> Vec<u8> {
    let mut frame = RECORDED[usize::from(which) % RECORDED.len()].clone();
    let length = frame.len();
    for edit in edits.chunks_exact(3) {
        frame[usize::from(u16::from_le_bytes([edit[0], edit[1]])) % length] = edit[2];
    }
    frame
}

fuzz_target!(|input: &[u8]| {
    let Some((way, data)) = input.split_first() else { return };
    match way % 5 {
        0 => read_all(data),
        1 => read_all(list_of(data, "base64").as_bytes()),
        2 => read_all(list_of(data, "base64+zstd").as_bytes()),
        // A validator's frame: magic, no content size, a window of 2 MiB; the blocks are hostile.
        3 => {
            let frame = [&[0x28, 0xb5, 0x2f, 0xfd, 0x00, 0x58], data].concat();
            read_all(list_of(&frame, "base64+zstd").as_bytes());
        }
        _ => {
            let Some((which, edits)) = data.split_first() else { return };
            read_all(list_of(&edited(*which, edits), "base64+zstd").as_bytes());
        }
    }
});
