use super::*;
use crate::{
    address::Address,
    chain::{ChainAxis, Claim, Look, Queued, Running},
    endpoint::{Activity, Answer, AnswerKind},
    rules::Rules,
    status::status,
    why::Why,
};

const NODE: Address = Address::new([7; 32]);
const MARKET: Address = Address::new([1; 32]);

const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}

/// A node on a clock of its own, collecting what is said about it.
struct Story {
    now: i64,
    judged: Judged,
    told: Vec<Event>,
}

impl Story {
    fn new() -> Self {
        let node = Node::new(NODE, at(0));
        let status = status(&node, &Rules::default(), at(0));
        Self { now: 0, judged: Judged { node, status }, told: Vec::new() }
    }

    fn step(mut self, seconds: i64, change: impl FnOnce(Node, Timestamp) -> Node) -> Self {
        self.now += seconds;
        let now = at(self.now);
        let node = change(self.judged.node.clone(), now);
        let after = Judged { status: status(&node, &Rules::default(), now), node };
        self.told.extend(compare(&self.judged, &after, now));
        self.judged = after;
        self
    }

    fn chain(self, seconds: i64, look: Look) -> Self {
        self.step(seconds, |node, now| node.looked_at(look, now, &Rules::default()))
    }

    fn probe(self, seconds: i64, kind: AnswerKind, activity: Option<Activity>) -> Self {
        self.step(seconds, |node, now| {
            let answer = Answer { kind, status: None, ms: 1, at: now, activity };
            node.probed(answer, true, &Rules::default())
        })
    }

    fn both(self, seconds: i64, look: &Look, kind: AnswerKind) -> Self {
        self.chain(seconds, look.clone()).probe(0, kind, Some(Activity::Restarting))
    }

    fn kinds(&self) -> Vec<EventKind> {
        self.told.iter().map(|event| event.kind).collect()
    }
}

fn running(run: u8, started: i64) -> Look {
    let mut claim = Claim::default();
    claim.add_run(Running {
        run: Address::new([run; 32]),
        job: Address::new([99; 32]),
        started: at(started),
        market: Some(MARKET),
        price: Some(48),
        timeout: Some(3_600),
        more: 0,
    });
    Look::Seen { claim, absence_doubted: None, slot: 1 }
}

fn queued() -> Look {
    let mut claim = Claim::default();
    claim.add_queue(Queued { market: MARKET, position: 1, length: 2, more: 0 });
    Look::Seen { claim, absence_doubted: None, slot: 1 }
}

fn nowhere() -> Look {
    Look::Seen { claim: Claim::default(), absence_doubted: None, slot: 1 }
}

#[test]
fn what_ran_before_anybody_looked_is_no_news() {
    assert_eq!(Story::new().chain(10, running(1, -500)).kinds(), []);
}

#[test]
fn the_first_start_that_we_could_have_seen_is_told() {
    assert_eq!(Story::new().chain(10, running(1, 5)).kinds(), [EventKind::JobStarted]);
}

#[test]
fn a_new_run_is_a_start_and_the_same_run_is_not() {
    let story = Story::new()
        .chain(10, queued())
        .chain(30, running(1, 20))
        .chain(30, running(1, 20))
        .chain(30, running(2, 80));
    assert_eq!(story.kinds(), [EventKind::JobStarted, EventKind::JobStarted]);
    assert_ne!(story.told[0].key, story.told[1].key);
}

#[test]
fn leaving_a_queue_for_nowhere_is_a_kick_and_a_blind_scan_is_not() {
    let story =
        Story::new().chain(10, queued()).chain(30, Look::Blind(Why::RpcEmptyList)).chain(30, nowhere());
    assert_eq!(story.kinds(), []);
    assert_eq!(story.chain(30, nowhere()).kinds(), [EventKind::Kicked]);
}

#[test]
fn a_queue_left_in_a_blindness_is_no_kick() {
    let story = Story::new().chain(10, queued()).chain(120, nowhere()).chain(30, nowhere());
    assert_eq!(
        story.judged.status.why,
        Some(Why::FirstLook),
        "the chain says none, the endpoint nothing yet"
    );
    assert_eq!(story.kinds(), [], "it may have been picked, and have ended its job since");
}

