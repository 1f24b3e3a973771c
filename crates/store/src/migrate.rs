//! Brings a database to the form that this program knows, and refuses one that is newer.

use sqlx::{
    Connection, PgConnection, SqliteConnection,
    migrate::{Migrate, MigrateError, Migrator},
};

use crate::StoreError;

static MIGRATOR: Migrator = sqlx::migrate!();
const TABLE: &str = "_sqlx_migrations";

/// Whether a database has every migration of this program.
pub(crate) enum Age {
    Current,
    Older,
}

/// The newest migration of this program.
pub(crate) fn known() -> i64 {
    MIGRATOR.iter().map(|migration| migration.version).max().unwrap_or(0)
}

/// A digest of all migrations, as text: two programs with the same one know the same database.
#[cfg(feature = "testbed")]
pub(crate) fn digest() -> String {
    let bytes = MIGRATOR.iter().flat_map(|migration| migration.checksum.iter().copied());
    let folded = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    format!("{folded:016x}")
}

/// How old a database is.
pub(crate) async fn age_of_sqlite(conn: &mut SqliteConnection) -> Result<Age, StoreError> {
    let table: Option<(String,)> = sqlx::query_as("select name from sqlite_master where name = $1")
        .bind(TABLE)
        .fetch_optional(&mut *conn)
        .await?;
    match table {
        None => Ok(Age::Older),
        Some(_) => age(conn).await,
    }
}

/// The same for PostgreSQL.
pub(crate) async fn age_of_postgres(conn: &mut PgConnection) -> Result<Age, StoreError> {
    let (table,): (Option<String>,) =
        sqlx::query_as("select to_regclass($1)::text").bind(TABLE).fetch_one(&mut *conn).await?;
    match table {
        None => Ok(Age::Older),
        Some(_) => age(conn).await,
    }
}

async fn age<C: Migrate>(conn: &mut C) -> Result<Age, StoreError> {
    let applied = conn.list_applied_migrations(TABLE).await.map_err(from_migrate)?;
    let found = applied.iter().map(|migration| migration.version).max().unwrap_or(0);
    if found > known() {
        return Err(StoreError::Newer { found, known: known() });
    }
    for migration in MIGRATOR.iter() {
        match applied.iter().find(|done| done.version == migration.version) {
            None => return Ok(Age::Older),
            Some(done) if done.checksum != migration.checksum => {
                return Err(from_migrate(MigrateError::VersionMismatch(migration.version)));
            }
            Some(_) => {}
        }
    }
    Ok(Age::Current)
}

/// Applies what is missing. The caller holds the folder's lock.
pub(crate) async fn migrate_sqlite(conn: &mut SqliteConnection) -> Result<(), StoreError> {
    MIGRATOR.run_direct(None, conn, false).await.map_err(from_migrate)
}

/// Applies what is missing, on a connection of its own that has no statement timeout, under an advisory lock.
pub(crate) async fn migrate_postgres(mut conn: PgConnection) -> Result<(), StoreError> {
    let done = MIGRATOR.run_direct(None, &mut conn, false).await.map_err(from_migrate);
    // After an error the lock is given back by closing.
    conn.close().await?;
    done
}

fn from_migrate(error: MigrateError) -> StoreError {
    match error {
        MigrateError::Execute(error) | MigrateError::ExecuteMigration(error, _) => error.into(),
        MigrateError::VersionMissing(found) => StoreError::Newer { found, known: known() },
        MigrateError::VersionMismatch(version) => {
            StoreError::Corrupt(format!("migration {version} is not the one that was applied"))
        }
        other => StoreError::Other(other.into()),
    }
}
