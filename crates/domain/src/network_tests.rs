use proptest::prelude::*;

use super::*;
use crate::chain::{Claim, Queued};
use crate::job::Outcome;

pub(super) const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

pub(super) const fn key(byte: u8) -> Address {
    Address::new([byte; 32])
}

pub(super) fn market(queue: &[u8]) -> Market {
    Market {
        authority: key(200),
        job_expiration: 86_400,
        price: 48,
        timeout: 7_200,
        job_type: 4,
        access_key: Address::SYSTEM,
        xnos_minimum: 0,
        queue_kind: QueueKind::Node,
        queue: queue.iter().map(|byte| key(*byte)).collect(),
    }
}

pub(super) fn run(node: u8) -> Run {
    Run { job: key(node + 100), node: key(node), time: 50 }
}

pub(super) fn job(state: JobState) -> Job {
    Job {
        ipfs_job: [1; 32],
        ipfs_result: [0; 32],
        market: key(10),
        node: Address::SYSTEM,
        payer: key(201),
        price: 48,
        project: key(202),
        state,
        time_end: 0,
        time_start: 0,
        timeout: 7_200,
    }
}

fn scan(slot: u64, markets: Vec<(u8, Market)>, runs: Vec<(u8, Run)>) -> Scan {
    let jobs = runs.iter().map(|(_, run)| (run.job, slot, Lookup::Found(job(JobState::Listed)))).collect();
    let named = |list: Vec<(u8, Market)>| list.into_iter().map(|(byte, value)| (key(byte), value)).collect();
    Scan {
        markets: List { slot, accounts: named(markets), unreadable: vec![] },
        runs: List {
            slot,
            accounts: runs.into_iter().map(|(byte, run)| (key(byte), run)).collect(),
            unreadable: vec![],
        },
        jobs,
        missing_runs: vec![],
        missing_markets: vec![],
    }
}

/// One market with nodes 1 and 2 queued, node 3 at work in run 33.
fn known() -> Network {
    let mut network = Network::default();
    network.absorb(scan(100, vec![(10, market(&[1, 2]))], vec![(33, run(3))]), at(0)).unwrap();
    network
}

fn missing(slot: u64, run: Lookup<Run>, job: Lookup<Job>) -> MissingRun {
    MissingRun { address: key(33), slot, run, job }
}

fn without_the_run(slot: u64, missing: MissingRun) -> Scan {
    Scan { missing_runs: vec![missing], ..scan(slot, vec![(10, market(&[1, 2]))], vec![]) }
}

#[test]
fn places_are_read_from_queues_and_runs() {
    let places = known().places();
    let mut queued = Claim::default();
    queued.add_queue(Queued { market: key(10), position: 2, length: 2, more: 0 });
    assert_eq!(places.get(&key(2)), Some(queued));
    assert!(places.contains(&key(3)));
    assert!(!places.contains(&key(4)));
}

#[test]
fn jobs_that_wait_in_a_queue_are_no_nodes() {
    let mut network = Network::default();
    let jobs = Market { queue_kind: QueueKind::Job, ..market(&[1]) };
    network.absorb(scan(100, vec![(10, jobs)], vec![]), at(0)).unwrap();
    assert!(network.places().is_empty());
}

#[test]
fn a_network_without_markets_is_not_believed() {
    let mut network = known();
    let before = network.clone();
    assert_eq!(network.absorb(scan(101, vec![], vec![]), at(30)), Err(Why::RpcEmptyList));
    assert_eq!(network, before);
    assert_eq!(Network::default().absorb(scan(1, vec![], vec![]), at(0)), Err(Why::RpcEmptyList));
}

#[test]
fn an_older_or_frozen_chain_is_not_believed() {
    let mut network = known();
    let again = |slot| scan(slot, vec![(10, market(&[]))], vec![]);
    assert_eq!(network.absorb(again(99), at(30)), Err(Why::RpcStale));
    assert_eq!(network.absorb(again(100), at(30)), Err(Why::RpcStale));
    assert!(network.places().contains(&key(1)));
}

