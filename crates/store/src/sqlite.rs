//! Opening SQLite: one writer, several readers, a file that is nobody else's.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    path::Path,
    time::Duration,
};

use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};

use crate::{
    StoreError,
    lock::FolderLock,
    migrate::{self, Age},
    transaction::ACQUIRE,
};

const FILE: &str = "wakeful.db";
const READERS: u32 = 4;
/// How long a command line waits for a server's transaction, and the other way round.
const BUSY: Duration = Duration::from_secs(5);

/// Opens the readers and the writer, with the folder's lock when it is to be kept.
pub(crate) async fn open(
    folder: &Path,
    keep_lock: bool,
) -> Result<(SqlitePool, SqlitePool, Option<FolderLock>), StoreError> {
    let file = folder.join(FILE);
    make(folder, &file).map_err(|error| StoreError::Unavailable(error.into()))?;
    let mut lock = if keep_lock { Some(FolderLock::take(folder).await?) } else { None };
    let options = SqliteConnectOptions::new()
        .filename(&file)
        .journal_mode(SqliteJournalMode::Wal)
        // What was acknowledged survives a power cut.
        .synchronous(SqliteSynchronous::Full)
        .foreign_keys(true)
        .busy_timeout(BUSY);
    let writer = pool(1).connect_with(options.clone()).await?;
    let mut conn = writer.acquire().await?;
    if matches!(migrate::age_of_sqlite(&mut conn).await?, Age::Older) {
        let migrating = match lock.take() {
            Some(lock) => lock,
            None => FolderLock::take(folder).await?,
        };
        migrate::migrate_sqlite(&mut conn).await?;
        lock = keep_lock.then_some(migrating);
    }
    drop(conn);
    // Readers are never in a writer's way, whatever they try.
    let readers = pool(READERS).connect_with(options.pragma("query_only", "on")).await?;
    Ok((readers, writer, lock))
}

fn pool(connections: u32) -> SqlitePoolOptions {
    SqlitePoolOptions::new()
        .max_connections(connections)
        .acquire_timeout(ACQUIRE)
        // A connection to a file does not go bad by waiting.
        .test_before_acquire(false)
        .idle_timeout(None)
        .max_lifetime(None)
}

/// Makes the folder (0700) and the file (0600); the write-ahead log takes its mode from the file. The mode of a folder
/// that was there before is its owner's business.
fn make(folder: &Path, file: &Path) -> std::io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    {
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    }
    builder.create(folder)?;
    options.open(file)?;
    #[cfg(unix)]
    fs::set_permissions(file, std::os::unix::fs::PermissionsExt::from_mode(0o600))?;
    Ok(())
}
