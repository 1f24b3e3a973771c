//! Drives the rules through one world exactly as the server does, or with one of them bent.

use std::time::Duration;

use domain::{
    address::Address,
    chain::{Chain, Claim, Look},
    compare::Judged,
    endpoint::{Answer, AnswerKind, Endpoint, Meaning},
    event::Event,
    job::{Job, JobState},
    lookup::Lookup,
    market::{Market, QueueKind},
    network::{Network, Scan},
    node::Node,
    rules::Rules,
    watching::{Scanned, judged, news},
    witness::Witnesses,
};

use super::{
    glasses::{self, Instants, node, slot, stamp},
    oracle::Oracle,
    truth::{NODES, Timeline},
};

/// A rule that is bent on purpose, to see that the worlds find it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Rule {
    Ours,
    SilenceNeedsNoWitness,
    AbsenceFromAListIsBelieved,
    OneScanIsEnoughForNone,
    FinalizedIsReadForConfirmed,
    AnOlderSlotWins,
    BlindnessIsAbsence,
    AForeignAnswerIsSilence,
    BeingPickedRestartsTheSilence,
    TimeNotLookedIsSilence,
    AMarketNotReadIsEmpty,
    AClosedJobIsFinished,
    ActsAreIgnored,
}

/// Stuck sooner than in life, so that a short world can show it.
pub fn rules() -> Rules {
    Rules { stuck_brief: Duration::from_secs(240), stuck_long: Duration::from_secs(600), ..Rules::default() }
}

/// The watch over one world.
pub struct Watcher<'a> {
    timeline: &'a Timeline,
    rule: Rule,
    rules: Rules,
    network: Network,
    nodes: Vec<Judged>,
    oracle: Oracle<'a>,
}

impl<'a> Watcher<'a> {
    pub fn new(timeline: &'a Timeline, rule: Rule) -> Self {
        let rules = rules();
        let nodes = (0..NODES).map(|index| judged(Node::new(node(index), stamp(0)), stamp(0), &rules));
        let nodes = nodes.collect();
        Self { timeline, rule, rules, network: Network::default(), nodes, oracle: Oracle::new(timeline) }
    }

    /// Looks until the world ends; the first thing that is said and not so.
    pub fn watch(mut self) -> Result<(), String> {
        for now in 0..self.timeline.end {
            match now % 30 {
                5 => self.scan(now - 5)?,
                15 => self.round(now)?,
                _ if now % 10 == 0 => self.oracle.shown(now, &self.aged(now))?,
                _ => {}
            }
        }
        self.oracle.at_the_end(self.timeline.end, &self.aged(self.timeline.end))
    }

    fn aged(&self, now: i64) -> Vec<Judged> {
        let aged = |known: &Judged| known.node.clone().aged(stamp(now), &self.rules);
        self.nodes.iter().map(|known| judged(aged(known), stamp(now), &self.rules)).collect()
    }

    fn scan(&mut self, began: i64) -> Result<(), String> {
        let behind = if self.rule == Rule::FinalizedIsReadForConfirmed { 13 } else { 0 };
        let Some((instants, read)) = glasses::scan(self.timeline, &self.network, began, behind) else {
            return Ok(());
        };
        let now = stamp(instants.done);
        let blind = read.is_err();
        let read = read.map(|scan| self.bent(scan, instants));
        let scanned = Scanned::new(&self.network, read, now);
        let after = self.nodes.iter().map(|before| {
            let node = self.looked(&before.node, &scanned, blind);
            judged(node, now, &self.rules)
        });
        let after: Vec<Judged> = after.collect();
        let events = news(&scanned.closed, self.nodes.iter().zip(&after), now);
        self.network = scanned.network;
        let before = std::mem::replace(&mut self.nodes, after);
        let shown = self.aged(instants.done);
        self.oracle.scanned(began, instants.clear, &before, &shown, &events)
    }

    fn looked(&self, before: &Node, scanned: &Scanned, blind: bool) -> Node {
        let at = scanned.looked.at;
        match self.rule {
            Rule::BlindnessIsAbsence if blind => {
                let nowhere =
                    Look::Seen { claim: Claim::default(), absence_doubted: None, slot: self.network.slot };
                before.clone().looked_at(nowhere, at, &self.rules)
            }
            Rule::OneScanIsEnoughForNone => {
                let earlier = at.minus(self.rules.second_look());
                let once = before.clone().looked_at(scanned.looked.of(&before.address), earlier, &self.rules);
                scanned.judge(&once, &self.rules)
            }
            Rule::BeingPickedRestartsTheSilence => {
                let node = scanned.judge(before, &self.rules);
                match node.chain.reading.known() {
                    Some(Chain::Running(run)) => {
                        let started = run.started;
                        node.signed(started, at, &self.rules)
                    }
                    _ => node,
                }
            }
            Rule::ActsAreIgnored => {
                before.clone().looked_at(scanned.looked.of(&before.address), at, &self.rules)
            }
            _ => scanned.judge(before, &self.rules),
        }
    }

