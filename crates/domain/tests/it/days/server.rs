//! Drives the rules through one day exactly as the server does, or with one of them bent.

mod again;

use std::collections::{BTreeMap, HashSet};

use domain::{
    address::Address,
    alert::{
        compose::{self, NodeNow},
        plan::{Listener, WatchedAs, plan},
        preference::Preferences,
        quiet::Quiet,
    },
    event::Event,
    time::Timestamp,
};

use super::{
    bends, clock,
    desk::{Desk, Row, second},
    facts::{Fact, Facts, PERIOD},
    house::{House, node, node_of, stamp},
    judge::Judge,
    rule::Rule,
    script::{Day, Death, Deed, NODES, Person, TAGS},
    truth::Story,
};

/// Between two looks while nothing moves: less than three periods, so that what is known stays known.
const CALM: i64 = 3 * PERIOD - 10;
/// So long after a change we look each period.
const ALERT: i64 = 4 * PERIOD;
/// So long after the day everything must be told.
const NIGHT: i64 = 2 * clock::DAY;

/// A person as the server knows them.
struct Known {
    preferences: Preferences,
    nodes: BTreeMap<usize, WatchedAs>,
    /// The silences that they have seen.
    seen: HashSet<(usize, Timestamp)>,
}

/// The server of one day.
pub struct Server<'a> {
    rule: Rule,
    story: Story,
    house: House,
    facts: Facts,
    judge: Judge<'a>,
    people: Vec<Known>,
    desks: Vec<Desk>,
    keys: HashSet<String>,
    look_at: i64,
    slept: Option<i64>,
    gap: Option<(i64, i64)>,
    death: Option<Death>,
    drawn: u64,
}

fn known(person: &Person) -> Known {
    let mut preferences = Preferences {
        zone: clock::name(person.zone).to_owned(),
        quiet: person.quiet.map(|(from, to)| Quiet { from, to }),
        resend_minutes: person.again,
        ..Preferences::default()
    };
    for (topic, channel, on) in &person.choices {
        preferences.choices.entry(*topic).or_default().insert(*channel, *on);
    }
    if let Some((index, topic)) = person.node_off {
        preferences.nodes.entry(node(index)).or_default().insert(topic, false);
    }
    if let Some((tag, topic)) = person.tag_off {
        preferences.tags.entry(TAGS[tag].to_owned()).or_default().insert(topic, false);
    }
    let nodes = (0..NODES).filter(|index| person.watches >> index & 1 == 1).map(|index| {
        let tags = vec![TAGS[person.tags[index]].to_owned()];
        (index, WatchedAs { name: name_of(index), tags, muted_until: None })
    });
    Known { preferences, nodes: nodes.collect(), seen: HashSet::new() }
}

pub fn name_of(index: usize) -> String {
    format!("rig <{index}>")
}

impl<'a> Server<'a> {
    pub fn new(day: &'a Day, rule: Rule) -> Self {
        let desks =
            day.people.iter().enumerate().flat_map(|(person, spec)| {
                spec.places.iter().map(move |channel| Desk::new(person, *channel))
            });
        let desks: Vec<Desk> = desks.collect();
        Self {
            rule,
            story: Story::new(day),
            house: House::new(day.start, rule),
            facts: Facts::new(),
            judge: Judge::new(day, desks.iter().map(|desk| (desk.person, desk.channel))),
            people: day.people.iter().map(known).collect(),
            desks,
            keys: HashSet::new(),
            look_at: day.start,
            slept: None,
            gap: None,
            death: None,
            drawn: day.start.unsigned_abs(),
        }
    }

