//! No bytes make a reader panic, and no truncation makes an account of half an account.

use proptest::prelude::*;
use sources::{
    endpoint,
    solana::{answer, job, market, run, stake, token, ws},
};

use crate::accounts::{of_kind, valid};

fn read_all(data: &[u8]) {
    let _ = market::decode(data);
    let _ = run::decode(data);
    let _ = job::decode(data);
    let _ = stake::decode(data);
    let _ = token::decode(data);
}

/// Bytes that begin as an account of some kind.
fn accountlike() -> impl Strategy<Value = Vec<u8>> {
    let kinds = [
        market::DISCRIMINATOR.to_vec(),
        run::DISCRIMINATOR.to_vec(),
        job::DISCRIMINATOR.to_vec(),
        stake::DISCRIMINATOR.to_vec(),
        vec![0xff; 8],
        Vec::new(),
    ];
    (prop::sample::select(kinds.to_vec()), prop::collection::vec(any::<u8>(), 0..400))
        .prop_map(|(start, rest)| [start, rest].concat())
}

/// A recorded answer with some of its bytes changed.
fn mangled(name: &'static str) -> impl Strategy<Value = Vec<u8>> {
    let all: serde_json::Value =
        serde_json::from_str(include_str!("../../../../fixtures/solana-rpc/http.json")).unwrap();
    let body = all[name]["body"].to_string().into_bytes();
    let length = body.len();
    let change = (0..length, any::<u8>());
    (prop::collection::vec(change, 0..8), 0..=length).prop_map(move |(changes, end)| {
        let mut body = body.clone();
        for (place, byte) in changes {
            body[place] = byte;
        }
        body.truncate(if end % 3 == 0 { end } else { length });
        body
    })
}

proptest! {
    #[test]
    fn no_bytes_make_a_decoder_panic(data in accountlike()) {
        read_all(&data);
    }

    #[test]
    fn no_bytes_make_an_answer_panic(body in prop::collection::vec(any::<u8>(), 0..400), id: u64) {
        let _ = answer::listed(&body, id);
        let _ = answer::named(&body, id, 3);
        let _ = endpoint::read(&body);
        let _ = ws::decode(&String::from_utf8_lossy(&body));
    }

    #[test]
    fn a_mangled_answer_is_read_or_refused(
        markets in mangled("gpa_market_zstd"),
        runs in mangled("gpa_run"),
        named in mangled("gma_mixed"),
    ) {
        for body in [markets, runs] {
            for (_, account) in answer::listed(&body, 1).map_or_else(|_| Vec::new(), |list| list.accounts) {
                account.data.iter().for_each(|data| read_all(data));
            }
        }
        if let Ok(named) = answer::named(&named, 1, 2) {
            prop_assert_eq!(named.accounts.len(), 2);
        }
    }

    #[test]
    fn a_mangled_node_is_read_or_refused(place in 0_usize..860, byte: u8) {
        let mut body = include_bytes!("../../../../fixtures/nosana/http/node-info.other.json").to_vec();
        body[place] = byte;
        if let Some(info) = endpoint::read(&body) {
            prop_assert!(info.node.chars().count() <= 200);
        }
    }
}

#[test]
fn no_truncation_of_an_account_is_an_account() {
    for fixture in valid() {
        let logical = |length: usize| match fixture.kind.as_str() {
            "MarketAccount" => market::decode(&fixture.data[..length]).is_ok(),
            "JobAccount" => job::decode(&fixture.data[..length]).is_ok(),
            "RunAccount" => run::decode(&fixture.data[..length]).is_ok(),
            "StakeAccount" => stake::decode(&fixture.data[..length]).is_ok(),
            other => panic!("{other}"),
        };
        // Readable from its last field on, and never before.
        let readable: Vec<bool> = (0..=fixture.data.len()).map(logical).collect();
        let first = readable.iter().position(|readable| *readable).unwrap();
        assert!(readable[first..].iter().all(|readable| *readable), "{}", fixture.name);
        if fixture.name.ends_with("base64") {
            assert_eq!(first, fixture.data.len(), "{}", fixture.name);
        }
    }
    assert_eq!(of_kind("RunAccount").len(), 5);
}
