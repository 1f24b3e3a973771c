//! Opening SQLite: one writer, several readers, a file that is nobody else's.

use std::{
    fs::{self, DirBuilder, OpenOptions},
    path::Path,
    time::Duration,
};

use sqlx::{
    ConnectOptions, Connection, SqliteConnection, SqlitePool,
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
    let plain = SqliteConnectOptions::new().filename(&file).foreign_keys(true).busy_timeout(BUSY);
    // What was acknowledged survives a power cut.
    let options = plain.clone().journal_mode(SqliteJournalMode::Wal).synchronous(SqliteSynchronous::Full);
    let mut probe = plain.connect().await?;
    let age = migrate::age_of_sqlite(&mut probe).await?;
    probe.close().await?;
    if matches!(age, Age::Older) {
        let migrating = match lock.take() {
            Some(lock) => lock,
            None => FolderLock::take(folder).await?,
        };
        migrate(&options).await?;
        lock = keep_lock.then_some(migrating);
    }
    let writer = pool(1).connect_with(options.clone()).await?;
    // Readers are never in a writer's way, whatever they try.
    let readers = pool(READERS).connect_with(options.pragma("query_only", "on")).await?;
    Ok((readers, writer, lock))
}

/// Brings the file up to date. A new file becomes one with a write-ahead log here, under the folder's lock: SQLite does
/// not wait its turn for that.
async fn migrate(options: &SqliteConnectOptions) -> Result<(), StoreError> {
    let mut conn = connect_patiently(options).await?;
    let done = migrate::migrate_sqlite(&mut conn).await;
    conn.close().await?;
    done
}

/// Others may look whether the file is current just then; they are done in no time.
async fn connect_patiently(options: &SqliteConnectOptions) -> Result<SqliteConnection, StoreError> {
    const TRIES: u32 = 50;
    const PAUSE: Duration = Duration::from_millis(20);
    for _ in 1..TRIES {
        match options.connect().await.map_err(StoreError::from) {
            Err(error) if error.is_transient() => tokio::time::sleep(PAUSE).await,
            done => return done,
        }
    }
    Ok(options.connect().await?)
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
