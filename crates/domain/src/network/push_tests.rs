use super::*;
use crate::{
    chain::Chain,
    lookup::Lookup,
    network::{
        List, MissingRun, Scan,
        tests::{at, job, key, market, run},
    },
};

/// One scan of slot `slot`: market 10 with its queue, and the open runs.
fn scan(slot: u64, queue: &[u8], runs: &[(u8, Run)]) -> Scan {
    Scan {
        markets: List { slot, accounts: vec![(key(10), market(queue))], unreadable: vec![] },
        runs: List {
            slot,
            accounts: runs.iter().map(|(byte, run)| (key(*byte), *run)).collect(),
            unreadable: vec![],
        },
        jobs: runs.iter().map(|(_, run)| (run.job, slot, Lookup::Found(job(JobState::Listed)))).collect(),
        missing_runs: vec![],
        missing_markets: vec![],
    }
}

/// Nodes 1 and 2 queued in market 10, node 3 at work in run 33, at slot 100.
fn known() -> Network {
    let mut network = Network::default();
    network.absorb(scan(100, &[1, 2], &[(33, run(3))]), at(0)).unwrap();
    network
}

fn push(address: u8, slot: u64, change: Change) -> Pushed {
    Pushed { address: key(address), slot, change }
}

fn state(network: &Network, node: u8) -> Option<Chain> {
    let claim = network.claims(|_| true, at(0)).remove(&key(node))?;
    let look = crate::chain::Look::Seen { claim, absence_doubted: None, slot: 1 };
    let axis = crate::chain::ChainAxis::new(at(0)).observe(look, at(1), &crate::rules::Rules::default());
    axis.reading.known().cloned()
}

fn position(network: &Network, node: u8) -> Option<u32> {
    match state(network, node)? {
        Chain::Queued(queued) => Some(queued.position),
        _ => None,
    }
}

#[test]
fn a_pushed_queue_moves_everybody_in_it() {
    let mut network = known();
    let merged = network.merge_push(&[push(10, 101, Change::Market(market(&[2, 4])))], at(1));
    assert!(merged.changed && merged.slot == 101 && merged.look.is_empty());
    assert_eq!((position(&network, 2), position(&network, 4)), (Some(1), Some(2)));
    assert_eq!(state(&network, 1), None, "absence is left to a scan");
    assert_eq!((network.slot, network.at), (100, Some(at(0))), "a push is no scan");
}

#[test]
fn older_never_goes_over_newer() {
    let mut network = known();
    network.merge_push(&[push(10, 105, Change::Market(market(&[2])))], at(1));
    let late = network.merge_push(&[push(10, 104, Change::Market(market(&[1, 2])))], at(2));
    assert!(!late.changed);
    assert_eq!(position(&network, 2), Some(1));
    network.absorb(scan(103, &[1, 2], &[(33, run(3))]), at(3)).unwrap();
    assert_eq!(position(&network, 2), Some(1), "nor does a scan that lags behind the push");
}

#[test]
fn a_closed_run_does_not_come_back_by_a_late_message() {
    let mut network = known();
    let gone = MissingRun { address: key(33), slot: 111, run: Lookup::Gone, job: Lookup::Gone };
    network.absorb(Scan { missing_runs: vec![gone], ..scan(110, &[1, 2], &[]) }, at(1)).unwrap();
    let late = network.merge_push(&[push(33, 109, Change::Run(run(3)))], at(2));
    assert!(!late.changed && network.runs.is_empty());
    assert_eq!(late.look, BTreeSet::from([key(3)]), "a scan tells whether it is open");
    let same = network.merge_push(&[push(40, 110, Change::Run(run(1)))], at(2));
    assert!(same.changed, "a slot is not over when a scan of it has begun");
}

#[test]
fn a_claim_is_believed_at_once_and_its_job_with_it() {
    let mut network = known();
    let claim = [push(101, 102, Change::Job(job(JobState::Listed))), push(40, 102, Change::Run(run(1)))];
    let merged = network.merge_push(&claim, at(1));
    assert!(merged.changed && merged.look.is_empty(), "nothing is left to ask: {merged:?}");
    let Some(Chain::Running(running)) = state(&network, 1) else { panic!("{:?}", state(&network, 1)) };
    assert_eq!((running.run, running.timeout), (key(40), Some(7_200)));
}

#[test]
fn a_run_without_its_job_asks_for_it() {
    let mut network = known();
    let merged = network.merge_push(&[push(40, 102, Change::Run(run(1)))], at(1));
    assert_eq!(merged.look, BTreeSet::from([key(1)]));
    assert!(matches!(state(&network, 1), Some(Chain::Running(_))));
}

#[test]
fn a_closed_run_and_a_done_job_ask_for_a_scan_and_prove_no_ending() {
    let done = job(JobState::Done);
    for hint in [push(33, 102, Change::RunGone), push(103, 102, Change::Job(done))] {
        let mut network = known();
        let merged = network.merge_push(std::slice::from_ref(&hint), at(1));
        assert_eq!(merged.look, BTreeSet::from([key(3)]), "{hint:?}");
        assert!(network.runs.contains_key(&key(33)), "the scan closes it, with its ending");
    }
    let mut network = known();
    let before = network.merge_push(&[push(33, 99, Change::RunGone)], at(1));
    assert!(before.look.is_empty(), "it was seen open after that");
}

#[test]
fn a_run_younger_than_the_list_is_not_missing_from_it() {
    let mut network = known();
    network.merge_push(&[push(40, 108, Change::Run(run(1)))], at(1));
    let lagging = scan(104, &[2], &[(33, run(3))]);
    assert_eq!(network.missing_from(&lagging.markets, &lagging.runs), (vec![], vec![]));
    assert_eq!(network.absorb(lagging, at(2)).unwrap().absence_doubted, None);
    assert!(matches!(state(&network, 1), Some(Chain::Running(_))));
}

#[test]
fn nothing_is_believed_before_the_first_scan_nor_from_another_chain() {
    let mut nothing = Network::default();
    assert_eq!(nothing.merge_push(&[push(10, 5, Change::Market(market(&[1])))], at(1)), Merged::default());
    let mut network = known();
    let absurd = network.merge_push(&[push(10, u64::MAX, Change::Market(market(&[9])))], at(1));
    assert!(!absurd.changed && position(&network, 1) == Some(1));
}

#[test]
fn what_was_not_confirmed_for_long_makes_no_claim() {
    let mut network = known();
    network.merge_push(&[push(10, 101, Change::Market(market(&[3])))], at(1_000));
    let claims = network.claims(|node| *node == key(3), at(900));
    let look = crate::chain::Look::Seen { claim: claims[&key(3)].clone(), absence_doubted: None, slot: 1 };
    let axis = crate::chain::ChainAxis::new(at(0)).observe(look, at(1_000), &crate::rules::Rules::default());
    assert!(matches!(axis.reading.known(), Some(Chain::Queued(queued)) if queued.more == 0));
}
