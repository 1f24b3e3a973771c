//! Watches: a person's view of a node, with the name, notes and tags that they gave it.

use std::time::Duration;

use domain::{address::Address, time::Timestamp};

use crate::{
    Read, StoreError, Write,
    sql::{all, maybe, one},
    stored::{address, from_json, millis, time, to_json},
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

    async fn watch_count(&mut self, space: &str) -> Result<i64, StoreError> {
        let (count,) =
            one!(self, (i64,), "select count(*) from watch where space = $1 and deleted_at is null", space)?;
        Ok(count)
    }
}

impl Write {
    /// Adds a node to a space that may have `limit` of them. One that was deleted comes back as it was.
    ///
    /// # Errors
    /// When the store cannot be written. The three outcomes are none.
    pub async fn add_watch(
        &mut self,
        space: &str,
        new: NewWatch<'_>,
        limit: usize,
        now: Timestamp,
    ) -> Result<Added, StoreError> {
        // First of all: from here on nobody else adds, so that the count below is still true at the commit.
        let change = self.next_change().await?;
        let before = self.watch(space, &new.address).await?;
        if let Some(watch) = &before
            && watch.deleted.is_none()
        {
            return Ok(Added::Duplicate(watch.clone()));
        }
        if self.is_full(space, limit).await? {
            return Ok(Added::LimitReached);
        }
        self.add_node(new.address, now, change).await?;
        let row = one!(
            self,
            Row,
            "insert into watch (space, address, name, notes, tags, added_at, changed)
             values ($1, $2, $3, '', '[]', $4, $5)
             on conflict (space, address) do update set
               name = case when $6 then excluded.name else watch.name end,
               added_at = excluded.added_at, deleted_at = null, changed = excluded.changed
             returning *",
            space,
            new.address.to_string(),
            new.name.unwrap_or_default(),
            now.millis(),
            change,
            new.name.is_some(),
        )?;
        Ok(Added::Added(row.try_into()?))
    }

    /// Brings back a node that was deleted within the last 30 days.
    ///
    /// # Errors
    /// When the store cannot be written. The outcomes are none.
    pub async fn restore_watch(
        &mut self,
        space: &str,
        node: &Address,
        limit: usize,
        now: Timestamp,
    ) -> Result<Restored, StoreError> {
        let change = self.next_change().await?;
        let Some(watch) = self.watch(space, node).await? else { return Ok(Restored::Missing) };
        let Some(deleted) = watch.deleted else { return Ok(Restored::NotDeleted(watch)) };
        if now.since(deleted) > RESTORE_WITHIN {
            return Ok(Restored::TooLate);
        }
        if self.is_full(space, limit).await? {
            return Ok(Restored::LimitReached);
        }
        let row = one!(
            self,
            Row,
            "update watch set deleted_at = null, changed = $3 where space = $1 and address = $2 returning *",
            space,
            node.to_string(),
            change,
        )?;
        Ok(Restored::Restored(row.try_into()?))
    }

    /// Changes a watch that is not deleted. `None`: the space does not watch this node.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn edit_watch(
        &mut self,
        space: &str,
        node: &Address,
        edit: WatchEdit<'_>,
    ) -> Result<Option<Watch>, StoreError> {
        let change = self.next_change().await?;
        let tags = edit.tags.map(to_json).transpose()?;
        let row = maybe!(
            self,
            Row,
            "update watch set name = coalesce($3, name), notes = coalesce($4, notes), tags = coalesce($5, tags),
               muted_until = case when $6 then $7 else muted_until end, changed = $8
             where space = $1 and address = $2 and deleted_at is null returning *",
            space,
            node.to_string(),
            edit.name,
            edit.notes,
            tags,
            edit.muted_until.is_some(),
            millis(edit.muted_until.flatten()),
            change,
        )?;
        row.map(Watch::try_from).transpose()
    }

    /// Deletes a watch, so that it can come back. Gives it as it was, or `None` when the space does not watch this node.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn delete_watch(
        &mut self,
        space: &str,
        node: &Address,
        now: Timestamp,
    ) -> Result<Option<Watch>, StoreError> {
        let change = self.next_change().await?;
        let row = maybe!(
            self,
            Row,
            "update watch set deleted_at = $3, changed = $4
             where space = $1 and address = $2 and deleted_at is null returning *",
            space,
            node.to_string(),
            now.millis(),
            change,
        )?;
        row.map(Watch::try_from).transpose()
    }

    async fn is_full(&mut self, space: &str, limit: usize) -> Result<bool, StoreError> {
        let count = self.watch_count(space).await?;
        Ok(usize::try_from(count).is_ok_and(|count| count >= limit))
    }
}
