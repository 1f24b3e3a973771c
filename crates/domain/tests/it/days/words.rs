//! What a message says: whom it is about, and nothing that is over as if it went on.

use std::collections::BTreeSet;

use domain::{alert::words::Words, event::EventKind};

use super::{
    facts::{Fact, Facts, Kind},
    server::name_of,
    truth::Place,
};

/// Of more than so many facts a message may say "and so many more".
const NAMED: usize = 10;
/// How a line begins that tells of what is over.
const OVER: &str = "Over again: ";

/// The first thing that is wrong with the words for these facts.
pub fn in_its_words(words: &Words, facts: &[Fact], known: &Facts, now: i64) -> Result<(), &'static str> {
    let text = format!("{} {}", words.title, words.lines.join(" "));
    let nodes: BTreeSet<usize> = facts.iter().filter_map(|fact| fact.node).collect();
    if facts.len() <= NAMED && !nodes.iter().all(|node| text.contains(&name_of(*node))) {
        return Err("a node is not named");
    }
    if words.title.starts_with("1 nodes") {
        return Err("one node is called several");
    }
    if let [Fact { kind: Kind::Silent, node: Some(node), .. }] = facts {
        let kind = match known.place(*node, now) {
            Some(Place::Nowhere) => EventKind::Offline,
            Some(_) => EventKind::Silent,
            None => words.kind,
        };
        if words.kind != kind {
            return Err("this is another kind of silence");
        }
    }
    let present: Vec<&String> = [&words.title].into_iter().chain(&words.lines).collect();
    let says = |what: String| present.iter().any(|line| !line.starts_with(OVER) && line.contains(&what));
    let runs_on =
        |place| facts.iter().any(|fact| matches!(fact.kind, Kind::Overdue(run) if place == Place::Run(run)));
    for fact in facts {
        let Some((name, place)) = fact.node.and_then(|node| Some((name_of(node), known.place(node, now)?)))
        else {
            continue;
        };
        let lasts = match fact.kind {
            Kind::Overdue(_) => runs_on(place) || !says(format!("{name} runs a job past")),
            Kind::Stuck if facts.len() > 1 => place == Place::Nowhere || !says(format!("{name} is stuck")),
            _ => true,
        };
        if !lasts {
            return Err("this is over already");
        }
    }
    Ok(())
}
