//! A database of its own for each test, on both kinds of database.
//!
//! ```ignore
//! store::on_both! {
//!     async fn an_account_is_found_by_its_email(bed) {
//!         let store = bed.store().await;
//!     }
//! }
//! ```
//!
//! makes the tests `an_account_is_found_by_its_email::sqlite` and `…::postgres`. The second kind needs a server at
//! `WAKEFUL_TEST_POSTGRES` and fails without one: `make test` starts it.

mod plan;

use std::{
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
};

use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection, postgres::PgConnectOptions};
use tempfile::TempDir;

use crate::{Location, Store, StoreError, migrate};

pub use plan::Plan;

/// The variable that names the server.
pub const VARIABLE: &str = "WAKEFUL_TEST_POSTGRES";

/// One test's database. Keep it until the test's end; [`Bed::remove`] takes a PostgreSQL database away again.
#[derive(Debug)]
pub struct Bed {
    location: Location,
    folder: TempDir,
    server: Option<(PgConnectOptions, String)>,
}

static NEXT: AtomicU64 = AtomicU64::new(0);

impl Bed {
    /// A fresh SQLite folder; the first [`Bed::store`] makes the database.
    ///
    /// # Panics
    /// When there is no place for temporary files.
    #[must_use]
    pub fn sqlite() -> Self {
        let folder = folder();
        Self { location: Location::Folder(folder.path().join("data")), folder, server: None }
    }

    /// A fresh PostgreSQL database with all migrations.
    ///
    /// # Panics
    /// When [`VARIABLE`] names no server that answers.
    pub async fn postgres() -> Self {
        let (url, server) = server();
        let name = format!("wakeful_test_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let made = make_database(&url, &server, &name).await;
        stop_unless(made.as_ref().err());
        Self {
            location: Location::Postgres(with_database(&url, &name)),
            folder: folder(),
            server: Some((server, name)),
        }
    }

    /// Where the database is: what a program under test is told.
    #[must_use]
    pub const fn location(&self) -> &Location {
        &self.location
    }

    /// A folder for whatever else the test needs. With SQLite the data is in its sub-folder `data`.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Opens the store, as a command beside a server would. May be called several times.
    ///
    /// # Panics
    /// When it cannot be opened.
    pub async fn store(&self) -> Store {
        let opened = Store::open(&self.location).await;
        stop_unless(opened.as_ref().err());
        match opened {
            Ok(store) => store,
            Err(_) => unreachable!(),
        }
    }

    /// Takes the database away. A test that failed leaves it for whoever wants to look.
    ///
    /// # Panics
    /// When the server refuses.
    pub async fn remove(self) {
        let Some((server, name)) = self.server else { return };
        let removed = remove(&server, &name).await;
        stop_unless(removed.as_ref().err());
    }
}

/// In memory where the system has a place for that: a shared disk stalls for seconds now and then, and a test that has a
/// limit of time would tell of the disk.
fn folder() -> TempDir {
    let memory = Path::new("/dev/shm");
    let mut builder = tempfile::Builder::new();
    builder.prefix("wakeful-test-");
    let made = if memory.is_dir() { builder.tempdir_in(memory) } else { builder.tempdir() };
    #[expect(clippy::expect_used, reason = "a test without a place for its files must fail")]
    made.expect("a folder for temporary files")
}

#[expect(clippy::disallowed_methods, reason = "the one place where tests learn their database server")]
fn server() -> (String, PgConnectOptions) {
    let Ok(url) = std::env::var(VARIABLE) else {
        #[expect(clippy::panic, reason = "a test that was skipped would prove nothing")]
        {
            panic!("{VARIABLE} is not set, so there is no PostgreSQL to test on: `make test` starts one")
        }
    };
    let parsed = url.parse::<PgConnectOptions>();
    stop_unless(parsed.as_ref().err());
    (url, parsed.unwrap_or_default().database("postgres"))
}

fn stop_unless<E: std::fmt::Display>(error: Option<&E>) {
    #[expect(clippy::panic, reason = "a test without its database must fail")]
    if let Some(error) = error {
        panic!("the test's database is not there: {error}");
    }
}

/// Copies the template, which the first caller makes; a lock keeps the others waiting meanwhile.
async fn make_database(url: &str, server: &PgConnectOptions, name: &str) -> Result<(), StoreError> {
    const LOCK: i64 = 7_290_116_045;
    let template = format!("wakeful_template_{}", migrate::digest());
    let mut conn = server.connect().await?;
    sqlx::query("select pg_advisory_lock($1)").bind(LOCK).execute(&mut conn).await?;
    let made: Option<(i32,)> = sqlx::query_as("select 1 from pg_database where datname = $1")
        .bind(&template)
        .fetch_optional(&mut conn)
        .await?;
    if made.is_none() {
        let unfinished = format!("{template}_unfinished");
        run(&mut conn, format!("drop database if exists {unfinished} with (force)")).await?;
        run(&mut conn, format!("create database {unfinished}")).await?;
        let target = with_database(url, &unfinished).parse::<PgConnectOptions>()?;
        migrate::migrate_postgres(target.connect().await?).await?;
        run(&mut conn, format!("alter database {unfinished} rename to {template}")).await?;
    }
    run(&mut conn, format!("drop database if exists {name} with (force)")).await?;
    run(&mut conn, format!("create database {name} template {template} strategy file_copy")).await?;
    conn.close().await?;
    Ok(())
}

async fn remove(server: &PgConnectOptions, name: &str) -> Result<(), StoreError> {
    let mut conn = server.connect().await?;
    run(&mut conn, format!("drop database if exists {name} with (force)")).await?;
    conn.close().await?;
    Ok(())
}

async fn run(conn: &mut PgConnection, sql: String) -> Result<(), StoreError> {
    // Names of our own making; a database's name cannot be bound.
    conn.execute(AssertSqlSafe(sql)).await?;
    Ok(())
}

/// The URL with another database: `postgres://user@host:port/DATABASE?parameters`.
fn with_database(url: &str, database: &str) -> String {
    let (base, parameters) = url.split_once('?').unwrap_or((url, ""));
    let (scheme, rest) = base.split_once("://").unwrap_or(("postgres", base));
    let authority = rest.split_once('/').map_or(rest, |(authority, _)| authority);
    let mark = if parameters.is_empty() { "" } else { "?" };
    format!("{scheme}://{authority}/{database}{mark}{parameters}")
}

/// Makes two tests of one: `NAME::sqlite` and `NAME::postgres`. The argument is a `&Bed`.
#[macro_export]
macro_rules! on_both {
    ($($(#[$meta:meta])* async fn $name:ident($bed:ident) $body:block)+) => {
        $(
            $(#[$meta])*
            mod $name {
                use super::*;

                async fn check($bed: &$crate::testbed::Bed) $body

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn sqlite() {
                    let bed = $crate::testbed::Bed::sqlite();
                    check(&bed).await;
                    bed.remove().await;
                }

                #[tokio::test(flavor = "multi_thread", worker_threads = 2)]
                async fn postgres() {
                    let bed = $crate::testbed::Bed::postgres().await;
                    check(&bed).await;
                    bed.remove().await;
                }
            }
        )+
    };
}
