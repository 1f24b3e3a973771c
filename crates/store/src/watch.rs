//! Watches: a person's view of a node, with the name, notes and tags that they gave it.

mod edit;

use std::time::Duration;

use domain::{address::Address, time::Timestamp};

use crate::{
    Read, StoreError,
    sql::{all, maybe},
    stored::{address, from_json, time},
};

/// How long a deleted watch can be brought back.
pub const RESTORE_WITHIN: Duration = Duration::from_secs(30 * 86_400);

/// A watch.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Watch {
    /// The node.
    pub address: Address,
    /// Its name; empty = none was given.
    pub name: String,
    /// Notes.
    pub notes: String,
    /// Tags, in the person's order.
    pub tags: Vec<String>,
    /// Until when nothing is sent about it.
    pub muted_until: Option<Timestamp>,
    /// When it was added, or last brought back.
    pub added: Timestamp,
    /// When it was deleted.
    pub deleted: Option<Timestamp>,
    /// The change number of its last change.
    pub changed: i64,
}

/// A node to be watched. The texts have passed [`domain::watch`].
#[derive(Clone, Copy, Debug)]
pub struct NewWatch<'a> {
    /// The node.
    pub address: Address,
    /// Its name; `None` keeps the one of a deleted watch that comes back.
    pub name: Option<&'a str>,
}

/// What adding a node led to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Added {
    /// It is watched now.
    Added(Watch),
    /// It was watched before.
    Duplicate(Watch),
    /// The space has as many nodes as it may have.
    LimitReached,
}

/// What bringing a deleted node back led to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Restored {
    /// It is watched again, as it was.
    Restored(Watch),
    /// It was not deleted.
    NotDeleted(Watch),
    /// It was deleted too long ago.
    TooLate,
    /// The space has as many nodes as it may have.
    LimitReached,
    /// The space never had it.
    Missing,
}

/// What to change in a watch; `None` leaves a field as it is.
#[derive(Clone, Copy, Debug, Default)]
pub struct WatchEdit<'a> {
    /// The name.
    pub name: Option<&'a str>,
    /// The notes.
    pub notes: Option<&'a str>,
    /// The tags.
    pub tags: Option<&'a [String]>,
    /// Until when to be silent; `Some(None)` speaks again.
    pub muted_until: Option<Option<Timestamp>>,
}

#[derive(sqlx::FromRow)]
struct Row {
    address: String,
    name: String,
    notes: String,
    tags: String,
    muted_until: Option<i64>,
    added_at: i64,
    deleted_at: Option<i64>,
    changed: i64,
}

impl TryFrom<Row> for Watch {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            address: address(&row.address)?,
            name: row.name,
            notes: row.notes,
            tags: from_json("the tags of a watch", &row.tags)?,
            muted_until: time(row.muted_until),
            added: Timestamp::from_millis(row.added_at),
            deleted: time(row.deleted_at),
            changed: row.changed,
        })
    }
}

impl Read {
    /// A space's watches that are not deleted, in the order in which they were added.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn watches(&mut self, space: &str) -> Result<Vec<Watch>, StoreError> {
        all!(
            self,
            Row,
            "select * from watch where space = $1 and deleted_at is null order by added_at, address",
            space,
        )?
        .into_iter()
        .map(Watch::try_from)
        .collect()
    }

    /// A space's watch of a node, deleted or not.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn watch(&mut self, space: &str, node: &Address) -> Result<Option<Watch>, StoreError> {
        maybe!(self, Row, "select * from watch where space = $1 and address = $2", space, node.to_string())?
            .map(Watch::try_from)
            .transpose()
    }

    /// A space's watches that changed after the change number `after`, deleted ones among them, in that order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn watches_changed_after(&mut self, space: &str, after: i64) -> Result<Vec<Watch>, StoreError> {
        all!(
            self,
            Row,
            "select * from watch where space = $1 and changed > $2 order by changed, address",
            space,
            after,
        )?
        .into_iter()
        .map(Watch::try_from)
        .collect()
    }

    /// Every node that somebody watches.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn watched_nodes(&mut self) -> Result<Vec<Address>, StoreError> {
        all!(self, (String,), "select distinct address from watch where deleted_at is null order by address")?
            .iter()
            .map(|(text,)| address(text))
            .collect()
    }

    /// Who watches what: every node with each space that watches it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn watchers(&mut self) -> Result<Vec<(Address, String)>, StoreError> {
        all!(
            self,
            (String, String),
            "select address, space from watch where deleted_at is null order by address, space"
        )?
        .into_iter()
        .map(|(text, space)| Ok((address(&text)?, space)))
        .collect()
    }
}
