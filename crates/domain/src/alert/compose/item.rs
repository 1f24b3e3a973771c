//! What is told as one thing: an event, or an untold one together with its end.

use super::{Composed, Desk, Waiting};
use crate::event::Event;

/// One thing to tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Item<'a> {
    /// An event.
    One(&'a Waiting),
    /// A beginning that nobody was told of, and its end.
    Over {
        /// The silence, or the blindness.
        began: &'a Waiting,
        /// Its end.
        ended: &'a Waiting,
    },
}

impl<'a> Item<'a> {
    /// Its rows.
    #[must_use]
    pub fn rows(&self) -> Vec<&'a Waiting> {
        match self {
            Self::One(row) => vec![row],
            Self::Over { began, ended } => vec![began, ended],
        }
    }

    /// The row that says what it is.
    #[must_use]
    pub const fn row(&self) -> &'a Waiting {
        match self {
            Self::One(row) => row,
            Self::Over { began, .. } => began,
        }
    }

    /// The event that says what it is.
    #[must_use]
    pub const fn event(&self) -> &'a Event {
        &self.row().event
    }

    /// Whether both its beginning and its end wait.
    #[must_use]
    pub const fn is_over(&self) -> bool {
        matches!(self, Self::Over { .. })
    }

    /// Whether it may be told by now. An end is told at once, and its beginning with it.
    pub(super) fn is_due(&self, desk: &Desk<'_>) -> bool {
        self.rows().iter().any(|row| row.due <= desk.now)
    }
}

/// The ids of the rows of several.
pub(super) fn ids(items: &[Item<'_>]) -> Vec<String> {
    items.iter().flat_map(Item::rows).map(|row| row.id.clone()).collect()
}

/// Lets every end meet its beginning. An end whose beginning was told stands alone; one whose beginning was not told and
/// does not wait has nobody to tell.
pub(super) fn pair<'a>(desk: &Desk<'a>, rows: &[&'a Waiting], composed: &mut Composed) -> Vec<Item<'a>> {
    let ends: Vec<Option<String>> = rows.iter().map(|row| row.event.ends()).collect();
    let end_of = |row: &Waiting| {
        let found = ends.iter().position(|ends| ends.as_ref() == Some(&row.event.key));
        found.and_then(|index| rows.get(index).copied())
    };
    let mut items = Vec::with_capacity(rows.len());
    for (row, ends) in rows.iter().copied().zip(&ends) {
        match ends {
            Some(began) if rows.iter().any(|other| other.event.key == *began) => {}
            Some(began) if !desk.told.iter().any(|told| told.event.key == *began) => {
                composed.logged.push(row.id.clone());
            }
            _ => items.push(match end_of(row) {
                Some(ended) => Item::Over { began: row, ended },
                None => Item::One(row),
            }),
        }
    }
    items
}
