//! Events in words: plain, calm, exact, in the person's language, zone and time format.

pub mod telegram;

use crate::alert::{
    compose::{Desk, Waiting},
    words::Words,
};

/// One event as a message.
#[must_use]
pub fn single(row: &Waiting, desk: &Desk<'_>) -> Words {
    let event = &row.event;
    let name = event.node.map(|node| {
        let name = desk.nodes.get(&node).map(|known| known.watched.name.clone()).unwrap_or_default();
        if name.is_empty() { node.to_string() } else { name }
    });
    Words {
        key: String::new(),
        fold: event.key.clone(),
        urgent: event.kind.is_silence(),
        title: format!("{}: {}", name.unwrap_or_default(), event.kind.word()),
        lines: Vec::new(),
        node: event.node,
        path: event.node.map_or_else(|| "/alerts".to_owned(), |node| format!("/nodes/{node}")),
        kind: event.kind,
        at: event.at,
        language: desk.preferences.language,
        actions: event.node.is_some(),
    }
}
