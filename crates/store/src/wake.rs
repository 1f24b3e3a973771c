//! What wakes a server when another one ended sessions: PostgreSQL's notifications. They are a hint to look at the log
//! early; the log itself is the truth.

use sqlx::postgres::PgListener;

use crate::{Store, StoreError, transaction::Pools};

/// The channel's name.
pub(crate) const CHANNEL: &str = "wakeful_revocation";

/// Listens, on a connection of its own.
#[derive(Debug)]
pub struct Wakes(PgListener);

impl Store {
    /// Begins to listen. `None` on SQLite: other processes tell nobody there.
    ///
    /// # Errors
    /// When the store cannot be reached.
    pub async fn wakes(&self) -> Result<Option<Wakes>, StoreError> {
        let Pools::Postgres(pool) = &self.inner.pools else { return Ok(None) };
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        Ok(Some(Wakes(listener)))
    }
}

impl Wakes {
    /// Returns when some server ended sessions, or when the connection was made anew and nobody knows what was missed.
    ///
    /// # Errors
    /// When the connection is lost and cannot be made anew just now.
    pub async fn next(&mut self) -> Result<(), StoreError> {
        // `None` = the connection was lost; the next call makes another.
        self.0.try_recv().await?;
        Ok(())
    }
}
