//! What may be said of a node, and what must be: the tables of network.md in the oracle's own words.

use std::collections::{BTreeSet, HashSet};

use domain::{
    chain::Chain,
    compare::Judged,
    endpoint::Endpoint,
    event::{Event, EventKind},
    reading::Reading,
    status::Word,
};

use super::{
    glasses::{market, node, run, second},
    script::Mouth,
    truth::{Closing, NODES, QUIET, Signed, Timeline, Truth},
};

/// Three periods: how old a known thing may be.
const VALID: i64 = 90;
const OFFLINE: i64 = 180;
const STUCK: (i64, i64) = (240, 600);

/// What the rounds told of one endpoint.
#[derive(Clone, Debug, Default)]
struct Heard {
    /// Witnessed rounds without an answer, none farther from the next than three periods.
    silent: Option<(i64, i64)>,
    /// Rounds in which the node itself answered, in a row.
    up: Option<(i64, i64)>,
    /// Those of them in which it said that it restarts.
    brief: Option<(i64, i64)>,
}

/// Everything that a fair judge remembers.
pub struct Oracle<'a> {
    timeline: &'a Timeline,
    /// When each scan began, and whether nothing stood in between.
    scans: Vec<(i64, bool)>,
    heard: [Heard; NODES],
    /// The last act of each node that two clear scans show.
    shown_act: [i64; NODES],
    /// Runs that a clear scan showed.
    seen: BTreeSet<usize>,
    keys: HashSet<String>,
    /// Whether the last that was told of a node's endpoint is that it is silent.
    down: [bool; NODES],
}

fn widen(span: &mut Option<(i64, i64)>, now: i64) {
    *span = match *span {
        Some((first, last)) if now - last <= VALID => Some((first, now)),
        _ => Some((now, now)),
    };
}

fn answers(truth: &Truth, index: usize) -> bool {
    let machine = truth.machines[index];
    truth.tunnel && machine.alive && matches!(machine.mouth, Mouth::Idle | Mouth::Restarting)
}

/// Nobody answers in its name, and nobody else does.
fn silent(truth: &Truth, index: usize) -> bool {
    let machine = truth.machines[index];
    let mute = matches!(machine.mouth, Mouth::Hang | Mouth::Refuse | Mouth::BadGateway);
    !truth.tunnel || !machine.alive || mute
}

fn claim<T: std::fmt::Debug>(so: bool, what: &str, index: usize, now: i64, said: &T) -> Result<(), String> {
    if so { Ok(()) } else { Err(format!("at {now} node {index}: {what}: {said:?}")) }
}

impl<'a> Oracle<'a> {
    pub fn new(timeline: &'a Timeline) -> Self {
        Self {
            timeline,
            scans: Vec::new(),
            heard: Default::default(),
            shown_act: [i64::MIN / 2; NODES],
            seen: BTreeSet::new(),
            keys: HashSet::new(),
            down: [false; NODES],
        }
    }

    /// A scan that began at `began` was judged five seconds later.
    pub fn scanned(
        &mut self,
        began: i64,
        clear: bool,
        before: &[Judged],
        after: &[Judged],
        events: &[Event],
    ) -> Result<(), String> {
        let now = began + 5;
        let last = self.scans.last().copied();
        self.scans.push((began, clear));
        let twice = last.is_some_and(|(before, was)| was && clear && began - before == 30);
        if twice {
            self.acts(began);
        }
        for event in events {
            self.told(event, now)?;
        }
        for (index, after) in after.iter().enumerate() {
            self.may_be(index, now, after)?;
            if after.node.chain.reading.known() == Some(&Chain::None)
                && before[index].node.chain.reading.known() != Some(&Chain::None)
            {
                let first = self.scans.iter().rev().skip(1).take_while(|(scan, _)| began - scan <= VALID);
                let agreed = first.into_iter().any(|(scan, _)| self.nowhere(index, *scan));
                claim(agreed, "one scan is not enough for none", index, now, &after.node.chain)?;
            }
            if clear {
                self.place_is_seen(index, began, twice, after)?;
            }
        }
        if clear {
            self.ends_are_told(began)?;
        }
        Ok(())
    }