#[test]
fn a_frozen_chain_is_noticed_however_often_it_is_read() {
    let mut network = known();
    let again = || scan(100, vec![(10, market(&[1, 2]))], vec![(33, run(3))]);
    for second in 1..10 {
        assert!(network.absorb(again(), at(second)).is_ok(), "two looks may well meet the same slot");
    }
    assert_eq!(network.absorb(again(), at(10)), Err(Why::RpcStale));
}

#[test]
fn a_run_missing_from_the_list_is_asked_for() {
    let list = scan(101, vec![], vec![]);
    let (markets, runs) = known().missing_from(&list.markets, &list.runs);
    assert_eq!((markets, runs), (vec![key(10)], vec![(key(33), run(3))]));
}

#[test]
fn a_run_that_its_own_name_calls_gone_is_closed_with_its_ending() {
    let mut network = known();
    let done = Job {
        state: JobState::Done,
        node: key(3),
        time_start: 50,
        time_end: 150,
        ipfs_result: [1; 32],
        ..job(JobState::Done)
    };
    let absorbed = network
        .absorb(without_the_run(101, missing(101, Lookup::Gone, Lookup::Found(done))), at(30))
        .unwrap();
    assert_eq!(absorbed.closed.len(), 1);
    assert_eq!(absorbed.closed[0].ending.outcome, Outcome::Finished);
    assert_eq!(absorbed.closed[0].ending.paid, Some(4_800));
    assert_eq!((absorbed.absence_doubted, network.runs.len(), network.jobs.len()), (None, 0, 0));
}

#[test]
fn a_run_that_is_alive_by_name_convicts_the_list() {
    let mut network = known();
    let absorbed = network
        .absorb(
            without_the_run(101, missing(101, Lookup::Found(run(3)), Lookup::Found(job(JobState::Listed)))),
            at(30),
        )
        .unwrap();
    assert_eq!((absorbed.closed.len(), absorbed.absence_doubted), (0, Some(Why::RpcShortList)));
    assert!(network.places().contains(&key(3)));
}

#[test]
fn an_answer_older_than_the_list_closes_nothing() {
    let mut network = known();
    let absorbed =
        network.absorb(without_the_run(105, missing(104, Lookup::Gone, Lookup::Gone)), at(30)).unwrap();
    assert_eq!((absorbed.closed.len(), absorbed.absence_doubted), (0, Some(Why::RpcStale)));
    assert_eq!(network.runs.len(), 1);
}

#[test]
fn a_claimed_job_is_stopped_and_running_at_once() {
    let mut network = Network::default();
    let mut first = scan(100, vec![(10, market(&[]))], vec![(33, run(3))]);
    first.jobs = vec![(key(103), 100, Lookup::Found(job(JobState::Stopped)))];
    network.absorb(first, at(0)).unwrap();
    assert!(network.places().contains(&key(3)), "a run names it, whatever the state byte says");
    let unreadable = missing(101, Lookup::Unreadable, Lookup::Found(job(JobState::Stopped)));
    let absorbed = network.absorb(without_the_run(101, unreadable), at(30)).unwrap();
    assert_eq!(absorbed.closed, [], "stopped was no news");
}

#[test]
fn a_job_that_stopped_since_closes_a_run_that_cannot_be_read() {
    let mut network = known();
    let stopped = missing(101, Lookup::Unreadable, Lookup::Found(job(JobState::Stopped)));
    let absorbed = network.absorb(without_the_run(101, stopped), at(30)).unwrap();
    assert_eq!(absorbed.closed[0].ending.outcome, Outcome::Failed);
}

#[test]
fn a_market_missing_from_the_list_keeps_its_queue_until_its_name_says_gone() {
    let settle = |lookup: Lookup<Market>, slot| {
        let mut network = known();
        let mut scan = scan(101, vec![(11, market(&[5]))], vec![(33, run(3))]);
        scan.missing_markets = vec![MissingMarket { address: key(10), slot, market: lookup }];
        let absorbed = network.absorb(scan, at(30)).unwrap();
        (network.places().contains(&key(1)), absorbed.absence_doubted)
    };
    assert_eq!(settle(Lookup::Unreadable, 101), (true, Some(Why::RpcBadAccount)));
    assert_eq!(settle(Lookup::Gone, 100), (true, Some(Why::RpcStale)));
    assert_eq!(settle(Lookup::Found(market(&[1])), 101), (true, Some(Why::RpcShortList)));
    assert_eq!(settle(Lookup::Gone, 101), (false, None));
}

