//! What may be told to whom, and what must be: each fact once at each place, or a good reason why not.

mod again;

use std::collections::{BTreeMap, HashMap, HashSet};

use domain::{
    alert::plan::RowState,
    destination::Channel,
    event::{Event, EventKind},
};

use super::{
    clock::HOUR,
    desk::{Attempt, Message},
    facts::{Fact, Glass, Kind, VALID},
    house::{node, stamp},
    script::{Day, How},
    wishes::{Night, Wishes},
};

/// A job's message is news for so long.
pub const NEWS: i64 = 6 * HOUR;

/// What became of a fact at one place.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fate {
    Waits,
    Muted,
    Logged,
    /// Part of a message, since then.
    Told(i64),
    /// Part of a message, since then, which the provider took.
    Arrived(i64),
}

/// One place, as the judge sees it.
pub struct Ledger {
    pub person: usize,
    channel: Channel,
    pub fates: BTreeMap<usize, Fate>,
    /// From when on it could be told something.
    pub free_at: i64,
    arrived: HashSet<usize>,
    asked_until: i64,
}

/// Everything that a fair judge remembers.
pub struct Judge<'a> {
    pub wishes: Wishes<'a>,
    pub facts: Vec<Fact>,
    of_key: HashMap<String, usize>,
    pub ledgers: Vec<Ledger>,
    /// The last time in which we did not watch for so long that nothing counted as known any more.
    pub slept: Option<(i64, i64)>,
}

pub const fn is_job(kind: Kind) -> bool {
    matches!(kind, Kind::Started(_) | Kind::Ended(..) | Kind::Overdue(_))
}

/// Whether an event says this fact and no other.
fn says(event: &Event, fact: &Fact) -> bool {
    let through =
        |glass| event.subject.as_deref() == Some(if glass == Glass::Chain { "chain" } else { "endpoints" });
    let kind = match fact.kind {
        Kind::Silent => event.kind.is_silence(),
        Kind::Back(since) => event.kind == EventKind::Back && event.seconds == Some(fact.at - since),
        // Of this one place alone: `again` looks at it.
        Kind::Still => false,
        Kind::Stuck => event.kind == EventKind::Stuck,
        Kind::Kicked => event.kind == EventKind::Kicked,
        Kind::Started(_) => event.kind == EventKind::JobStarted,
        Kind::Ended(_, How::Finish) => event.kind == EventKind::JobFinished,
        Kind::Ended(_, How::ByDeployer) => event.kind == EventKind::JobEndedByDeployer,
        Kind::Ended(_, How::Quit) => event.kind == EventKind::JobFailed,
        Kind::Ended(_, How::QuitAdmin) => event.kind == EventKind::JobAbandoned,
        Kind::Overdue(_) => event.kind == EventKind::JobOverdue,
        Kind::Low => event.kind == EventKind::SolLow,
        Kind::Critical => event.kind == EventKind::SolCritical,
        Kind::Blind(glass) => event.kind == EventKind::Blind && through(glass),
        Kind::Sighted(glass) => event.kind == EventKind::Sighted && through(glass),
    };
    kind && event.node == fact.node.map(node) && event.at == stamp(fact.at)
}

impl<'a> Judge<'a> {
    pub fn new(day: &'a Day, places: impl Iterator<Item = (usize, Channel)>) -> Self {
        let ledger = |(person, channel)| Ledger {
            person,
            channel,
            fates: BTreeMap::new(),
            free_at: day.start,
            arrived: HashSet::new(),
            asked_until: day.start,
        };
        Self {
            wishes: Wishes::new(day),
            facts: Vec::new(),
            of_key: HashMap::new(),
            ledgers: places.map(ledger).collect(),
            slept: None,
        }
    }

    /// We did not watch: nobody could be told anything.
    pub fn slept(&mut self, from: i64, until: i64) {
        if until - from > VALID {
            self.slept = Some((from, until));
        }
        for ledger in &mut self.ledgers {
            ledger.free_at = ledger.free_at.max(until);
        }
    }

    /// The number of the fact that a key stands for.
    pub fn number(&self, key: &str) -> usize {
        self.of_key[key]
    }

