//! Where the data lives: a folder of our own, or a PostgreSQL server.

use std::{fmt, path::PathBuf};

/// Where the data lives.
#[derive(Clone, Eq, PartialEq)]
pub enum Location {
    /// SQLite in this folder, in the file `wakeful.db`.
    Folder(PathBuf),
    /// PostgreSQL 15 or later at this `postgres://` URL, which may hold a password.
    Postgres(String),
}

impl Location {
    /// The place that a configured URL names, and the folder when there is none. `None` for a URL of another kind.
    #[must_use]
    pub fn from_url(url: Option<&str>, folder: PathBuf) -> Option<Self> {
        match url {
            None => Some(Self::Folder(folder)),
            Some(url) if url.starts_with("postgres://") || url.starts_with("postgresql://") => {
                Some(Self::Postgres(url.to_owned()))
            }
            Some(_) => None,
        }
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(folder) => f.debug_tuple("Folder").field(folder).finish(),
            // The URL may hold a password.
            Self::Postgres(_) => f.write_str("Postgres(…)"),
        }
    }
}
