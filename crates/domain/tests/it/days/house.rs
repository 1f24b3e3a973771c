//! The watch of one day: looks at the truth as the server does, and says what is news.

use std::time::Duration;

use domain::{
    address::Address,
    chain::{Claim, Look, Queued, Running},
    compare::{Judged, sight},
    condition::purse,
    endpoint::{Activity, Answer, AnswerKind},
    event::Event,
    job::{Job, JobState, ending},
    lookup::Lookup,
    network::ClosedRun,
    node::{Node, Purse},
    reading::Reading,
    rules::Rules,
    run,
    sight::{Sight, Source},
    time::Timestamp,
    watching::{judged, news},
    why::Why,
};

use super::{
    facts::{OFFLINE, PERIOD, STUCK},
    rule::Rule,
    script::{How, NODES},
    truth::{Place, Run, TIMEOUT, Truth},
};

const MARKET: u8 = 1;
const NODE: u8 = 2;
const JOB: u8 = 3;
const RUN: u8 = 4;

/// The watch, between two looks.
pub struct House {
    pub nodes: Vec<Judged>,
    purses: Vec<Purse>,
    sights: [Sight; 2],
    open: Vec<usize>,
    seen: usize,
    pub rules: Rules,
    rule: Rule,
}

pub const fn stamp(now: i64) -> Timestamp {
    Timestamp::from_unix_seconds(now)
}

fn address(kind: u8, index: usize) -> Address {
    let mut bytes = [kind; 32];
    bytes[1..3].copy_from_slice(&u16::try_from(index).unwrap().to_be_bytes());
    Address::new(bytes)
}

pub fn node(index: usize) -> Address {
    address(NODE, index)
}

pub fn node_of(address: &Address) -> usize {
    usize::from(u16::from_be_bytes([address.bytes()[1], address.bytes()[2]]))
}

fn rules() -> Rules {
    let seconds = |seconds: i64| Duration::from_secs(u64::try_from(seconds).unwrap());
    Rules {
        scan: seconds(PERIOD),
        probe: seconds(PERIOD),
        offline: seconds(OFFLINE),
        stuck_brief: seconds(STUCK.0),
        stuck_long: seconds(STUCK.1),
        ..Rules::default()
    }
}

fn claim(truth: &Truth, place: Place) -> Claim {
    let mut claim = Claim::default();
    match place {
        Place::Nowhere => {}
        Place::Queue(market) => {
            claim.add_queue(Queued { market: address(MARKET, market), position: 1, length: 3, more: 0 });
        }
        Place::Run(run) => claim.add_run(Running {
            run: address(RUN, run),
            job: address(JOB, run),
            started: stamp(truth.runs[run].start),
            market: Some(address(MARKET, 0)),
            price: Some(48),
            timeout: Some(TIMEOUT),
            more: 0,
        }),
    }
    claim
}

/// The job's account after its run was closed.
fn account(run: &Run, end: i64, how: How) -> Job {
    let done = matches!(how, How::Finish | How::ByDeployer);
    Job {
        ipfs_job: [1; 32],
        ipfs_result: [u8::from(how == How::Finish); 32],
        market: address(MARKET, 0),
        node: if done { node(run.node) } else { Address::SYSTEM },
        payer: address(9, 0),
        price: 48,
        project: address(9, 1),
        state: match how {
            How::Finish | How::ByDeployer => JobState::Done,
            How::Quit => JobState::Stopped,
            How::QuitAdmin => JobState::Listed,
        },
        time_end: if done { end } else { 0 },
        time_start: if done { run.start } else { 0 },
        timeout: TIMEOUT,
    }
}

impl House {
    pub fn new(now: i64, rule: Rule) -> Self {
        let rules = rules();
        let fresh = |index| judged(Node::new(node(index), stamp(now)), stamp(now), &rules);
        let nodes = (0..NODES).map(fresh).collect();
        let purses = vec![Purse::new(stamp(now)); NODES];
        Self { nodes, purses, sights: [Sight::default(); 2], open: Vec::new(), seen: 0, rules, rule }
    }

