//! Counters of failed sign-ins, by an opaque key that names nobody.

use std::time::Duration;

use domain::time::Timestamp;

use crate::{
    Read, StoreError, Write,
    sql::{execute, maybe, one},
    stored::time,
};

/// Failures under one key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Attempt {
    /// How many, in a row of windows.
    pub failures: i64,
    /// The first of them.
    pub first: Timestamp,
    /// Until when no further one is taken.
    pub until: Option<Timestamp>,
}

impl Read {
    /// The failures under a key.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn attempt(&mut self, key: &str) -> Result<Option<Attempt>, StoreError> {
        let row = maybe!(
            self,
            (i64, i64, Option<i64>),
            "select failures, first_at, until from attempt where key = $1",
            key
        )?;
        Ok(row.map(|(failures, first, until)| Attempt {
            failures,
            first: Timestamp::from_millis(first),
            until: time(until),
        }))
    }
}

impl Write {
    /// Counts a failure and gives how many there are now. Counting begins anew when the first one is older than
    /// `window`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn count_failure(
        &mut self,
        key: &str,
        now: Timestamp,
        window: Duration,
    ) -> Result<i64, StoreError> {
        let (failures,) = one!(
            self,
            (i64,),
            "insert into attempt (key, failures, first_at) values ($1, 1, $2)
             on conflict (key) do update set
               failures = case when attempt.first_at <= $3 then 1 else attempt.failures + 1 end,
               first_at = case when attempt.first_at <= $3 then excluded.first_at else attempt.first_at end,
               until = case when attempt.first_at <= $3 then null else attempt.until end
             returning failures",
            key,
            now.millis(),
            now.minus(window).millis(),
        )?;
        Ok(failures)
    }

    /// Takes no further attempt under a key until an instant.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn delay_attempts(&mut self, key: &str, until: Timestamp) -> Result<(), StoreError> {
        execute!(self, "update attempt set until = $2 where key = $1", key, until.millis())?;
        Ok(())
    }

    /// Forgets the failures under a key: the right password was given.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn forget_attempts(&mut self, key: &str) -> Result<(), StoreError> {
        execute!(self, "delete from attempt where key = $1", key)?;
        Ok(())
    }

    /// Forgets everything that began before an instant and delays nobody any more; gives how many keys.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn forget_old_attempts(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        execute!(
            self,
            "delete from attempt where first_at < $1 and (until is null or until < $1)",
            before.millis()
        )
    }

    /// Forgets the oldest keys beyond `most`, so that somebody who tries names fills no disk; gives how many.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn cap_attempts(&mut self, most: i64) -> Result<u64, StoreError> {
        let (count,) = one!(self, (i64,), "select count(*) from attempt")?;
        execute!(
            self,
            "delete from attempt where key in (select key from attempt order by first_at, key limit $1)",
            (count - most).max(0),
        )
    }
}