    /// Lives through the day and the night after it; the first thing that is not as it should be.
    pub fn live(mut self) -> Result<(), String> {
        let mut now = self.look_at;
        loop {
            let awake_at = self.story.truth.awake_at().max(now);
            let look = (self.look_at < self.story.end).then_some(self.look_at.max(awake_at));
            let desk = self.desks.iter().filter_map(Desk::wake).min().map(|wake| wake.max(awake_at));
            let Some(next) = self.story.next().into_iter().chain(look).chain(desk).min() else { break };
            now = next;
            if now > self.story.end + NIGHT {
                return Err(format!("two days later something still waits: {:?}", self.desks[0].waiting()));
            }
            if self.story.next() == Some(now) {
                self.deed();
                continue;
            }
            self.wake_up(now);
            if look == Some(now) {
                self.look(now)?;
            } else {
                self.work(now)?;
            }
        }
        self.judge.at_the_end()
    }

    fn deed(&mut self) {
        let awake = |now, story: &Story| story.truth.awake_at() <= now;
        let was_awake = self.story.next().is_some_and(|now| awake(now, &self.story));
        let Some((now, deed)) = self.story.step() else { return };
        if was_awake {
            match deed {
                Deed::Freeze(_) => self.slept = Some(now),
                Deed::Mute(person, index, span) => self.mute(person, index, now + span, now),
                Deed::MuteTag(person, tag, span) => self.mute_tag(person, tag, now + span, now),
                Deed::Sees(person, index) => self.sees(person, index),
                Deed::Dies(death) => self.death = Some(death),
                _ => {}
            }
        }
        if let Deed::Fails(person, place, fault, span) = deed {
            let mut desks = self.desks.iter_mut().filter(|desk| desk.person == person);
            if let Some(desk) = desks.nth(place) {
                desk.fault = Some((fault, now + span));
            }
        }
        self.look_at = self.look_at.min(now + PERIOD);
    }

    fn mute(&mut self, person: usize, index: usize, until: i64, now: i64) {
        if let Some(watched) = self.people.get_mut(person).and_then(|known| known.nodes.get_mut(&index)) {
            watched.muted_until = Some(stamp(until));
            self.judge.wishes.mute_node(person, index, now, until);
        }
    }

    /// A person says that they have seen a silence.
    fn sees(&mut self, person: usize, index: usize) {
        let silence = self.house.nodes[index].node.endpoint.long_silence;
        if let (Some(known), Some(since)) = (self.people.get_mut(person), silence) {
            known.seen.insert((index, since));
            self.judge.wishes.sees(person, index, since.unix_seconds());
        }
    }

    fn mute_tag(&mut self, person: usize, tag: usize, until: i64, now: i64) {
        if let Some(known) = self.people.get_mut(person) {
            known.preferences.muted_tags.insert(TAGS[tag].to_owned(), until * 1_000);
            self.judge.wishes.mute_tag(person, tag, now, until);
        }
    }

    fn wake_up(&mut self, now: i64) {
        if let Some(slept) = self.slept.take() {
            if now - slept > 3 * PERIOD {
                self.gap = Some((slept, now));
            }
            self.judge.slept(slept, now);
        }
    }

    fn look(&mut self, now: i64) -> Result<(), String> {
        let events = self.house.scan(&self.story.truth, now);
        let facts = self.facts.scan(&self.story.truth, now);
        self.commit(&events, &facts, now)?;
        let events = self.house.round(&self.story.truth, now);
        let facts = self.facts.round(&self.story.truth, now);
        self.commit(&events, &facts, now)?;
        let calm = now - self.story.changed > ALERT;
        self.look_at = now + if calm { CALM } else { PERIOD };
        self.again(now)
    }

    fn commit(&mut self, events: &[Event], facts: &[Fact], now: i64) -> Result<(), String> {
        let new: Vec<Event> =
            events.iter().filter(|event| !self.keys.contains(&event.key)).cloned().collect();
        self.judge.happened(facts, &new, now)?;
        if !events.is_empty() && self.death == Some(Death::AfterTheFact) {
            self.death = None;
            self.write(events, now)?;
        }
        self.write(events, now)
    }