    /// A round was judged.
    pub fn probed(&mut self, now: i64, after: &[Judged], events: &[Event]) -> Result<(), String> {
        let truth = self.timeline.at(now);
        for index in 0..NODES {
            let heard = &mut self.heard[index];
            if answers(truth, index) {
                heard.silent = None;
                if heard.up.is_none_or(|(_, last)| now - last > VALID) {
                    heard.brief = None;
                }
                widen(&mut heard.up, now);
                if truth.machines[index].mouth == Mouth::Restarting {
                    widen(&mut heard.brief, now);
                } else {
                    heard.brief = None;
                }
            } else if silent(truth, index) && (0..NODES).any(|other| other != index && answers(truth, other))
            {
                widen(&mut heard.silent, now);
                (heard.up, heard.brief) = (None, None);
            }
        }
        for event in events {
            self.told(event, now)?;
        }
        for (index, after) in after.iter().enumerate() {
            self.may_be(index, now, after)?;
            self.voice_is_heard(index, now, after)?;
        }
        Ok(())
    }

    /// What is shown between two looks.
    pub fn shown(&self, now: i64, nodes: &[Judged]) -> Result<(), String> {
        nodes.iter().enumerate().try_for_each(|(index, judged)| self.may_be(index, now, judged))
    }

    /// After the quiet everything is as it is.
    pub fn at_the_end(&self, now: i64, nodes: &[Judged]) -> Result<(), String> {
        let truth = self.timeline.at(now);
        for (index, judged) in nodes.iter().enumerate() {
            let status = &judged.status;
            let nowhere = truth.at_work(index).is_empty() && truth.waiting(index).is_empty();
            let restarts = truth.machines[index].mouth == Mouth::Restarting;
            if nowhere && answers(truth, index) {
                claim(status.word == Word::Up, "up in no queue", index, now, status)?;
                claim(
                    status.stuck || !restarts || QUIET < STUCK.0 + 120,
                    "stuck by now",
                    index,
                    now,
                    status,
                )?;
            }
            let foreign = !answers(truth, index) && !silent(truth, index);
            claim(
                status.word != Word::Unknown || foreign || self.alone(index, now),
                "nothing is in the way",
                index,
                now,
                status,
            )?;
        }
        Ok(())
    }

    /// No other endpoint answers: then nobody's silence counts.
    fn alone(&self, index: usize, now: i64) -> bool {
        let truth = self.timeline.at(now);
        !(0..NODES).any(|other| other != index && answers(truth, other))
    }

    /// The node held no place throughout the reads of the scan that began at `scan`.
    fn nowhere(&self, index: usize, scan: i64) -> bool {
        let (lists, runs, names) =
            (self.timeline.at(scan), self.timeline.at(scan + 2), self.timeline.at(scan + 4));
        let later: Vec<usize> = names.waiting(index).iter().map(|(market, _)| *market).collect();
        let waits = lists.waiting(index).iter().any(|(market, _)| later.contains(market));
        let works = runs.at_work(index).iter().any(|run| names.at_work(index).contains(run));
        !waits && !works
    }

    /// What may be said, whatever was or was not seen.
    fn may_be(&self, index: usize, now: i64, judged: &Judged) -> Result<(), String> {
        let (chain, endpoint, status) = (&judged.node.chain, &judged.node.endpoint, &judged.status);
        if let Reading::Known { value, at } = &chain.reading {
            let read = second(*at);
            claim(now - read <= VALID, "too old to be known", index, now, chain)?;
            let so = match value {
                Chain::Running(running) => (read - 5..=read).any(|then| {
                    self.timeline.at(then).at_work(index).iter().any(|open| run(*open) == running.run)
                }),
                Chain::Queued(queued) => (read - 5..=read).any(|then| {
                    self.timeline
                        .at(then)
                        .waiting(index)
                        .iter()
                        .any(|(place, _)| market(*place) == queued.market)
                }),
                Chain::None => self.nowhere(index, read - 5),
            };
            claim(so, "the chain did not say so", index, now, chain)?;
        }
        if let Reading::Known { value, at } = &endpoint.reading {
            let heard = self.timeline.at(second(*at));
            claim(now - second(*at) <= VALID, "too old to be known", index, now, endpoint)?;
            let so = if *value == Endpoint::Silent { silent(heard, index) } else { answers(heard, index) };
            claim(so, "the endpoint did not say so", index, now, endpoint)?;
        }
        if status.silent || status.word == Word::Offline {
            let span = self.heard[index].silent.map(|(first, last)| last - first.max(self.shown_act[index]));
            claim(
                span.is_some_and(|span| span >= OFFLINE),
                "no such silence was witnessed",
                index,
                now,
                judged,
            )?;
        }
        if status.stuck {
            let idle = |span: Option<(i64, i64)>, time| span.is_some_and(|(first, _)| now - first >= time);
            let heard = &self.heard[index];
            let since = if idle(heard.brief, STUCK.0) { now - STUCK.0 } else { now - STUCK.1 };
            let long = idle(heard.brief, STUCK.0) || idle(heard.up, STUCK.1);
            claim(long, "not idle for so long", index, now, judged)?;
            let looks = self.scans.iter().filter(|(scan, clear)| *clear && *scan >= since);
            let elsewhere = looks.into_iter().any(|(scan, _)| !self.nowhere(index, *scan));
            claim(!elsewhere, "it had a place", index, now, judged)?;
        }
        let told_by_chain = match status.word {
            Word::Running => matches!(chain.reading.known(), Some(Chain::Running(_))),
            Word::Queued => matches!(chain.reading.known(), Some(Chain::Queued(_))),
            Word::Up | Word::Offline => chain.reading.known() == Some(&Chain::None),
            Word::Unknown => true,
        };
        claim(told_by_chain, "the word is not the chain's", index, now, judged)
    }

