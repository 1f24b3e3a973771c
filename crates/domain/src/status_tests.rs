use std::time::Duration;

use super::*;
use crate::{
    address::Address,
    chain::{ChainAxis, Claim, Look, Queued, Running},
    endpoint::{Activity, Answer, AnswerKind, EndpointAxis},
};

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

const NOW: i64 = 10_000;

fn rules() -> Rules {
    Rules::default()
}

fn chain(value: Chain, since: i64) -> ChainAxis {
    ChainAxis {
        reading: Reading::Known { value, at: at(NOW) },
        since: at(since),
        slot: Some(1),
        nowhere_since: None,
        failing: None,
    }
}

fn running(timeout: i64) -> ChainAxis {
    let run = Running {
        run: Address::new([1; 32]),
        job: Address::new([2; 32]),
        started: at(5_000),
        market: None,
        price: Some(1),
        timeout: Some(timeout),
        more: 0,
    };
    chain(Chain::Running(run), 5_000)
}

fn queued() -> ChainAxis {
    chain(Chain::Queued(Queued { market: Address::new([3; 32]), position: 3, length: 12, more: 0 }), 6_000)
}

fn chain_unknown() -> ChainAxis {
    ChainAxis {
        reading: Reading::Unknown {
            since: at(9_000),
            why: Why::RpcTimeout,
            last: Some((Chain::None, at(9_000))),
        },
        since: at(9_000),
        slot: None,
        nowhere_since: None,
        failing: Some(Why::RpcTimeout),
    }
}

fn endpoint(value: Endpoint, since: i64) -> EndpointAxis {
    let brief = matches!(value, Endpoint::Up(activity) if activity.is_brief()).then_some(at(since));
    EndpointAxis {
        reading: Reading::Known { value, at: at(NOW) },
        since: at(since),
        brief_since: brief,
        ..EndpointAxis::new(at(since))
    }
}

fn up() -> EndpointAxis {
    endpoint(Endpoint::Up(Activity::Other), NOW - 60)
}

fn silent(seconds: i64) -> EndpointAxis {
    endpoint(Endpoint::Silent, NOW - seconds)
}

fn endpoint_unknown() -> EndpointAxis {
    EndpointAxis {
        reading: Reading::Unknown { since: at(9_500), why: Why::NoWitness, last: None },
        ..EndpointAxis::new(at(9_500))
    }
}

fn of(chain: ChainAxis, endpoint: EndpointAxis) -> Status {
    status(&node(chain, endpoint), &rules(), at(NOW))
}

fn node(chain: ChainAxis, endpoint: EndpointAxis) -> Node {
    Node { address: Address::new([7; 32]), chain, endpoint, verdict: None }
}

fn seen(chain: ChainAxis, endpoint: EndpointAxis) -> (Word, bool, Option<Why>) {
    let status = of(chain, endpoint);
    (status.word, status.silent, status.why)
}

#[test]
fn the_table_row_by_row() {
    let endpoints = || [up(), silent(179), silent(180), endpoint_unknown()];
    let row = |chain: &dyn Fn() -> ChainAxis| endpoints().map(|endpoint| seen(chain(), endpoint));
    let plain = |word| (word, false, None);
    let unknown = |why| (Word::Unknown, false, Some(why));

    assert_eq!(
        row(&|| running(7_200)),
        [plain(Word::Running), plain(Word::Running), (Word::Running, true, None), plain(Word::Running)]
    );
    assert_eq!(
        row(&queued),
        [plain(Word::Queued), plain(Word::Queued), (Word::Queued, true, None), plain(Word::Queued)]
    );
    let none = || chain(Chain::None, NOW - 90);
    assert_eq!(
        row(&none),
        [plain(Word::Up), unknown(Why::Silent), plain(Word::Offline), unknown(Why::NoWitness)]
    );
    assert_eq!(row(&chain_unknown), [Why::RpcTimeout; 4].map(unknown));
}

#[test]
fn offline_counts_since_the_silence_began() {
    assert_eq!(of(chain(Chain::None, NOW - 9), silent(600)).since, at(NOW - 600));
}

#[test]
fn a_run_past_its_deadline_is_overdue_and_goes_on_running() {
    let on_time = of(running(5_000), up());
    assert!(!on_time.overdue, "at the deadline itself it is not past it");
    let late = of(running(4_999), up());
    assert!(late.overdue && late.word == Word::Running);
}