    /// One look at the chain.
    pub fn scan(&mut self, truth: &Truth, now: i64) -> Vec<Event> {
        let readable = truth.chain(now);
        let mut events = self.look_through(Source::Chain, readable, now);
        let closed = if readable { self.closed(truth) } else { Vec::new() };
        let after: Vec<Judged> = self
            .nodes
            .iter()
            .zip(truth.places)
            .map(|(before, place)| {
                let look = if readable {
                    let slot = u64::try_from(now).unwrap();
                    Look::Seen { claim: claim(truth, place), absence_doubted: None, slot }
                } else {
                    Look::Blind(Why::RpcTimeout)
                };
                let node = before.node.clone().looked_at(look, stamp(now), &self.rules);
                judged(node, stamp(now), &self.rules)
            })
            .collect();
        events.extend(news(&closed, self.nodes.iter().zip(&after), stamp(now)));
        self.nodes = after;
        if readable {
            self.weigh(truth, now, &mut events);
        }
        events
    }

    /// Reads every purse.
    fn weigh(&mut self, truth: &Truth, now: i64, events: &mut Vec<Event>) {
        for (index, before) in self.purses.iter_mut().enumerate() {
            let sol = Reading::Known { value: truth.sol[index], at: stamp(now) };
            let after = Purse { sol, ..before.clone() };
            events.extend(purse(node(index), before, &after, &self.rules));
            *before = after;
        }
    }

    /// One round over the endpoints. While the tunnel answers, somebody else's node does too.
    pub fn round(&mut self, truth: &Truth, now: i64) -> Vec<Event> {
        let tunnel = truth.tunnel(now);
        let mut events = self.look_through(Source::Endpoints, tunnel, now);
        let witnessed = tunnel || self.rule == Rule::OfflineWhileBlind;
        let after: Vec<Judged> = (0..NODES)
            .map(|index| {
                let up = tunnel && truth.alive[index];
                let activity = if truth.restarting[index] { Activity::Restarting } else { Activity::Other };
                let answer = Answer {
                    kind: if up { AnswerKind::Ok } else { AnswerKind::TunnelPage },
                    status: Some(if up { 200 } else { 404 }),
                    ms: 9,
                    at: stamp(now),
                    activity: up.then_some(activity),
                };
                let before = self.nodes[index].node.clone();
                judged(before.probed(answer, witnessed, &self.rules), stamp(now), &self.rules)
            })
            .collect();
        events.extend(news([], self.nodes.iter().zip(&after), stamp(now)));
        self.nodes = after;
        events
    }

    fn look_through(&mut self, source: Source, good: bool, now: i64) -> Vec<Event> {
        let sight_of = &mut self.sights[usize::from(source == Source::Endpoints)];
        let why = if source == Source::Chain { Why::RpcTimeout } else { Why::NoWitness };
        let after = sight_of.observe(if good { Ok(()) } else { Err(why) }, stamp(now));
        let event = sight(source, sight_of, &after, stamp(now));
        *sight_of = after;
        event.into_iter().collect()
    }

    /// The runs that were closed since the last good look.
    fn closed(&mut self, truth: &Truth) -> Vec<ClosedRun> {
        self.open.extend(self.seen..truth.runs.len());
        self.seen = truth.runs.len();
        let mut closed = Vec::new();
        self.open.retain(|index| {
            let run = &truth.runs[*index];
            let Some((end, how)) = run.end else { return true };
            let account_of = run::Run { job: address(JOB, *index), node: node(run.node), time: run.start };
            let ending = ending(&account_of, &Lookup::Found(account(run, end, how)));
            closed.push(ClosedRun { address: address(RUN, *index), run: account_of, ending });
            false
        });
        closed
    }
}
