//! The places at which a rule is bent; with ours nothing is.

use domain::{
    alert::{
        compose::{self, Composed, Told, Waiting, compose},
        plan::WatchedAs,
        preference::Preferences,
    },
    event::Event,
};

use super::{
    clock,
    desk::{Desk, Row},
    house::stamp,
    rule::Rule,
};

/// What is told.
pub fn composed(rule: Rule, asked: &compose::Desk<'_>) -> Composed {
    let over = |row: &Waiting| {
        let ends = |other: &Waiting, row: &Waiting| other.event.ends().as_ref() == Some(&row.event.key);
        asked.waiting.iter().any(|other| ends(other, row) || ends(row, other))
    };
    match rule {
        Rule::OverIsDropped => {
            let (gone, rest): (Vec<Waiting>, _) = asked.waiting.iter().cloned().partition(over);
            let mut composed = compose(&compose::Desk { waiting: &rest, ..*asked });
            composed.logged.extend(gone.into_iter().map(|row| row.id));
            composed
        }
        Rule::OneByOne => {
            let mut all = Composed::default();
            let began = |row: &Waiting, of: &Waiting| row.event.ends().as_ref() == Some(&of.event.key);
            let ends = |row: &&Waiting| asked.waiting.iter().any(|of| began(row, of));
            for row in asked.waiting.iter().filter(|row| !ends(row)) {
                let end = asked.waiting.iter().filter(|end| began(end, row));
                let alone: Vec<Waiting> = [row].into_iter().chain(end).cloned().collect();
                let one = compose(&compose::Desk { waiting: &alone, ..*asked });
                all.messages.extend(one.messages);
                all.logged.extend(one.logged);
                all.muted.extend(one.muted);
                all.later.extend(one.later);
            }
            all
        }
        Rule::NightInPieces if asked.preferences.quiet_until(asked.now).is_none() => {
            let preferences = Preferences { quiet: None, ..asked.preferences.clone() };
            compose(&compose::Desk { preferences: &preferences, ..*asked })
        }
        _ => compose(asked),
    }
}

/// What the desk was told in a day, and however long ago the beginning of whatever is over now.
pub fn told(rule: Rule, desk: &Desk, waiting: &[Waiting], now: i64) -> Vec<Told> {
    let needed: Vec<String> = waiting.iter().filter_map(|row| row.event.ends()).collect();
    let fresh = |told: &&Told| {
        let flap = rule == Rule::FlapsTold && told.event.kind.is_silence();
        told.at >= stamp(now - clock::DAY) && !flap
    };
    let wanted = |told: &&Told| fresh(told) || needed.contains(&told.event.key);
    let mut told: Vec<Told> = desk.told.iter().filter(wanted).cloned().collect();
    if rule == Rule::BackAlone {
        let began = |row: &&Row| needed.contains(&row.event.key);
        let never = desk.rows.iter().filter(began);
        told.extend(never.map(|row| Told { event: row.event.clone(), at: stamp(row.recorded) }));
    }
    told
}

pub fn preferences(rule: Rule, preferences: &Preferences) -> Preferences {
    let mut bent = preferences.clone();
    match rule {
        Rule::QuietIgnored => bent.quiet = None,
        Rule::WrongZone => bent.zone = "UTC".to_owned(),
        Rule::MuteIgnored => bent.muted_tags.clear(),
        Rule::ChoicesIgnored => {
            bent.choices.clear();
            bent.nodes.clear();
            bent.tags.clear();
        }
        _ => {}
    }
    bent
}

/// The preferences as they count for another try.
pub fn retries(rule: Rule, known: &Preferences) -> Preferences {
    let quiet = known.quiet.filter(|_| rule != Rule::RetriedAtNight);
    Preferences { quiet, ..preferences(rule, known) }
}

pub fn watched(rule: Rule, watched: Option<&WatchedAs>) -> Option<WatchedAs> {
    let unmuted = |watched: WatchedAs| WatchedAs { muted_until: None, ..watched };
    let watched = watched.cloned();
    if rule == Rule::MuteIgnored { watched.map(unmuted) } else { watched }
}

pub fn event(rule: Rule, event: &Event, now: i64) -> Event {
    let young = rule == Rule::StaleJobs && event.kind.is_job();
    Event { at: if young { stamp(now) } else { event.at }, ..event.clone() }
}
