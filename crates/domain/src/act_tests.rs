use super::*;
use crate::{
    chain::{Claim, Look, Running},
    endpoint::{Activity, Answer, AnswerKind},
    event::EventKind,
    job::{Ending, Job},
    network::Seen,
    rules::Rules,
    run::Run,
    status::{Word, status},
    watching::{judge, judged, news},
};

const NOW: i64 = 1_000;

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

const fn key(byte: u8) -> Address {
    Address::new([byte; 32])
}

const NODE: Address = key(1);
const RUN: Run = Run { job: key(60), node: NODE, time: 900 };

fn market(kind: QueueKind, queue: &[Address]) -> Market {
    Market {
        authority: key(200),
        job_expiration: 0,
        price: 1,
        timeout: 60,
        job_type: 0,
        access_key: Address::SYSTEM,
        xnos_minimum: 0,
        queue_kind: kind,
        queue: queue.to_vec(),
    }
}

fn job(state: JobState) -> Job {
    Job {
        ipfs_job: [1; 32],
        ipfs_result: [0; 32],
        market: key(10),
        node: Address::SYSTEM,
        payer: key(201),
        price: 1,
        project: key(202),
        state,
        time_end: 0,
        time_start: 0,
        timeout: 60,
    }
}

/// One market and, with a job's state, one open run of the node.
fn network(slot: u64, kind: QueueKind, queue: &[Address], running: Option<JobState>) -> Network {
    let mut network = Network { slot, at: Some(at(NOW)), ..Network::default() };
    network.markets.insert(key(10), Seen { value: market(kind, queue), slot, at: at(NOW) });
    if let Some(state) = running {
        network.runs.insert(key(50), Seen { value: RUN, slot, at: at(NOW) });
        network.jobs.insert(key(60), Seen { value: job(state), slot, at: at(NOW) });
    }
    network
}

fn nodes(slot: u64, queue: &[Address]) -> Network {
    network(slot, QueueKind::Node, queue, None)
}

fn act(before: &Network, after: &Network, closed: &[ClosedRun]) -> Option<i64> {
    Acts::between(before, after, closed, at(NOW)).0.get(&NODE).map(|act| act.unix_seconds())
}

#[test]
fn only_a_place_that_the_same_queue_did_not_hold_before_is_an_entry() {
    assert_eq!(act(&nodes(1, &[key(2)]), &nodes(2, &[key(2), NODE]), &[]), Some(NOW));
    assert_eq!(act(&nodes(1, &[key(2), NODE]), &nodes(2, &[NODE]), &[]), None, "moving up is no act");
    assert_eq!(act(&Network::default(), &nodes(2, &[NODE]), &[]), None, "who knows since when");
    assert_eq!(act(&nodes(2, &[]), &nodes(2, &[NODE]), &[]), None, "the same look is no later one");
    let mut restored = nodes(1, &[]);
    restored.at = None;
    assert_eq!(act(&restored, &nodes(2, &[NODE]), &[]), None, "the store keeps markets without their queues");
    let jobs = network(1, QueueKind::Job, &[NODE], None);
    assert_eq!(act(&jobs, &nodes(2, &[NODE]), &[]), Some(NOW), "what waited before were jobs");
}

#[test]
fn ending_a_run_while_still_in_a_queue_is_no_entry() {
    let both = network(1, QueueKind::Node, &[NODE], Some(JobState::Listed));
    assert_eq!(act(&both, &nodes(2, &[NODE]), &[]), None);
}

#[test]
fn a_claim_is_told_from_being_picked_by_the_stopped_job() {
    let running = |state| network(2, QueueKind::Empty, &[], Some(state));
    assert_eq!(act(&nodes(1, &[NODE]), &running(JobState::Listed), &[]), None, "picked");
    assert_eq!(act(&nodes(1, &[NODE]), &running(JobState::Stopped), &[]), Some(900), "at its block time");
}