    /// The news of one step: each fact once, and nothing else.
    pub fn happened(&mut self, facts: &[Fact], events: &[Event], now: i64) -> Result<(), String> {
        let mut left: Vec<&Fact> = facts.iter().collect();
        // To be in a queue is no news: it goes to the log.
        for event in events.iter().filter(|event| event.kind != EventKind::Queued) {
            let Some(found) = left.iter().position(|fact| says(event, fact)) else {
                return Err(format!("at {now} this did not happen: {event:?}; but {left:?}"));
            };
            if self.of_key.insert(event.key.clone(), self.facts.len()).is_some() {
                return Err(format!("at {now} two facts have one key: {event:?}"));
            }
            self.facts.push(*left.swap_remove(found));
        }
        if left.is_empty() { Ok(()) } else { Err(format!("at {now} nobody noticed {left:?}")) }
    }

    /// The row that a fact makes at one place, or that it makes none.
    pub fn planned(&mut self, at: usize, key: &str, row: Option<RowState>, now: i64) -> Result<(), String> {
        let Some(number) = self.of_key.get(key).copied() else {
            return if row.is_none() { Ok(()) } else { Err(format!("at {now} {key} is not worth a row")) };
        };
        let fact = self.facts[number];
        let ledger = &mut self.ledgers[at];
        let wanted = self.wishes.want(ledger.person, ledger.channel, &fact);
        let muted = self.wishes.mute(ledger.person, &fact, now);
        let fate = match row {
            None if !wanted => return Ok(()),
            Some(RowState::Waiting) if wanted && !muted => Fate::Waits,
            Some(RowState::Muted) if wanted && muted => Fate::Muted,
            Some(RowState::Logged) if wanted && is_job(fact.kind) && now - fact.at > NEWS => Fate::Logged,
            row => return Err(format!("at {now} {fact:?}: {row:?}; wanted: {wanted}; muted: {muted}")),
        };
        let before = ledger.fates.insert(number, fate);
        if before.is_none() { Ok(()) } else { Err(format!("at {now} {fact:?} is written down twice")) }
    }

    /// An attempt to send, as the provider saw it. `forgets`: the program dies before it writes the answer down, the one
    /// case in which a second copy may arrive.
    pub fn attempted(
        &mut self,
        at: usize,
        message: &Message,
        attempt: &Attempt,
        forgets: bool,
        now: i64,
    ) -> Result<(), String> {
        // What was due in the evening may come late, if we slept into the night.
        let due = self.wishes.night(self.ledgers[at].person, message.due);
        if due == Night::Yes {
            return Err(format!("at {now} it is quiet, and this is sent: {:?}", message.tells));
        }
        let ledger = &mut self.ledgers[at];
        if now < ledger.asked_until {
            return Err(format!("at {now} the provider had asked for time until {}", ledger.asked_until));
        }
        ledger.free_at = now;
        if let Some(until) = attempt.asked {
            ledger.asked_until = until.min(now + HOUR);
        }
        if !attempt.taken || forgets {
            return Ok(());
        }
        for key in &message.tells {
            let fate = ledger.fates.get_mut(&self.of_key[key]);
            match fate {
                Some(Fate::Told(since)) => *fate.unwrap() = Fate::Arrived(*since),
                fate => return Err(format!("at {now} {key} arrives: {fate:?}")),
            }
        }
        let first = ledger.arrived.insert(message.number);
        if first { Ok(()) } else { Err(format!("at {now} message {} arrives again", message.number)) }
    }

    /// Everything that somebody wanted to know has arrived, or there is a reason.
    pub fn at_the_end(&self) -> Result<(), String> {
        for ledger in &self.ledgers {
            for (number, fact) in self.facts.iter().enumerate() {
                match ledger.fates.get(&number) {
                    None if fact.kind != Kind::Still
                        && self.wishes.want(ledger.person, ledger.channel, fact) =>
                    {
                        return Err(format!("{fact:?} was never told"));
                    }
                    Some(Fate::Waits | Fate::Told(_)) => return Err(format!("{fact:?} never arrived")),
                    _ => {}
                }
            }
        }
        Ok(())
    }
}