    /// One clear scan shows a run or a place, two show that there is none.
    fn place_is_seen(&self, index: usize, began: i64, twice: bool, judged: &Judged) -> Result<(), String> {
        let now = began + 5;
        let (lists, runs) = (self.timeline.at(began), self.timeline.at(began + 2));
        let said = judged.node.chain.reading.known();
        let (works, waits) = (runs.at_work(index), lists.waiting(index));
        if let Some(youngest) = works.iter().max_by_key(|open| runs.runs[**open].time) {
            let so = matches!(said, Some(Chain::Running(open)) if open.run == run(*youngest));
            let key = format!("job_started:{}:{}", node(index), run(*youngest));
            claim(so, "it runs", index, now, judged)?;
            return claim(self.keys.contains(&key), "a start is told", index, now, judged);
        }
        if let Some((place, position)) = waits.iter().min_by_key(|(market, position)| (*position, *market)) {
            let so = matches!(said, Some(Chain::Queued(queued))
                if queued.market == market(*place) && usize::try_from(queued.position).unwrap() == position + 1);
            return claim(so, "it waits", index, now, judged);
        }
        let before = (self.timeline.at(began - 30), self.timeline.at(began - 28));
        let gone = before.0.waiting(index).is_empty() && before.1.at_work(index).is_empty();
        claim(!(twice && gone) || said == Some(&Chain::None), "two scans saw it nowhere", index, now, judged)
    }

    /// A round tells at once who answers, and after the offline time who does not.
    fn voice_is_heard(&self, index: usize, now: i64, judged: &Judged) -> Result<(), String> {
        let truth = self.timeline.at(now);
        let (said, status) = (judged.node.endpoint.reading.known(), &judged.status);
        if answers(truth, index) {
            claim(matches!(said, Some(Endpoint::Up(_))), "it answers", index, now, judged)?;
            return claim(!self.down[index], "its answer ends the silence", index, now, judged);
        }
        // An act comes to light with a scan, and counts from there where its own instant stands nowhere.
        let scan = |when: i64| self.scans.iter().find(|(scan, clear)| *clear && *scan >= when);
        let known = |when: i64| scan(when).map_or(now, |(scan, _)| scan + 5);
        let act =
            truth.acts.iter().filter(|(who, _, _)| *who == index).map(|(_, when, _)| known(*when)).max();
        let span = self.heard[index].silent.filter(|(_, last)| *last == now);
        let long =
            span.is_some_and(|(first, last)| last - act.map_or(first, |act| act.max(first)) >= OFFLINE);
        if long && judged.node.chain.reading.known().is_some() {
            claim(status.silent || status.word == Word::Offline, "silent for so long", index, now, judged)?;
            claim(self.down[index], "a long silence is told", index, now, judged)?;
        }
        Ok(())
    }

