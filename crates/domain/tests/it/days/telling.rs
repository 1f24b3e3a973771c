//! How it is told: what one place hears at one instant, against product.md's *Alerts*.

use std::collections::HashSet;

use domain::alert::compose::{Composed, Draft};

use super::{
    clock::HOUR,
    desk::Desk,
    facts::{Fact, Facts, Kind, PERIOD},
    house::stamp,
    judge::{Fate, Judge, NEWS, is_job},
    script::How,
    wishes::Night,
    words::in_its_words,
};

/// Silent, stuck and kicked wait for others of their cause: a round, and what the looks themselves take.
const HOLD: i64 = PERIOD + PERIOD / 6;
/// A minute in which it could have been told is one too many.
const SLACK: i64 = 60;
/// So many silences of one node told within an hour are enough, until it was steady for so long.
const FLAPS: usize = 3;
const STEADY: i64 = 600;
/// So many job messages of a kind at one time are told one by one.
const JOBS: usize = 5;

const QUARTER: i64 = 900;

type Verdict = Result<(), String>;

const fn hold(kind: Kind) -> i64 {
    if matches!(kind, Kind::Silent | Kind::Stuck | Kind::Kicked) { HOLD } else { 0 }
}

fn claim(so: bool, what: &str, now: i64, of: &dyn std::fmt::Debug) -> Verdict {
    if so { Ok(()) } else { Err(format!("at {now} {what}: {of:?}")) }
}

/// One message, as facts.
struct Message<'a> {
    draft: &'a Draft,
    numbers: Vec<usize>,
    facts: Vec<Fact>,
}