    fn bent(&self, mut scan: Scan, instants: Instants) -> Scan {
        match self.rule {
            Rule::AbsenceFromAListIsBelieved => {
                for missing in &mut scan.missing_runs {
                    (missing.run, missing.slot) = (Lookup::Gone, scan.runs.slot);
                }
                for missing in &mut scan.missing_markets {
                    (missing.market, missing.slot) = (Lookup::Gone, scan.markets.slot);
                }
            }
            Rule::AnOlderSlotWins => {
                scan.markets.slot = slot(instants.done);
                scan.runs.slot = slot(instants.done);
                scan.jobs.iter_mut().for_each(|job| job.1 = slot(instants.done));
                scan.missing_runs.iter_mut().for_each(|run| run.slot = slot(instants.done));
                scan.missing_markets.iter_mut().for_each(|market| market.slot = slot(instants.done));
            }
            Rule::AMarketNotReadIsEmpty => {
                for missing in &mut scan.missing_markets {
                    if let (Lookup::Unreadable, Some(known)) =
                        (&missing.market, self.network.markets.get(&missing.address))
                    {
                        missing.market = Lookup::Found(Market {
                            queue_kind: QueueKind::Empty,
                            queue: Vec::new(),
                            ..known.value.clone()
                        });
                    }
                }
                let unread = std::mem::take(&mut scan.markets.unreadable);
                for address in unread {
                    if let Some(known) = self.network.markets.get(&address) {
                        let empty =
                            Market { queue_kind: QueueKind::Empty, queue: Vec::new(), ..known.value.clone() };
                        scan.markets.accounts.push((address, empty));
                    }
                }
            }
            Rule::AClosedJobIsFinished => {
                for missing in &mut scan.missing_runs {
                    let run = self.network.runs.get(&missing.address).map(|seen| seen.value);
                    if let (Lookup::Gone, Some(run)) = (&missing.job, run) {
                        missing.job = Lookup::Found(finished(run.node, run.time, instants.done));
                    }
                }
            }
            _ => {}
        }
        scan
    }

    fn round(&mut self, now: i64) -> Result<(), String> {
        let (answers, looked) = match glasses::round(self.timeline, now) {
            Some(answers) => (answers, true),
            None if self.rule == Rule::TimeNotLookedIsSilence => (self.assumed(now), false),
            None => return Ok(()),
        };
        let answers: Vec<Answer> = answers.into_iter().map(|answer| self.misread(answer)).collect();
        let who: Vec<Address> = (0..NODES).map(node).collect();
        let witnesses = Witnesses::of(who.iter().zip(&answers));
        let after = self.nodes.iter().zip(&answers).map(|(before, answer)| {
            let witnessed = !looked
                || self.rule == Rule::SilenceNeedsNoWitness
                || witnesses.vouch_for(&before.node.address);
            judged(before.node.clone().probed(*answer, witnessed, &self.rules), stamp(now), &self.rules)
        });
        let after: Vec<Judged> = after.collect();
        let events: Vec<Event> = news([], self.nodes.iter().zip(&after), stamp(now));
        self.nodes = after;
        if looked { self.oracle.probed(now, &self.aged(now), &events) } else { Ok(()) }
    }

    /// What nobody asked, taken for what was heard last.
    fn assumed(&self, now: i64) -> Vec<Answer> {
        let silent = |known: &Judged| known.node.endpoint.reading.known() == Some(&Endpoint::Silent);
        let kind = |known| if silent(known) { AnswerKind::Timeout } else { AnswerKind::NotJson };
        let answer =
            |known| Answer { kind: kind(known), status: None, ms: 9, at: stamp(now), activity: None };
        self.nodes.iter().map(answer).collect()
    }

    fn misread(&self, answer: Answer) -> Answer {
        let foreign = matches!(answer.meaning(), Meaning::Foreign(_));
        if self.rule == Rule::AForeignAnswerIsSilence && foreign {
            Answer { kind: AnswerKind::Timeout, status: None, ..answer }
        } else {
            answer
        }
    }
}

fn finished(node: Address, start: i64, end: i64) -> Job {
    Job {
        ipfs_job: [1; 32],
        ipfs_result: [1; 32],
        market: Address::SYSTEM,
        node,
        payer: Address::SYSTEM,
        price: 0,
        project: Address::SYSTEM,
        state: JobState::Done,
        time_end: stamp(end).unix_seconds(),
        time_start: start,
        timeout: 0,
    }
}
