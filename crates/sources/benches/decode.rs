//! How long a whole network takes from an RPC answer's bytes to an index that says where every node stands, beside
//! the same answer's mere JSON and base64.

#![expect(clippy::print_stdout, reason = "a bench prints what it measured")]
#![expect(clippy::unwrap_used, reason = "the bench made these bytes itself")]
#![expect(clippy::disallowed_methods, reason = "a bench reads the clock")]

use std::{
    hint::black_box,
    time::{Duration, Instant},
};

use base64::{Engine, engine::general_purpose::STANDARD};
use domain::{
    address::Address,
    lookup::Lookup,
    network::{List, Network, Scan},
    time::Timestamp,
};
use serde::Deserialize;
use serde_json::json;
use sources::solana::{Programs, answer::listed, job, layout::LayoutError, market, run};

const MARKETS: u16 = 50;
const QUEUE: u16 = 314;
const RUNS: u16 = 500;
const TURNS: usize = 40;
/// The ratio that the house holds itself to.
const BASELINE: f64 = 2.0;

struct Answers {
    markets: Vec<u8>,
    runs: Vec<u8>,
    jobs: Vec<u8>,
}

fn main() {
    let answers = Answers::made();
    let bytes = answers.markets.len() + answers.runs.len() + answers.jobs.len();
    let (mut whole, mut plain) = (Vec::new(), Vec::new());
    // In turns, so that a busy machine slows both.
    for _ in 0..TURNS {
        whole.push(timed(|| index(&answers)));
        plain.push(timed(|| parsed(&answers)));
    }
    let (nodes, accounts) = (index(&answers), parsed(&answers));
    assert_eq!((nodes, accounts), (usize::from(MARKETS * QUEUE), usize::from(MARKETS + 2 * RUNS)));
    let (whole, plain) = (median(whole), median(plain));
    let ratio = whole.as_secs_f64() / plain.as_secs_f64();
    println!(
        "decode and index a network ({} kB)   {:.2} ms · JSON and base64 alone {:.2} ms · {ratio:.2}x, at most {BASELINE}x wanted",
        bytes / 1000,
        whole.as_secs_f64() * 1e3,
        plain.as_secs_f64() * 1e3,
    );
}

/// From bytes to where every node stands; how many stand somewhere.
fn index(answers: &Answers) -> usize {
    let programs = Programs::MAINNET;
    let jobs = accounts(&answers.jobs, job::decode, &programs);
    let scan = Scan {
        markets: accounts(&answers.markets, market::decode, &programs),
        runs: accounts(&answers.runs, run::decode, &programs),
        jobs: jobs.accounts.into_iter().map(|(name, job)| (name, jobs.slot, Lookup::Found(job))).collect(),
        missing_runs: Vec::new(),
        missing_markets: Vec::new(),
    };
    let mut network = Network::default();
    network.absorb(scan, Timestamp::from_unix_seconds(1)).unwrap();
    black_box(network.places()).len()
}

fn accounts<T>(
    body: &[u8],
    decode: impl Fn(&[u8]) -> Result<T, LayoutError> + Copy,
    programs: &Programs,
) -> List<T> {
    let listed = listed(body, 1).unwrap();
    let read = |(name, account): &(Address, sources::solana::account::Account)| {
        Some((*name, account.read(&programs.jobs, decode)?))
    };
    List {
        slot: listed.slot,
        accounts: listed.accounts.iter().filter_map(read).collect(),
        unreadable: Vec::new(),
    }
}

#[derive(Deserialize)]
struct Plain<'a> {
    #[serde(borrow)]
    result: At<'a>,
}

#[derive(Deserialize)]
struct At<'a> {
    #[serde(borrow)]
    value: Vec<Entry<'a>>,
}

#[derive(Deserialize)]
struct Entry<'a> {
    #[serde(borrow)]
    account: Packed<'a>,
}

#[derive(Deserialize)]
struct Packed<'a> {
    #[serde(borrow)]
    data: (&'a str, &'a str),
}

/// The least that anybody who wants the bytes must do; how many accounts there are.
fn parsed(answers: &Answers) -> usize {
    let bodies = [&answers.markets, &answers.runs, &answers.jobs];
    let count = bodies.map(|body| {
        let plain: Plain<'_> = serde_json::from_slice(body).unwrap();
        let bytes = |entry: &Entry<'_>| STANDARD.decode(entry.account.data.0).unwrap();
        black_box(plain.result.value.iter().map(bytes).collect::<Vec<_>>()).len()
    });
    count.iter().sum()
}

fn timed<T>(what: impl FnOnce() -> T) -> Duration {
    let began = Instant::now();
    black_box(what());
    began.elapsed()
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

impl Answers {
    fn made() -> Self {
        let runs = (0..RUNS).map(|n| {
            let fields =
                [&run::DISCRIMINATOR[..], &key(3, n), &key(2, n), &key(4, 0), &[0], &key(5, 0)].concat();
            (key(6, n), sized([&fields[..], &7_i64.to_le_bytes()].concat(), 120))
        });
        let jobs = (0..RUNS).map(|n| {
            let keys = [key(7, n), [0; 32], key(1, n % MARKETS), [0; 32], key(8, n)].concat();
            let fields =
                [&job::DISCRIMINATOR[..], &keys, &48_u64.to_le_bytes(), &key(9, n), &[0; 17]].concat();
            (key(3, n), sized([&fields[..], &7_200_i64.to_le_bytes()].concat(), 240))
        });
        Self { markets: body((0..MARKETS).map(market)), runs: body(runs), jobs: body(jobs) }
    }
}

fn market(n: u16) -> ([u8; 32], Vec<u8>) {
    let mut data = [&market::DISCRIMINATOR[..], &key(10, n)].concat();
    data.extend([86_400_u64, 48, 7_200].iter().flat_map(|number| number.to_le_bytes()));
    data.push(1);
    data.extend(
        [&key(11, n)[..], &[255], &[0; 32], &[0; 16], &[1], &u32::from(QUEUE).to_le_bytes()].concat(),
    );
    data.extend((0..QUEUE).flat_map(|place| key(2, n * QUEUE + place)));
    (key(1, n), sized(data, 10_224))
}

/// An address of this kind and number, with bytes all over, as real ones.
fn key(kind: u8, n: u16) -> [u8; 32] {
    let mut key = [0; 32];
    let mut word = u64::from(n) << 8 | u64::from(kind);
    for chunk in key.chunks_mut(8) {
        word = word.wrapping_add(0x9e37_79b9_7f4a_7c15).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        word ^= word >> 29;
        chunk.copy_from_slice(&word.to_le_bytes());
    }
    key
}

fn sized(mut data: Vec<u8>, size: usize) -> Vec<u8> {
    data.resize(size, 0);
    data
}

fn body(accounts: impl Iterator<Item = ([u8; 32], Vec<u8>)>) -> Vec<u8> {
    let entry = |(name, data): ([u8; 32], Vec<u8>)| {
        let space = data.len();
        let data = [STANDARD.encode(data), "base64".to_owned()];
        let owner = Programs::MAINNET.jobs;
        json!({ "pubkey": Address::new(name), "account": { "data": data, "executable": false, "lamports": 1_000_000,
            "owner": owner, "rentEpoch": u64::MAX, "space": space } })
    };
    let value: Vec<_> = accounts.map(entry).collect();
    let context = json!({ "apiVersion": "3.1.8", "slot": 380_000_000 });
    json!({ "jsonrpc": "2.0", "result": { "context": context, "value": value }, "id": 1 })
        .to_string()
        .into_bytes()
}
