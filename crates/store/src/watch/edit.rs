//! Adding, changing, deleting a watch, and bringing it back.
//!
//! Each takes a change number first of all: from then on nobody else changes watches, so that what was counted is still
//! true at the commit, and nobody waits for somebody who waits for him.

use domain::{address::Address, time::Timestamp};

use super::{Added, NewWatch, RESTORE_WITHIN, Restored, Row, Watch, WatchEdit};
use crate::{
    StoreError, Write,
    sql::{maybe, one},
    stored::{millis, to_json},
};

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
        let (count,) =
            one!(self, (i64,), "select count(*) from watch where space = $1 and deleted_at is null", space)?;
        Ok(usize::try_from(count).is_ok_and(|count| count >= limit))
    }
}
