//! Numbers that follow the order of commits.

use crate::{Read, StoreError, Write, sql::one};

impl Read {
    /// The last change number that was committed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn change(&mut self) -> Result<i64, StoreError> {
        let (value,): (i64,) = one!(self, (i64,), "select value from counter where name = 'change'")?;
        Ok(value)
    }
}

impl Write {
    /// Takes the next change number. Until this transaction ends nobody else gets one, so whoever sees a number has
    /// seen, or can see, everything before it.
    ///
    /// Take it before other rows are changed and before sessions are ended: writers that lock rows in different orders
    /// end in a deadlock, which PostgreSQL breaks after a second by giving one of them up.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn next_change(&mut self) -> Result<i64, StoreError> {
        let (value,) =
            one!(self, (i64,), "update counter set value = value + 1 where name = 'change' returning value")?;
        Ok(value)
    }
}
