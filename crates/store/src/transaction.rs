//! The store itself, and its two kinds of transaction.

use std::{
    fmt,
    ops::{Deref, DerefMut},
    sync::Arc,
    time::Duration,
};

use sqlx::{PgPool, SqlitePool};

use crate::{
    Location, StoreError,
    fault::Faults,
    lock::FolderLock,
    postgres,
    sql::{Conn, execute},
    sqlite,
};

/// The store. Clones share it.
#[derive(Clone)]
pub struct Store {
    pub(crate) inner: Arc<Inner>,
}

pub(crate) struct Inner {
    pub(crate) pools: Pools,
    /// What a test lets fail; nothing in the program.
    pub(crate) faults: Faults,
    /// Kept for as long as the server lives.
    _lock: Option<FolderLock>,
}

pub(crate) enum Pools {
    Sqlite { readers: SqlitePool, writer: SqlitePool },
    Postgres(PgPool),
}

/// How long a caller waits for a connection before the store counts as unavailable.
pub(crate) const ACQUIRE: Duration = Duration::from_secs(5);

/// A snapshot of everything, at one moment. Dropping it ends it.
pub struct Read {
    pub(crate) conn: Conn,
    pub(crate) faults: Faults,
}

/// A transaction that may change things; it reads like a [`Read`]. Dropping it rolls back.
///
/// On SQLite there is one at a time and the others wait. On PostgreSQL, [`Write::next_change`] is where writers of
/// facts queue up: whoever has a number holds it until the end, so that numbers follow the order of commits.
pub struct Write {
    read: Read,
}

impl Store {
    /// Opens the store for one command beside a server that may be running. A database that is older is brought up to
    /// date, unless a server is using it.
    ///
    /// # Errors
    /// [`StoreError::Newer`], [`StoreError::InUse`] as said above, [`StoreError::Unavailable`] when it cannot be
    /// reached or its folder cannot be written.
    pub async fn open(location: &Location) -> Result<Self, StoreError> {
        Self::connect(location, false).await
    }

    /// Opens the store for a server. On SQLite it takes the folder for itself, for as long as the store lives.
    ///
    /// # Errors
    /// As [`Store::open`]; [`StoreError::InUse`] when another server has the folder.
    pub async fn open_for_server(location: &Location) -> Result<Self, StoreError> {
        Self::connect(location, true).await
    }

    async fn connect(location: &Location, keep_lock: bool) -> Result<Self, StoreError> {
        let (pools, lock) = match location {
            Location::Folder(folder) => {
                let (readers, writer, lock) = sqlite::open(folder, keep_lock).await?;
                (Pools::Sqlite { readers, writer }, lock)
            }
            Location::Postgres(url) => (Pools::Postgres(postgres::open(url).await?), None),
        };
        Ok(Self { inner: Arc::new(Inner { pools, faults: Faults::default(), _lock: lock }) })
    }

    /// Begins a snapshot.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no connection within 5 seconds.
    pub async fn read(&self) -> Result<Read, StoreError> {
        let faults = self.inner.faults.clone();
        faults.next()?;
        match &self.inner.pools {
            Pools::Sqlite { readers, .. } => Ok(Read { conn: Conn::Sqlite(readers.begin().await?), faults }),
            Pools::Postgres(pool) => {
                let mut read = Read { conn: Conn::Postgres(pool.begin().await?), faults };
                // Not part of `begin`: a caller that gives up in the middle of it must not leave a connection behind
                // on which a later writer may only read.
                execute!(read, "set transaction isolation level repeatable read read only")?;
                Ok(read)
            }
        }
    }

    /// Begins a transaction that may change things.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`] when there is no connection, or on SQLite no turn, within 5 seconds.
    pub async fn write(&self) -> Result<Write, StoreError> {
        let faults = self.inner.faults.clone();
        faults.next()?;
        let conn = match &self.inner.pools {
            // A plain begin would take the lock at the first change, too late to wait for it.
            Pools::Sqlite { writer, .. } => Conn::Sqlite(writer.begin_with("begin immediate").await?),
            Pools::Postgres(pool) => Conn::Postgres(pool.begin().await?),
        };
        Ok(Write { read: Read { conn, faults } })
    }

    /// Closes every connection, once the transactions on them have ended.
    pub async fn close(&self) {
        match &self.inner.pools {
            Pools::Sqlite { readers, writer } => {
                readers.close().await;
                writer.close().await;
            }
            Pools::Postgres(pool) => pool.close().await,
        }
    }
}

impl Write {
    /// Keeps what was changed. When it returns, the change is on the disk.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`]: then nobody knows whether the change was kept.
    pub async fn commit(self) -> Result<(), StoreError> {
        self.read.faults.next()?;
        match self.read.conn {
            Conn::Sqlite(tx) => tx.commit().await?,
            Conn::Postgres(tx) => tx.commit().await?,
        }
        Ok(())
    }
}

impl Deref for Write {
    type Target = Read;

    fn deref(&self) -> &Read {
        &self.read
    }
}

impl DerefMut for Write {
    fn deref_mut(&mut self) -> &mut Read {
        &mut self.read
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match &self.inner.pools {
            Pools::Sqlite { .. } => "Store(sqlite)",
            Pools::Postgres(_) => "Store(postgres)",
        })
    }
}
