//! Leases: one holder at a time among several servers, and a fence that stops a holder who does not know yet that he
//! lost it.

use std::time::Duration;

use domain::time::Timestamp;

use crate::{
    Read, Store, StoreError, Write,
    sql::{execute, maybe},
};

/// The lease of the watch.
const WATCH: &str = "watch";

/// A holder's number of a lease. It grows with each new holder.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Fence(i64);

impl Store {
    /// Takes or renews the lease of the watch in a transaction of its own. `None` while somebody else holds it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn acquire_watch(
        &self,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Fence>, StoreError> {
        let mut tx = self.write().await?;
        let fence = tx.acquire(WATCH, holder, now, ttl).await?;
        tx.commit().await?;
        Ok(fence)
    }

    /// Gives the lease of the watch back, so that another need not wait for its end.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn release_watch(&self, fence: Fence) -> Result<(), StoreError> {
        let mut tx = self.write().await?;
        tx.release(WATCH, fence).await?;
        tx.commit().await
    }

    /// Begins a transaction of the watch: it counts only while its writer holds the lease, and nobody takes the lease
    /// over before it ends.
    ///
    /// # Errors
    /// [`StoreError::FenceLost`] when somebody else took the lease; as [`Store::write`] otherwise.
    pub async fn write_watch(&self, fence: Fence, now: Timestamp) -> Result<Write, StoreError> {
        let mut tx = self.write().await?;
        let touched = execute!(
            tx,
            "update lease set renewed_at = $3 where name = $1 and fence = $2 and holder <> ''",
            WATCH,
            fence.0,
            now.millis(),
        )?;
        if touched == 1 { Ok(tx) } else { Err(StoreError::FenceLost) }
    }
}

impl Read {
    /// Who holds a lease at `now`.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn holder(&mut self, name: &str, now: Timestamp) -> Result<Option<String>, StoreError> {
        let row = maybe!(
            self,
            (String,),
            "select holder from lease where name = $1 and holder <> '' and expires_at > $2",
            name,
            now.millis(),
        )?;
        Ok(row.map(|(holder,)| holder))
    }
}

impl Write {
    /// Takes a lease that is free or over, or renews one's own until `now + ttl`. A new holder gets a higher fence, the
    /// same holder keeps his. `None` while somebody else holds it. `holder` is not empty.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn acquire(
        &mut self,
        name: &str,
        holder: &str,
        now: Timestamp,
        ttl: Duration,
    ) -> Result<Option<Fence>, StoreError> {
        let row = maybe!(
            self,
            (i64,),
            "insert into lease (name, holder, fence, renewed_at, expires_at) values ($1, $2, 1, $3, $4)
             on conflict (name) do update set
               fence = case when lease.holder = excluded.holder then lease.fence else lease.fence + 1 end,
               holder = excluded.holder, renewed_at = excluded.renewed_at, expires_at = excluded.expires_at
             where lease.holder = excluded.holder or lease.holder = '' or lease.expires_at <= excluded.renewed_at
             returning fence",
            name,
            holder,
            now.millis(),
            now.plus(ttl).millis(),
        )?;
        Ok(row.map(|(fence,)| Fence(fence)))
    }

    /// Gives a lease back, if it is still one's own.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn release(&mut self, name: &str, fence: Fence) -> Result<(), StoreError> {
        execute!(self, "update lease set holder = '' where name = $1 and fence = $2", name, fence.0)?;
        Ok(())
    }
}
