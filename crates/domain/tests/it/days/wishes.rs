//! Who wants to know what, and when: preferences, mutes and nights in the oracle's own words.

use std::collections::{BTreeMap, BTreeSet};

use domain::{alert::topic::Topic, destination::Channel};

use super::{
    clock,
    facts::{Fact, Kind},
    script::{Day, How, Person},
};

/// Since when, until when.
type Span = (i64, i64);

/// Everybody's wishes.
pub struct Wishes<'a> {
    day: &'a Day,
    muted_nodes: BTreeMap<(usize, usize), Vec<Span>>,
    muted_tags: BTreeMap<(usize, usize), Vec<Span>>,
    seen: BTreeSet<(usize, usize, i64)>,
}

const fn topic(kind: Kind) -> Topic {
    match kind {
        Kind::Silent | Kind::Still | Kind::Back(_) => Topic::Offline,
        Kind::Stuck => Topic::Stuck,
        Kind::Kicked => Topic::Kicked,
        Kind::Started(_) => Topic::JobStarted,
        Kind::Ended(_, How::Finish | How::ByDeployer) => Topic::JobEnded,
        Kind::Ended(_, How::Quit | How::QuitAdmin) => Topic::JobFailed,
        Kind::Overdue(_) => Topic::JobOverdue,
        Kind::Low | Kind::Critical => Topic::LowSol,
        Kind::Blind(_) | Kind::Sighted(_) => Topic::Blind,
    }
}

/// The last word on it counts.
fn holds(spans: Option<&Vec<Span>>, now: i64) -> bool {
    let last = spans.and_then(|spans| spans.iter().rev().find(|(from, _)| *from <= now));
    last.is_some_and(|(_, until)| now < *until)
}

impl<'a> Wishes<'a> {
    pub const fn new(day: &'a Day) -> Self {
        Self { day, muted_nodes: BTreeMap::new(), muted_tags: BTreeMap::new(), seen: BTreeSet::new() }
    }

    pub fn mute_node(&mut self, person: usize, index: usize, now: i64, until: i64) {
        self.muted_nodes.entry((person, index)).or_default().push((now, until));
    }

    pub fn mute_tag(&mut self, person: usize, tag: usize, now: i64, until: i64) {
        self.muted_tags.entry((person, tag)).or_default().push((now, until));
    }

    pub fn sees(&mut self, person: usize, index: usize, silence: i64) {
        self.seen.insert((person, index, silence));
    }

    /// Whether a person has said that they have seen a silence.
    pub fn has_seen(&self, person: usize, index: usize, silence: i64) -> bool {
        self.seen.contains(&(person, index, silence))
    }

    /// After how many minutes a person wants to be told again.
    pub fn again(&self, person: usize) -> Option<i64> {
        self.day.people[person].again.map(i64::from)
    }

    /// Whether a person wants to hear of it on a channel: the node's word, its tag's, the channel's, the default.
    pub fn want(&self, person: usize, channel: Channel, fact: &Fact) -> bool {
        let person = &self.day.people[person];
        let topic = topic(fact.kind);
        let off = |choice: Option<(usize, Topic)>, is: usize| choice == Some((is, topic));
        if let Some(index) = fact.node
            && (person.watches >> index & 1 == 0
                || off(person.node_off, index)
                || off(person.tag_off, person.tags[index]))
        {
            return false;
        }
        let chosen = |(of, on, _): &&(Topic, Channel, bool)| *of == topic && *on == channel;
        let choice = person.choices.iter().rev().find(chosen).map(|(_, _, wanted)| *wanted);
        choice.unwrap_or_else(|| {
            let anything = matches!(channel, Channel::Telegram | Channel::Webhook);
            anything || !matches!(topic, Topic::JobStarted | Topic::JobEnded)
        })
    }

    pub fn mute(&self, person: usize, fact: &Fact, now: i64) -> bool {
        fact.node.is_some_and(|index| {
            let tag = self.day.people[person].tags[index];
            holds(self.muted_nodes.get(&(person, index)), now)
                || holds(self.muted_tags.get(&(person, tag)), now)
        })
    }

    /// Whether it is a person's night, beyond doubt or perhaps.
    pub fn night(&self, person: usize, now: i64) -> Night {
        let Person { zone, quiet, .. } = self.day.people[person];
        match quiet {
            None => Night::No,
            Some(_) if clock::near_switch(zone, now) => Night::Perhaps,
            Some(night) if clock::quiet(zone, night, now) => Night::Yes,
            Some(_) => Night::No,
        }
    }
}

/// What the clock on a person's wall says of an instant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Night {
    Yes,
    No,
    /// Around the hour that is shown twice or never.
    Perhaps,
}