#[test]
fn what_the_last_scan_could_not_read_stays_and_confirms_nothing() {
    let mut network = known();
    let mut scan = scan(101, vec![(11, market(&[5]))], vec![]);
    let unread = MissingMarket { address: key(10), slot: 101, market: Lookup::Unreadable };
    scan.missing_markets = vec![unread];
    scan.missing_runs = vec![missing(101, Lookup::Unreadable, Lookup::Unreadable)];
    let absorbed = network.absorb(scan, at(30)).unwrap();
    assert_eq!(absorbed.absence_doubted, Some(Why::RpcBadAccount));
    assert!(network.places().contains(&key(1)) && network.places().contains(&key(3)));
    let confirmed: Vec<Address> = network.confirmed_places().nodes().copied().collect();
    assert_eq!(confirmed, [key(5)], "of the others the old look stands, with its age");
}

#[test]
fn accounts_that_do_not_decode_doubt_every_absence() {
    let mut network = known();
    let mut zeros = scan(101, vec![(10, market(&[1, 2]))], vec![(33, run(3))]);
    zeros.markets.unreadable = vec![key(12)];
    assert_eq!(network.absorb(zeros, at(30)).unwrap().absence_doubted, Some(Why::RpcBadAccount));
    let mut only_zeros = scan(102, vec![], vec![]);
    only_zeros.markets.unreadable = vec![key(10)];
    assert_eq!(network.absorb(only_zeros, at(60)), Err(Why::RpcBadAccount));
}

#[test]
fn a_finished_node_that_queued_again_is_seen_in_the_newer_place() {
    let mut network = known();
    let done = Lookup::Found(job(JobState::Stopped));
    let mut next = without_the_run(101, missing(101, Lookup::Gone, done));
    next.markets.accounts = vec![(key(10), market(&[1, 2, 3]))];
    network.absorb(next, at(30)).unwrap();
    let mut queued = Claim::default();
    queued.add_queue(Queued { market: key(10), position: 3, length: 3, more: 0 });
    assert_eq!(network.places().get(&key(3)), Some(queued));
}

proptest! {
    /// Whatever subset of the true network a throttled list shows, with honest answers by name: nobody moves.
    #[test]
    fn a_shortened_list_moves_nobody(keep_markets in prop::collection::vec(any::<bool>(), 4), keep_runs in prop::collection::vec(any::<bool>(), 4)) {
        let markets: Vec<(u8, Market)> = (0..4).map(|n| (10 + n, market(&[20 + n, 30 + n]))).collect();
        let runs: Vec<(u8, Run)> = (0..4).map(|n| (40 + n, run(50 + n))).collect();
        let mut network = Network::default();
        network.absorb(scan(1, markets.clone(), runs.clone()), at(0)).unwrap();
        let before = network.places();
        let pick = |kept: &[bool], index: usize| kept[index];
        let mut short = scan(2,
            markets.iter().enumerate().filter(|(i, _)| pick(&keep_markets, *i)).map(|(_, m)| m.clone()).collect(),
            runs.iter().enumerate().filter(|(i, _)| pick(&keep_runs, *i)).map(|(_, r)| *r).collect());
        let (lost_markets, lost_runs) = network.missing_from(&short.markets, &short.runs);
        short.missing_markets = lost_markets.iter().map(|address| MissingMarket {
            address: *address, slot: 2, market: Lookup::Found(network.markets[address].value.clone()) }).collect();
        short.missing_runs = lost_runs.iter().map(|(address, run)| MissingRun {
            address: *address, slot: 2, run: Lookup::Found(*run), job: Lookup::Found(job(JobState::Listed)) }).collect();
        let anything_lost = !lost_markets.is_empty() || !lost_runs.is_empty();
        match network.absorb(short, at(30)) {
            Ok(absorbed) => {
                prop_assert_eq!(absorbed.absence_doubted.is_some(), anything_lost);
                prop_assert!(absorbed.closed.is_empty());
            }
            Err(why) => prop_assert_eq!(why, Why::RpcEmptyList),
        }
        prop_assert_eq!(network.places(), before);
    }
}
