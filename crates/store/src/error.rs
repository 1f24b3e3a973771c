//! What can go wrong with a store, by what its caller can do about it.

use std::{error::Error, path::PathBuf};

/// Why the store did not do what it was asked to. Whatever it is, it is no verdict about a session or a node.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database did not answer, was locked for too long, ran out of time or space, or gave a transaction up.
    /// The same call may succeed later.
    #[error("the database is not available: {0}")]
    Unavailable(#[source] Box<dyn Error + Send + Sync>),
    /// Somebody else holds the lease now: the transaction is rolled back and its writer must stop.
    #[error("the lease was lost to another holder")]
    FenceLost,
    /// The database was written by a newer program.
    #[error(
        "the database has version {found}, and this program knows versions up to {known}: use the newer program, or restore a backup made before it ran"
    )]
    Newer {
        /// The newest migration in the database.
        found: i64,
        /// The newest migration of this program.
        known: i64,
    },
    /// Another process has the data folder.
    #[error("another server is using the data folder {}: stop it, or give this one a folder of its own", folder.display())]
    InUse {
        /// The folder.
        folder: PathBuf,
    },
    /// What is stored cannot be what was written.
    #[error("the database holds something that cannot be: {0}")]
    Corrupt(String),
    /// A constraint refused the change; its name is the same on both databases, for example `account_email_key`
    /// (`foreign_key` for a reference to a row that is not there).
    #[error("the change conflicts with {0}")]
    Conflict(String),
    /// A text holds the character NUL, which PostgreSQL cannot store and SQLite cuts in places.
    #[error("a text with a NUL character cannot be stored")]
    NulCharacter,
    /// A mistake of ours or of the configuration; trying again does not help.
    #[error("the database refused: {0}")]
    Other(#[source] Box<dyn Error + Send + Sync>),
}

/// What the binding of a text with a NUL says. sqlx hands on the words of such an error, not the error.
pub(crate) const NUL: &str = "a text holds a NUL character";

impl StoreError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }

    pub(crate) fn corrupt(what: &str, found: &str) -> Self {
        Self::Corrupt(format!("{what} {found:?}"))
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        use sqlx::Error as E;
        match error {
            E::Database(database) => from_database(database),
            E::Encode(cause) if cause.to_string().ends_with(NUL) => Self::NulCharacter,
            E::ColumnDecode { .. } | E::Decode(_) => Self::Corrupt(error.to_string()),
            E::Io(_) | E::Tls(_) | E::Protocol(_) | E::PoolTimedOut | E::PoolClosed | E::WorkerCrashed => {
                Self::Unavailable(error.into())
            }
            E::BeginFailed => Self::Unavailable(error.into()),
            _ => Self::Other(error.into()),
        }
    }
}

fn from_database(error: Box<dyn sqlx::error::DatabaseError>) -> StoreError {
    let code = error.code().unwrap_or_default().into_owned();
    if error.is_foreign_key_violation() {
        return StoreError::Conflict("foreign_key".to_owned());
    }
    if error.is_unique_violation() || error.is_check_violation() {
        return StoreError::Conflict(constraint(error.as_ref(), &code));
    }
    let message = error.to_string();
    let error = sqlx::Error::Database(error);
    match code.parse::<i32>() {
        // SQLSTATEs have five characters; no extended result code of SQLite has.
        Ok(number) if code.len() < 5 => match number & 0xff {
            // BUSY, LOCKED, NOMEM, READONLY, INTERRUPT, IOERR, FULL, CANTOPEN, PROTOCOL.
            5..=10 | 13..=15 => StoreError::Unavailable(error.into()),
            // CORRUPT, NOTADB.
            11 | 26 => StoreError::Corrupt(message),
            _ => StoreError::Other(error.into()),
        },
        _ => match code.as_str() {
            "XX001" | "XX002" => StoreError::Corrupt(message),
            // Serialization failure, deadlock, lock timeout, idle for too long, read-only standby.
            "40001" | "40P01" | "55P03" | "25P03" | "25006" => StoreError::Unavailable(error.into()),
            // Connection lost, out of resources, stopped by somebody or by a timeout, disk trouble.
            _ if ["08", "53", "57", "58"].iter().any(|class| code.starts_with(class)) => {
                StoreError::Unavailable(error.into())
            }
            _ => StoreError::Other(error.into()),
        },
    }
}

/// The constraint's name. SQLite tells the columns instead (`UNIQUE constraint failed: account.email`), from which
/// the name that PostgreSQL would have chosen is made.
fn constraint(error: &dyn sqlx::error::DatabaseError, code: &str) -> String {
    const PRIMARY_KEY: &str = "1555";
    if let Some(name) = error.constraint() {
        return name.to_owned();
    }
    let (_, told) = error.message().split_once("constraint failed: ").unwrap_or_default();
    let Some((table, _)) = told.split_once('.') else { return told.to_owned() };
    if code == PRIMARY_KEY {
        return format!("{table}_pkey");
    }
    let columns = told.split(", ").filter_map(|column| column.split_once('.')).map(|(_, name)| name);
    format!("{table}_{}_key", columns.collect::<Vec<_>>().join("_"))
}