#[test]
fn a_run_out_of_nowhere_needs_a_signature_and_one_out_of_a_queue_does_not() {
    let rules = Rules::default();
    let look = |queue: bool, run: Option<i64>| {
        let mut claim = Claim::default();
        if queue {
            claim.add_queue(crate::chain::Queued { market: key(10), position: 1, length: 1, more: 0 });
        }
        if let Some(started) = run {
            let (run, job, started) = (key(50), key(60), at(started));
            let open = Running { run, job, started, market: None, price: None, timeout: None, more: 0 };
            claim.add_run(open);
        }
        Look::Seen { claim, absence_doubted: None, slot: 1 }
    };
    let told = |first: Look, started| {
        let before = Node::new(NODE, at(0)).looked_at(first.clone(), at(10), &rules);
        let before = before.looked_at(first, at(40), &rules);
        let after = before.clone().looked_at(look(false, Some(started)), at(70), &rules);
        Acts::default().of(&before, &after)
    };
    assert_eq!(told(look(false, None), 60), Some(at(60)));
    assert_eq!(told(look(false, None), 5), None, "it ran before we called it nowhere");
    assert_eq!(told(look(true, None), 60), None, "picked");
}

#[test]
fn of_the_ends_only_finish_and_quit_are_the_nodes_own() {
    let listed = network(1, QueueKind::Empty, &[], Some(JobState::Listed));
    let claimed = network(1, QueueKind::Empty, &[], Some(JobState::Stopped));
    let ended = |before: &Network, outcome, time_end| {
        let ending = Ending { outcome, time_start: 900, time_end, paid: None, last_word: true };
        act(before, &nodes(2, &[]), &[ClosedRun { address: key(50), run: RUN, ending }])
    };
    assert_eq!(ended(&listed, Outcome::Finished, Some(950)), Some(950));
    assert_eq!(ended(&listed, Outcome::Finished, Some(i64::MAX)), Some(NOW), "no act lies ahead of us");
    assert_eq!(ended(&listed, Outcome::Failed, None), Some(NOW));
    assert_eq!(ended(&claimed, Outcome::Failed, None), None, "stopped before and after: quit or kicked out?");
    for outcome in [Outcome::Abandoned, Outcome::EndedByDeployer, Outcome::Unknown] {
        assert_eq!(ended(&listed, outcome, Some(950)), None, "{outcome:?}");
    }
}

#[test]
fn an_act_ends_the_silence_and_what_follows_is_a_new_one() {
    let rules = Rules::default();
    let silent = |node: Node, now| {
        let answer = Answer { kind: AnswerKind::Timeout, status: None, ms: 1, at: at(now), activity: None };
        node.probed(answer, true, &rules)
    };
    let nowhere = || Look::Seen { claim: Claim::default(), absence_doubted: None, slot: 1 };
    let up =
        Answer { kind: AnswerKind::Ok, status: Some(200), ms: 1, at: at(0), activity: Some(Activity::Other) };
    let mut before = judged(Node::new(NODE, at(0)).probed(up, true, &rules), at(0), &rules);
    let mut told = Vec::new();
    for step in 1..=20 {
        let now = step * 30;
        let acts = if now == 300 { Acts([(NODE, at(290))].into()) } else { Acts::default() };
        let node = judge(&before.node, nowhere(), &acts, at(now), &rules);
        let after = judged(silent(node, now), at(now), &rules);
        told.extend(news([], [(&before, &after)], at(now)));
        if now == 300 {
            let shown = status(&after.node, &rules, at(now));
            assert_ne!(shown.word, Word::Offline, "it signed ten seconds ago");
        }
        before = after;
    }
    let kinds: Vec<_> = told.iter().map(|event| (event.kind, event.at.unix_seconds())).collect();
    assert_eq!(
        kinds,
        [(EventKind::Offline, 30), (EventKind::Back, 300), (EventKind::Offline, 290)],
        "one for each transition"
    );
    assert_ne!(told[0].key, told[2].key, "the second silence is not the first");
}
