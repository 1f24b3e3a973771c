//! A node that flaps: after three silences within an hour the further ones wait until it is steady.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use super::{
    Composed, Desk, Draft,
    item::{Item, ids},
};
use crate::{address::Address, time::Timestamp, wording};

/// So many silences told within [`WINDOW`] are enough.
pub const ENOUGH: usize = 3;
/// The window.
pub const WINDOW: Duration = Duration::from_secs(3_600);
/// Without a change for so long a node is steady.
pub const STEADY: Duration = Duration::from_secs(600);

/// Holds the silences of nodes that flap, and tells those of nodes that are steady again; the rest is given back.
pub(super) fn damp<'a>(desk: &Desk<'a>, items: Vec<Item<'a>>, composed: &mut Composed) -> Vec<Item<'a>> {
    let flapping = flapping(desk);
    let mut rest = Vec::with_capacity(items.len());
    let mut damped: BTreeMap<Address, Vec<Item<'a>>> = BTreeMap::new();
    for item in items {
        match item.event().node.filter(|node| item.event().kind.is_silence() && flapping.contains(node)) {
            Some(node) => damped.entry(node).or_default().push(item),
            None => rest.push(item),
        }
    }
    for (_, items) in damped {
        let recorded = items.iter().flat_map(Item::rows).map(|row| row.recorded);
        let steady = recorded.max().unwrap_or(Timestamp::from_millis(0)).plus(STEADY);
        match items.as_slice() {
            _ if steady > desk.now => {
                composed.later.extend(ids(&items).into_iter().map(|id| (id, steady)));
            }
            [_] => rest.extend(items),
            _ => composed.messages.push(Draft { rows: ids(&items), words: wording::unsteady(desk, &items) }),
        }
    }
    rest
}

/// The nodes of which this destination was told so many silences within the window, or would be with those that wait: one
/// that goes on flapping is not let out because the window moves on.
fn flapping(desk: &Desk<'_>) -> BTreeSet<Address> {
    let mut silences: BTreeMap<Address, (BTreeSet<&str>, usize)> = BTreeMap::new();
    let recent = |at: Timestamp| desk.now.since(at) <= WINDOW;
    for told in desk.told.iter().filter(|told| told.event.kind.is_silence() && recent(told.at)) {
        if let Some(node) = told.event.node {
            silences.entry(node).or_default().0.insert(&told.event.key);
        }
    }
    for row in desk.waiting.iter().filter(|row| row.event.kind.is_silence() && recent(row.recorded)) {
        if let Some(node) = row.event.node {
            silences.entry(node).or_default().1 += 1;
        }
    }
    let enough = |told: usize, waiting: usize| told >= ENOUGH || told + waiting > ENOUGH;
    let flaps = silences.into_iter().filter(|(_, (told, waiting))| enough(told.len(), *waiting));
    flaps.map(|(node, _)| node).collect()
}