#[test]
fn stuck_needs_the_brief_time_in_a_brief_state_or_the_long_time_in_any() {
    let none = || chain(Chain::None, 0);
    let stuck = |activity, seconds| of(none(), endpoint(Endpoint::Up(activity), NOW - seconds)).stuck;
    assert!(!stuck(Activity::Restarting, 599));
    assert!(stuck(Activity::Restarting, 600));
    assert!(!stuck(Activity::Benchmarking, 3_599));
    assert!(stuck(Activity::Benchmarking, 3_600));
}

#[test]
fn stuck_counts_only_while_the_chain_says_none() {
    let late_none = chain(Chain::None, NOW - 599);
    assert!(!of(late_none, endpoint(Endpoint::Up(Activity::Restarting), 0)).stuck);
    assert!(!of(queued(), endpoint(Endpoint::Up(Activity::Restarting), 0)).stuck);
}

/// A good look at the chain and a witnessed answer, then nothing but blindness for ten minutes: no scan, no probe.
fn remembered(chain: &ChainAxis, endpoint: EndpointAxis) -> Verdict {
    let mut claim = Claim::default();
    match chain.reading.known().unwrap() {
        Chain::Running(run) => claim.add_run(run.clone()),
        Chain::Queued(place) => claim.add_queue(place.clone()),
        Chain::None => {}
    }
    let good = Look::Seen { claim, absence_doubted: None, slot: 2 };
    let seen = node(chain.clone(), endpoint).looked_at(good, at(NOW), &rules());
    let before = status(&seen, &rules(), at(NOW));
    let mut blind = seen;
    for seconds in [30, 60, 91, 120, 600] {
        blind = blind.looked_at(Look::Blind(Why::RpcTimeout), at(NOW + seconds), &rules());
    }
    let now = status(&blind, &rules(), at(NOW + 600));
    assert_eq!((now.word, now.why, now.since), (Word::Unknown, Some(Why::RpcTimeout), at(NOW)));
    let last = now.last.unwrap();
    assert_eq!(
        (last.word, last.silent, last.stuck, last.overdue),
        (before.word, before.silent, before.stuck, before.overdue),
        "what was true when the sight went"
    );
    last
}

#[test]
fn what_was_true_when_the_sight_went_is_not_forgotten_with_the_time() {
    let plain = |word| Verdict { word, at: at(NOW), silent: false, stuck: false, overdue: false };
    let none = || chain(Chain::None, 0);
    assert_eq!(remembered(&running(7_200), up()), plain(Word::Running));
    assert_eq!(remembered(&running(10), up()), Verdict { overdue: true, ..plain(Word::Running) });
    assert_eq!(remembered(&queued(), silent(180)), Verdict { silent: true, ..plain(Word::Queued) });
    assert_eq!(remembered(&none(), up()), plain(Word::Up));
    let restarting = endpoint(Endpoint::Up(Activity::Restarting), NOW - 600);
    assert_eq!(remembered(&none(), restarting), Verdict { stuck: true, ..plain(Word::Up) });
    assert_eq!(remembered(&none(), silent(180)), plain(Word::Offline));
}

#[test]
fn what_began_in_a_blindness_is_not_invented() {
    let tunnel = |seconds| Answer {
        kind: AnswerKind::TunnelPage,
        status: Some(404),
        ms: 9,
        at: at(NOW + seconds),
        activity: None,
    };
    let mut node = node(queued(), up()).looked_at(Look::Blind(Why::RpcTimeout), at(NOW + 30), &rules());
    for round in 1..20 {
        node = node.probed(tunnel(round * 30), true, &rules());
    }
    let status = status(&node, &rules(), at(NOW + 600));
    let last = status.last.unwrap();
    assert_eq!((status.word, last.word, last.silent), (Word::Unknown, Word::Queued, false));
}

#[test]
fn a_stopped_watch_ages_every_word_to_unknown() {
    let seen = node(running(7_200), up()).looked_at(Look::Blind(Why::RpcTimeout), at(NOW), &rules());
    let stopped = Node { chain: ChainAxis { failing: None, ..seen.chain }, ..seen };
    let later = at(NOW).plus(Duration::from_secs(91));
    let status = status(&stopped, &rules(), later);
    assert_eq!(
        (status.word, status.why, status.last.map(|last| (last.word, last.at))),
        (Word::Unknown, Some(Why::NotWatching), Some((Word::Running, at(NOW))))
    );
}

#[test]
fn silence_that_is_no_longer_witnessed_makes_nobody_offline() {
    let node = node(chain(Chain::None, 0), silent(170));
    // Twenty seconds on, with no round in between: 190 s since the silence began, but only 170 s of it witnessed.
    assert_eq!(status(&node, &rules(), at(NOW + 20)).word, Word::Unknown);
}