#[test]
fn a_silence_that_nobody_was_told_of_has_no_end_to_tell() {
    let mut story = Story::new().both(30, &nowhere(), AnswerKind::Ok);
    for _ in 0..12 {
        story = story.both(30, &Look::Blind(Why::RpcTimeout), AnswerKind::TunnelPage);
    }
    let back = story.both(30, &Look::Blind(Why::RpcTimeout), AnswerKind::Ok);
    assert_eq!(back.kinds(), []);
}

#[test]
fn a_silence_is_said_once_however_often_the_chain_goes_dark_in_it() {
    let mut story = Story::new().both(30, &queued(), AnswerKind::Ok);
    for _ in 0..3 {
        for _ in 0..8 {
            story = story.both(30, &queued(), AnswerKind::TunnelPage);
        }
        for _ in 0..8 {
            story = story.both(30, &Look::Blind(Why::RpcTimeout), AnswerKind::TunnelPage);
        }
    }
    let story = story.both(30, &queued(), AnswerKind::Ok);
    assert_eq!(story.kinds(), [EventKind::Silent, EventKind::Back]);
}

#[test]
fn a_silence_is_told_once_and_its_end_with_its_length() {
    let mut story = Story::new();
    for _ in 0..2 {
        story = story.both(30, &nowhere(), AnswerKind::Ok);
    }
    for _ in 0..12 {
        story = story.both(30, &nowhere(), AnswerKind::TunnelPage);
    }
    assert_eq!(story.kinds(), [EventKind::Offline]);
    let story = story.both(30, &nowhere(), AnswerKind::Ok);
    assert_eq!(story.kinds(), [EventKind::Offline, EventKind::Back]);
    assert_eq!((story.told[0].at, story.told[1].seconds), (at(90), Some(360)));
}

#[test]
fn a_run_that_ends_during_a_silence_raises_no_second_one() {
    let mut story = Story::new().both(30, &running(1, -5), AnswerKind::Ok);
    for _ in 0..8 {
        story = story.both(30, &running(1, -5), AnswerKind::Timeout);
    }
    for _ in 0..8 {
        story = story.both(30, &nowhere(), AnswerKind::Timeout);
    }
    assert_eq!(story.kinds(), [EventKind::Silent]);
}

#[test]
fn stuck_and_overdue_are_told_when_they_begin() {
    let mut story = Story::new();
    for _ in 0..30 {
        story = story.both(30, &nowhere(), AnswerKind::Ok);
    }
    assert_eq!(story.kinds(), [EventKind::Stuck]);
    let mut story = Story::new();
    for _ in 0..140 {
        story = story.both(30, &running(1, -5), AnswerKind::Ok);
    }
    assert_eq!(story.kinds(), [EventKind::JobOverdue]);
}

#[test]
fn our_own_blindness_is_said_once_and_so_is_its_end() {
    let good = Sight::default().observe(Ok(()), at(0));
    let bad = good.observe(Err(Why::RpcTimeout), at(30)).observe(Err(Why::RpcTimeout), at(60));
    let event = sight(Source::Chain, &good, &bad, at(60)).unwrap();
    assert_eq!((event.kind, event.at, event.node), (EventKind::Blind, at(30), None));
    assert_eq!(sight(Source::Chain, &bad, &bad.observe(Err(Why::RpcTimeout), at(90)), at(90)), None);
    let again = sight(Source::Chain, &bad, &bad.observe(Ok(()), at(90)), at(90)).unwrap();
    assert_eq!((again.kind, again.seconds), (EventKind::Sighted, Some(60)));
}

#[test]
fn a_chain_axis_that_knows_nothing_says_nothing() {
    let node = Node { chain: ChainAxis::new(at(0)), ..Node::new(NODE, at(0)) };
    assert!(chain_events(&node, &node).is_empty());
}
