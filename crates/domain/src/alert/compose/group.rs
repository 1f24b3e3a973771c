//! What goes together: those of one kind that are told at one time are one message; of jobs, when they are many.

use super::{
    Desk, Draft,
    item::{Item, ids},
};
use crate::{event::EventKind, time::Timestamp, wording};

/// More job messages of one kind than this are one message.
pub const JOBS_MOST: usize = 5;

/// What is told together.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Group {
    /// Silences, whatever the chain says of the node.
    Silence,
    /// Silences that are over, untold.
    SilenceOver,
    /// Events of one kind.
    Kind(EventKind),
    /// Jobs of one kind: a few are told one by one.
    Jobs(EventKind),
    /// Never together with another.
    Alone,
}

fn group(item: &Item<'_>) -> Group {
    match item.event().kind {
        kind if kind.is_silence() && item.is_over() => Group::SilenceOver,
        kind if kind.is_silence() => Group::Silence,
        EventKind::Blind | EventKind::Sighted | EventKind::DestinationPaused | EventKind::Summary => {
            Group::Alone
        }
        kind if kind.is_job() => Group::Jobs(kind),
        kind => Group::Kind(kind),
    }
}

/// The messages of what is due, in the order of what they tell first; the rest goes on waiting. What is held goes with the
/// first of its kind that is due: they came within one hold.
pub(super) fn told<'a>(
    desk: &Desk<'a>,
    items: Vec<Item<'a>>,
    later: &mut Vec<(String, Timestamp)>,
) -> Vec<Draft> {
    let mut groups: Vec<(Group, Vec<Item<'a>>)> = Vec::new();
    for item in items {
        let class = group(&item);
        match groups.iter_mut().find(|(known, _)| *known == class && class != Group::Alone) {
            Some((_, together)) => together.push(item),
            None => groups.push((class, vec![item])),
        }
    }
    let mut drafts = Vec::new();
    for (class, items) in groups {
        if !items.iter().any(|item| item.is_due(desk)) {
            later.extend(items.iter().flat_map(Item::rows).map(|row| (row.id.clone(), row.due)));
            continue;
        }
        match (class, items.as_slice()) {
            (Group::Jobs(_), few) if few.len() <= JOBS_MOST => {
                drafts.extend(few.iter().map(|item| single(desk, item)));
            }
            (_, [only]) => drafts.push(single(desk, only)),
            (_, many) => drafts.push(Draft { rows: ids(many), words: wording::many(desk, many) }),
        }
    }
    drafts
}

fn single(desk: &Desk<'_>, item: &Item<'_>) -> Draft {
    Draft { rows: ids(std::slice::from_ref(item)), words: wording::one(desk, item) }
}