impl Judge<'_> {
    /// What is told now at one place, what is not, and what waits on.
    pub fn composed(
        &mut self,
        at: usize,
        desk: &Desk,
        known: &Facts,
        composed: &Composed,
        now: i64,
    ) -> Verdict {
        complete(desk, composed, now)?;
        let night = self.wishes.night(self.ledgers[at].person, now);
        claim(night != Night::Yes || composed.messages.is_empty(), "it is quiet", now, &composed.messages)?;
        for id in &composed.muted {
            let number = self.number(desk.key(id));
            let fact = self.facts[number];
            let muted = self.wishes.mute(self.ledgers[at].person, &fact, now);
            claim(muted, "this is not muted", now, &fact)?;
            self.ledgers[at].fates.insert(number, Fate::Muted);
        }
        let messages: Vec<Message<'_>> =
            composed.messages.iter().map(|draft| self.read(desk, draft)).collect();
        self.together(at, &messages, now)?;
        for message in &messages {
            self.told(at, message, known, now)?;
            for number in &message.numbers {
                self.ledgers[at].fates.insert(*number, Fate::Told(now));
            }
        }
        for id in &composed.logged {
            let number = self.number(desk.key(id));
            claim(
                self.is_worth_a_line_only(at, number, now),
                "this is only logged",
                now,
                &self.facts[number],
            )?;
            self.ledgers[at].fates.insert(number, Fate::Logged);
        }
        claim(
            composed.later.iter().all(|(_, until)| *until > stamp(now)),
            "later is now",
            now,
            &composed.later,
        )
    }

    fn read<'d>(&self, desk: &Desk, draft: &'d Draft) -> Message<'d> {
        let numbers: Vec<usize> = draft.rows.iter().map(|id| self.number(desk.key(id))).collect();
        let facts = numbers.iter().map(|number| self.facts[*number]).collect();
        Message { draft, numbers, facts }
    }

    /// One message at one place.
    fn told(&self, at: usize, message: &Message<'_>, known: &Facts, now: i64) -> Verdict {
        let ledger = &self.ledgers[at];
        for (number, fact) in message.numbers.iter().zip(&message.facts) {
            let waits = ledger.fates.get(number) == Some(&Fate::Waits);
            claim(waits, "this is told again", now, fact)?;
            claim(!self.wishes.mute(ledger.person, fact, now), "this is muted", now, fact)?;
            claim(!is_job(fact.kind) || now - fact.at <= NEWS, "this is no news", now, fact)?;
            if let Some(began) = self.began(fact) {
                let before = matches!(ledger.fates.get(&began), Some(Fate::Told(_) | Fate::Arrived(_)));
                let here = message.numbers.contains(&began);
                claim(before || here, "nobody was told what this ends", now, fact)?;
            }
            let over = self.end_of(*number).is_some_and(|end| ledger.fates.contains_key(&end));
            let told = self.end_of(*number).is_some_and(|end| message.numbers.contains(&end));
            claim(!over || told, "this is over already", now, fact)?;
        }
        self.at_its_time(at, message, now)?;
        let named: Vec<Fact> =
            message.facts.iter().filter(|fact| !self.in_our_sleep(fact)).copied().collect();
        let words = &message.draft.words;
        in_its_words(words, &named, known, now).map_err(|fault| format!("at {now} {fault}: {words:?}"))
    }

    /// The beginning of what a fact ends.
    fn began(&self, fact: &Fact) -> Option<usize> {
        let Kind::Back(since) = fact.kind else { return None };
        let began = |other: &Fact| other.kind == Kind::Silent && other.node == fact.node && other.at == since;
        self.facts.iter().rposition(began)
    }

    /// The end of what a fact began, if it is known by now.
    pub fn end_of(&self, number: usize) -> Option<usize> {
        let fact = self.facts[number];
        let ends = |other: &Fact| other.kind == Kind::Back(fact.at) && other.node == fact.node;
        if matches!(fact.kind, Kind::Silent | Kind::Still) { self.facts.iter().rposition(ends) } else { None }
    }

    /// From when on a fact may be told: after its hold, or with its end.
    fn ready(&self, number: usize) -> i64 {
        let fact = &self.facts[number];
        let held = fact.seen + hold(fact.kind);
        self.end_of(number).map_or(held, |end| held.min(self.facts[end].seen))
    }

    /// Not before others of its cause could be known, and not a minute later than it could be told.
    fn at_its_time(&self, at: usize, message: &Message<'_>, now: i64) -> Verdict {
        let ledger = &self.ledgers[at];
        let ready = |number: &usize| self.ready(*number);
        let first = message.numbers.iter().map(ready).min().unwrap_or(now);
        claim(now >= first, "this is told before its hold", now, &message.facts)?;
        let held_by_night = message.facts.iter().any(|fact| self.was_night(at, fact.seen, now));
        for (number, fact) in message.numbers.iter().zip(&message.facts) {
            let steady = self.changed(at, fact) + STEADY;
            let flaps = fact.kind == Kind::Silent && now < steady && self.flaps(at, fact, now);
            claim(!flaps || held_by_night, "this flaps", now, fact)?;
            let mut ready = ledger.free_at.max(self.ready(*number));
            let mut held = self.flaps(at, fact, fact.seen);
            while ready + SLACK < now {
                // What is held because it flaps is held until it is steady.
                held |= self.flaps(at, fact, ready);
                let excused =
                    self.wishes.night(ledger.person, ready) != Night::No || (held && ready < steady);
                claim(excused, "this is told late", now, &(fact, ready))?;
                ready += SLACK;
            }
        }
        Ok(())
    }

    /// When, as far as this place hears of it, the fact's node last fell silent or came back.
    fn changed(&self, at: usize, fact: &Fact) -> i64 {
        let heard = self.ledgers[at].fates.iter().filter(|(_, fate)| **fate != Fate::Muted);
        let same =
            |other: &&Fact| other.node == fact.node && matches!(other.kind, Kind::Silent | Kind::Back(_));
        heard.map(|(number, _)| &self.facts[*number]).filter(same).map(|other| other.seen).max().unwrap_or(0)
    }

    /// Whether it may have been night at any time between two instants: nights begin and end with a quarter of an hour.
    fn was_night(&self, at: usize, from: i64, until: i64) -> bool {
        let person = self.ledgers[at].person;
        let quarters = (from / QUARTER + 1..=until / QUARTER).map(|quarter| quarter * QUARTER - 1);
        [from].into_iter().chain(quarters).any(|when| self.wishes.night(person, when) != Night::No)
    }

    /// Whether it was night when a fact was seen, and when its hold was over.
    fn nights(&self, at: usize, fact: &Fact) -> impl Iterator<Item = Night> {
        let person = self.ledgers[at].person;
        [fact.seen, fact.seen + hold(fact.kind)].into_iter().map(move |when| self.wishes.night(person, when))
    }

    /// Whether enough silences of this node had been told here within the hour before `when`, or would be with those
    /// that waited then.
    fn flaps(&self, at: usize, fact: &Fact, when: i64) -> bool {
        if !matches!(fact.kind, Kind::Silent | Kind::Back(_)) {
            return false;
        }
        let (mut told, mut waiting) = (0, 0);
        for (number, fate) in &self.ledgers[at].fates {
            let of = &self.facts[*number];
            let hour = when - HOUR..=when;
            if of.kind != Kind::Silent || of.node != fact.node {
                continue;
            }
            match fate {
                Fate::Told(since) | Fate::Arrived(since) if *since < when => {
                    told += usize::from(hour.contains(since));
                }
                Fate::Told(_) | Fate::Arrived(_) | Fate::Waits => {
                    waiting += usize::from(hour.contains(&of.seen));
                }
                Fate::Muted | Fate::Logged => {}
            }
        }
        told >= FLAPS || told + waiting > FLAPS
    }

    /// Whether it began and ended while we did not watch.
    fn in_our_sleep(&self, fact: &Fact) -> bool {
        // Of a job that was quit the chain keeps no time: nobody can say that it ended then.
        let (Kind::Ended(run, How::Finish | How::ByDeployer), Some((from, until))) = (fact.kind, self.slept)
        else {
            return false;
        };
        let started = |other: &Fact| other.kind == Kind::Started(run);
        fact.seen >= until && fact.at <= until && fact.began >= from && !self.facts.iter().any(started)
    }

    /// Several of one cause are one message.
    fn together(&self, at: usize, messages: &[Message<'_>], now: i64) -> Verdict {
        let saying = |what: &dyn Fn(&Fact) -> bool| {
            messages.iter().filter(|message| message.facts.iter().any(what)).count()
        };
        let over =
            |message: &&Message<'_>| message.facts.iter().any(|fact| matches!(fact.kind, Kind::Back(_)));
        let lasting: Vec<&Message<'_>> = messages.iter().filter(|message| !over(message)).collect();
        for held in [Kind::Silent, Kind::Stuck, Kind::Kicked] {
            let one = |message: &&&Message<'_>| message.facts.iter().any(|fact| fact.kind == held);
            let count = lasting.iter().filter(one).count();
            claim(count <= 1, "one cause, several messages", now, &(held, count))?;
        }
        let night = saying(&|fact| self.nights(at, fact).any(|night| night == Night::Yes));
        claim(night <= 1, "one night, several messages", now, &night)?;
        let slept = saying(&|fact| self.in_our_sleep(fact));
        claim(slept <= 1, "what was over before we woke up is told one by one", now, &slept)?;
        let started = saying(&|fact| matches!(fact.kind, Kind::Started(_)));
        claim(started <= JOBS, "so many jobs one by one", now, &started)
    }

    /// What goes to the log only: an old job, the end of what nobody was told, and what ended unheard.
    fn is_worth_a_line_only(&self, at: usize, number: usize, now: i64) -> bool {
        let fact = &self.facts[number];
        let fates = &self.ledgers[at].fates;
        let too_late = fact.kind == Kind::Still && self.end_of(number).is_some();
        let unheard = self.end_of(number).is_some_and(|end| fates.get(&end) == Some(&Fate::Muted));
        let untold = self
            .began(fact)
            .is_some_and(|began| matches!(fates.get(&began), None | Some(Fate::Muted | Fate::Logged)));
        untold || unheard || too_late || (is_job(fact.kind) && now - fact.at > NEWS)
    }
}

/// Each row that waits has exactly one fate afterwards: none is lost, none is told twice.
fn complete(desk: &Desk, composed: &Composed, now: i64) -> Verdict {
    let before: HashSet<String> = desk.waiting().into_iter().map(|row| row.id).collect();
    let told = composed.messages.iter().flat_map(|draft| &draft.rows);
    let later = composed.later.iter().map(|(id, _)| id);
    let after: Vec<&String> = told.chain(&composed.logged).chain(&composed.muted).chain(later).collect();
    let once = after.len() == before.len() && after.iter().all(|id| before.contains(*id));
    claim(once && after.iter().collect::<HashSet<_>>().len() == after.len(), "rows are lost", now, composed)
}
