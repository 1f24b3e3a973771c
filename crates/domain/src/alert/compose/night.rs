//! What quiet hours held: at their end what is still true and what is over are one message.

use std::time::Duration;

use super::{
    Desk, Draft, Waiting,
    item::{Item, ids},
};
use crate::{alert::plan::due, wording};

/// What the quiet hours held and may be told by now, and the rest.
pub(super) fn held<'a>(desk: &Desk<'a>, items: Vec<Item<'a>>) -> (Vec<Item<'a>>, Vec<Item<'a>>) {
    let was_quiet = |row: &Waiting| {
        let first = due(row.event.kind, row.recorded, desk.rules);
        // What could not be told before the quiet hours came waits for their end.
        let last = row.due.minus(Duration::from_millis(1));
        let passed = [row.recorded, first, last].into_iter().filter(|at| *at <= desk.now);
        passed.map(|at| desk.preferences.quiet_until(at)).any(|end| end.is_some())
    };
    let (night, rest): (Vec<Item<'a>>, Vec<Item<'a>>) =
        items.into_iter().partition(|item| item.rows().into_iter().any(was_quiet));
    if night.iter().any(|item| item.is_due(desk)) {
        return (night, rest);
    }
    (Vec::new(), night.into_iter().chain(rest).collect())
}

/// The message after quiet hours, with what we missed as one line in it; without such hours what we missed is a message.
pub(super) fn told(desk: &Desk<'_>, night: &[Item<'_>], missed: &[&Waiting]) -> Option<Draft> {
    let mut rows = ids(night);
    rows.extend(missed.iter().map(|row| row.id.clone()));
    let words = match (night, missed) {
        ([], []) => return None,
        ([], missed) => wording::missed(desk, missed),
        ([only], []) => wording::one(desk, only),
        (night, missed) => wording::night(desk, night, missed),
    };
    Some(Draft { rows, words })
}