    /// The acts that two clear scans, the second from `began`, show beyond doubt.
    fn acts(&mut self, began: i64) {
        let (lists, runs, names) =
            (self.timeline.at(began), self.timeline.at(began + 2), self.timeline.at(began + 4));
        let (before, jobs_before) = (self.timeline.at(began - 30), self.timeline.at(began - 26));
        for (index, when, act) in &names.acts {
            let waits = |truth: &Truth, place: usize| truth.queues[place].nodes.contains(index);
            let open = |truth: &Truth, id: usize| truth.runs.get(id).is_some_and(|run| run.closed.is_none());
            let shown = match *act {
                Signed::Work(place) => {
                    *when > began - 30 && *when <= began && !waits(before, place) && waits(lists, place)
                }
                Signed::Claim(id) => *when <= began + 2 && open(names, id) && open(runs, id),
                Signed::Finish(id) | Signed::Quit(id) => {
                    let run = &names.runs[id];
                    let (job, was) = (&names.jobs[run.job], jobs_before.jobs.get(run.job));
                    let listed = was.is_some_and(|job| job.state == 0) && open(jobs_before, id);
                    let told = match act {
                        Signed::Finish(_) => job.state == 2 && job.start == run.time,
                        _ => job.state == 3 && listed,
                    };
                    self.seen.contains(&id) && *when <= began + 2 && *when > began - 30 && told && !job.gone
                }
            };
            if shown {
                self.shown_act[*index] = self.shown_act[*index].max(*when);
            }
        }
        self.seen.extend((0..runs.runs.len()).filter(|id| runs.runs[*id].closed.is_none()));
    }

    /// A run that was seen and is closed has been told, whatever became of its job.
    fn ends_are_told(&self, began: i64) -> Result<(), String> {
        let runs = self.timeline.at(began + 2);
        for id in self.seen.iter().filter(|id| runs.runs[**id].closed.is_some()) {
            let owner = runs.runs[*id].node;
            let key = format!("job_ended:{}:{}", node(owner), run(*id));
            claim(self.keys.contains(&key), "an end is told", owner, began + 5, &runs.runs[*id])?;
        }
        Ok(())
    }

    /// One event, once: what it says is so.
    fn told(&mut self, event: &Event, now: i64) -> Result<(), String> {
        if !self.keys.insert(event.key.clone()) {
            return Ok(());
        }
        let Some(index) = (0..NODES).find(|index| event.node == Some(node(*index))) else {
            return Err(format!("told of nobody: {event:?}"));
        };
        let truth = self.timeline.at(now);
        let about = event.subject.as_deref();
        let id = (0..truth.runs.len()).find(|id| about == Some(run(*id).to_string().as_str()));
        let closed = id.and_then(|id| truth.runs[id].closed).map(|(_, end)| end);
        let claimed = id.is_some_and(|id| truth.runs[id].claimed);
        let so = match event.kind {
            EventKind::JobFinished => closed == Some(Closing::Finish),
            EventKind::JobEndedByDeployer => closed == Some(Closing::ByDeployer),
            EventKind::JobAbandoned => closed == Some(Closing::QuitAdmin),
            // A claimed job stays stopped, whoever closes its run.
            EventKind::JobFailed => {
                closed == Some(Closing::Quit) || (claimed && closed == Some(Closing::QuitAdmin))
            }
            EventKind::JobEnded => closed.is_some(),
            EventKind::JobStarted => id.is_some_and(|id| truth.runs[id].node == index),
            EventKind::Kicked => self.was_kicked(index, about, now),
            EventKind::Silent | EventKind::Offline => {
                self.down[index] = true;
                true
            }
            EventKind::Back => std::mem::take(&mut self.down[index]),
            _ => true,
        };
        claim(so, "what was told is not so", index, now, event)
    }

    /// It waited, and then two scans saw it nowhere, with no blindness in between.
    fn was_kicked(&self, index: usize, place: Option<&str>, now: i64) -> bool {
        let recent: Vec<i64> =
            self.scans.iter().map(|(scan, _)| *scan).filter(|scan| now - scan <= 2 * VALID).collect();
        let Some((last, earlier)) = recent.split_last() else { return false };
        let nowhere: Vec<&i64> = earlier.iter().filter(|scan| self.nowhere(index, **scan)).collect();
        let waited = |scan: &i64| {
            (*scan..scan + 5).any(|then| {
                let places = self.timeline.at(then).waiting(index);
                places.iter().any(|(id, _)| Some(market(*id).to_string().as_str()) == place)
            })
        };
        self.nowhere(index, *last)
            && nowhere.iter().any(|gone| earlier.iter().any(|scan| scan < gone && waited(scan)))
    }
}