    fn write(&mut self, events: &[Event], now: i64) -> Result<(), String> {
        for event in events {
            if !self.keys.insert(event.key.clone()) && self.rule != Rule::KeysNotUnique {
                continue;
            }
            for index in 0..self.desks.len() {
                let desk = &self.desks[index];
                let known = &self.people[desk.person];
                let watched = event.node.map(|node| known.nodes.get(&node_of(&node)));
                if watched == Some(None) {
                    continue;
                }
                let bent = bends::watched(self.rule, watched.flatten());
                let preferences = bends::preferences(self.rule, &known.preferences);
                let listener =
                    Listener { preferences: &preferences, channel: desk.channel, node: bent.as_ref() };
                let planned =
                    plan(&bends::event(self.rule, event, now), &listener, &self.house.rules, stamp(now));
                self.judge.planned(index, &event.key, planned.map(|planned| planned.state), now)?;
                let Some(planned) = planned else { continue };
                let due = if self.rule == Rule::NoHold { now } else { second(planned.due) };
                let row = Row { event: event.clone(), recorded: now, due, state: planned.state };
                self.desks[index].rows.push(row);
            }
        }
        Ok(())
    }

    /// Does what is due at one desk.
    fn work(&mut self, now: i64) -> Result<(), String> {
        let due = |desk: &Desk| desk.wake().is_some_and(|wake| wake <= now);
        let Some(index) = self.desks.iter().position(due) else { return Ok(()) };
        if self.desks[index].messages.is_empty() { self.compose(index, now) } else { self.send(index, now) }
    }

    fn send(&mut self, index: usize, now: i64) -> Result<(), String> {
        self.drawn =
            self.drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let jitter = u16::try_from((self.drawn >> 33) % 201).unwrap();
        let forgets = self.death == Some(Death::BeforeTheRecord);
        let message = self.desks[index].messages[0].clone();
        let known = &self.people[self.desks[index].person];
        let preferences = bends::retries(self.rule, &known.preferences);
        let attempt = self.desks[index].attempt(now, jitter, forgets, (self.rule, &preferences));
        if forgets && attempt.taken {
            self.death = None;
        }
        self.judge.attempted(index, &message, &attempt, forgets, now)
    }

    fn nodes(&self, person: usize) -> BTreeMap<Address, NodeNow> {
        let known = &self.people[person];
        let now = known.nodes.iter().map(|(index, watched)| {
            let judged = self.house.nodes[*index].clone();
            let silence = judged.node.endpoint.long_silence;
            let acknowledged = silence.is_some_and(|since| known.seen.contains(&(*index, since)));
            let watched = bends::watched(self.rule, Some(watched)).unwrap_or_default();
            (node(*index), NodeNow { watched, judged: Some(judged), acknowledged })
        });
        now.collect()
    }

    fn compose(&mut self, index: usize, now: i64) -> Result<(), String> {
        let desk = &self.desks[index];
        let known = &self.people[desk.person];
        let preferences = bends::preferences(self.rule, &known.preferences);
        let nodes = self.nodes(desk.person);
        let mut waiting = desk.waiting();
        for row in &mut waiting {
            row.event = bends::event(self.rule, &row.event, now);
        }
        let told = bends::told(self.rule, desk, &waiting, now);
        let gap = self.gap.filter(|_| self.rule != Rule::GapForgotten);
        let asked = compose::Desk {
            preferences: &preferences,
            channel: desk.channel,
            waiting: &waiting,
            nodes: &nodes,
            told: &told,
            gap: gap.map(|(from, to)| (stamp(from), stamp(to))),
            now: stamp(now),
            rules: &self.house.rules,
        };
        let composed = bends::composed(self.rule, &asked);
        if self.death == Some(Death::BeforeTheMessage) {
            self.death = None;
            return Ok(());
        }
        self.judge.composed(index, &self.desks[index], &self.facts, &composed, now)?;
        self.desks[index].fold(composed, now, self.rule);
        Ok(())
    }
}
