//! Opening: migrations once, no newer database, one server per folder, a file that is nobody else's.

use sqlx::{
    ConnectOptions, Connection, Executor, SqliteConnection, postgres::PgConnectOptions,
    sqlite::SqliteConnectOptions,
};
use store::{Location, NewWatch, Store, StoreError, testbed::Bed};

use crate::world::{at, email, node, settle, start};

/// Runs one statement past the store, as a newer program or a clumsy hand would.
async fn tamper(location: &Location, sql: &'static str) {
    match location {
        Location::Folder(folder) => {
            let options = SqliteConnectOptions::new().filename(folder.join("wakeful.db"));
            let mut conn = SqliteConnection::connect_with(&options).await.unwrap();
            conn.execute(sql).await.unwrap();
            conn.close().await.unwrap();
        }
        Location::Postgres(url) => {
            let mut conn = url.parse::<PgConnectOptions>().unwrap().connect().await.unwrap();
            conn.execute(sql).await.unwrap();
            conn.close().await.unwrap();
        }
    }
}

store::on_both! {
    async fn a_second_opening_finds_what_the_first_made(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        store.close().await;
        let again = bed.store().await;
        assert!(again.read().await.unwrap().account("ada").await.unwrap().is_some());
        assert!(store.read().await.is_err_and(|error| error.is_transient()));
    }

    async fn a_newer_database_is_left_alone(bed) {
        bed.store().await.close().await;
        tamper(
            bed.location(),
            "insert into _sqlx_migrations (version, description, success, checksum, execution_time)
             select 9999, 'from the future', success, checksum, 0 from _sqlx_migrations where version = 1",
        )
        .await;
        for opened in [Store::open(bed.location()).await, Store::open_for_server(bed.location()).await] {
            assert!(matches!(opened, Err(StoreError::Newer { found: 9999, known: 1.. })), "{opened:?}");
        }
    }

    async fn a_migration_that_was_rewritten_is_noticed(bed) {
        bed.store().await.close().await;
        tamper(bed.location(), "delete from _sqlx_migrations").await;
        let opened = Store::open(bed.location()).await;
        assert!(opened.is_err(), "the tables are there already");
    }

    async fn what_cannot_be_is_said_to_be_corrupt(bed) {
        let store = bed.store().await;
        settle(&store, "ada").await;
        let mut tx = store.write().await.unwrap();
        tx.add_watch("ada", NewWatch { address: node(1), name: None }, 100, at(0)).await.unwrap();
        tx.commit().await.unwrap();
        tamper(bed.location(), "update node set chain = '{\"reading\":'").await;
        tamper(bed.location(), "update watch set tags = 'barn'").await;
        let mut tx = store.read().await.unwrap();
        assert!(matches!(tx.load_nodes().await, Err(StoreError::Corrupt(_))));
        assert!(matches!(tx.watches("ada").await, Err(StoreError::Corrupt(_))));
    }

    async fn a_nul_character_is_refused_and_the_transaction_goes_on(bed) {
        let store = bed.store().await;
        let mut tx = store.write().await.unwrap();
        assert!(matches!(tx.put_meta("key", "a\0b").await, Err(StoreError::NulCharacter)));
        assert!(matches!(tx.meta("\0").await, Err(StoreError::NulCharacter)));
        let other = "\u{1}\u{7f}\u{feff}\u{10ffff} '\"\\ %_ \u{202e}";
        tx.put_meta("key", other).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(store.read().await.unwrap().meta("key").await.unwrap().as_deref(), Some(other));
    }

    async fn a_reference_to_nothing_is_a_conflict(bed) {
        let store = bed.store().await;
        let mut tx = store.write().await.unwrap();
        let added = tx.add_watch("nobody", NewWatch { address: node(1), name: None }, 100, at(0)).await;
        assert!(matches!(&added, Err(StoreError::Conflict(name)) if name == "foreign_key"), "{added:?}");
    }

    async fn many_may_open_an_empty_database_at_once(bed) {
        if matches!(bed.location(), Location::Postgres(_)) {
            tamper(bed.location(), "drop schema public cascade").await;
            tamper(bed.location(), "create schema public").await;
        }
        let openers = (0..6).map(|_| {
            let location = bed.location().clone();
            start(async move { Store::open(&location).await.unwrap().read().await.unwrap().change().await.unwrap() })
        });
        for opener in openers.collect::<Vec<_>>() {
            assert_eq!(opener.await.unwrap(), 0);
        }
    }
}

#[tokio::test]
async fn a_second_server_on_a_folder_is_refused_and_a_command_is_not() {
    let bed = Bed::sqlite();
    let server = Store::open_for_server(bed.location()).await.unwrap();
    let refused = Store::open_for_server(bed.location()).await.unwrap_err();
    let Location::Folder(folder) = bed.location() else { panic!("SQLite") };
    assert!(matches!(&refused, StoreError::InUse { folder: named } if named == folder));
    let said = refused.to_string();
    assert!(said.contains("another server") && said.contains(&folder.display().to_string()), "{said}");
    let command = Store::open(bed.location()).await.unwrap();
    settle(&command, "ada").await;
    assert!(
        server.read().await.unwrap().account_by_email(&email("ada@example.net")).await.unwrap().is_some()
    );
    server.close().await;
    drop(server);
    Store::open_for_server(bed.location()).await.unwrap();
}

#[tokio::test]
async fn a_command_does_not_migrate_under_a_running_server() {
    let bed = Bed::sqlite();
    let server = Store::open_for_server(bed.location()).await.unwrap();
    tamper(bed.location(), "delete from _sqlx_migrations").await;
    assert!(matches!(Store::open(bed.location()).await, Err(StoreError::InUse { .. })));
    drop(server);
}

#[tokio::test]
async fn a_database_that_stays_locked_is_unavailable_and_then_works_again() {
    let bed = Bed::sqlite();
    let store = bed.store().await;
    let Location::Folder(folder) = bed.location() else { panic!("SQLite") };
    let options = SqliteConnectOptions::new().filename(folder.join("wakeful.db"));
    let mut other = SqliteConnection::connect_with(&options).await.unwrap();
    other.execute("begin immediate").await.unwrap();
    assert!(store.write().await.is_err_and(|error| error.is_transient()));
    assert_eq!(store.read().await.unwrap().change().await.unwrap(), 0, "readers do not wait for a writer");
    other.execute("rollback").await.unwrap();
    settle(&store, "ada").await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_database_is_nobody_elses_to_read() {
    use std::os::unix::fs::PermissionsExt;
    let bed = Bed::sqlite();
    let store = bed.store().await;
    settle(&store, "ada").await;
    let Location::Folder(folder) = bed.location() else { panic!("SQLite") };
    let mode = |path: &std::path::Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(folder), 0o700);
    let mut files = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        files += 1;
    }
    assert!(files >= 3, "the database, its log and the log's index");
}

#[tokio::test]
async fn a_place_that_cannot_be_is_unavailable() {
    let nowhere = Location::Folder("/proc/no/such/place".into());
    assert!(Store::open(&nowhere).await.is_err_and(|error| error.is_transient()));
    let nobody = Location::Postgres("postgres://nobody@127.0.0.1:1/none".to_owned());
    assert!(Store::open(&nobody).await.is_err_and(|error| error.is_transient()));
    assert!(!format!("{nobody:?}").contains("nobody"));
}

#[test]
fn a_url_names_the_kind_of_database() {
    let folder = std::path::PathBuf::from("data");
    let of = |url| Location::from_url(url, folder.clone());
    assert_eq!(of(None), Some(Location::Folder(folder.clone())));
    assert_eq!(of(Some("postgres://h/d")), Some(Location::Postgres("postgres://h/d".to_owned())));
    assert_eq!(of(Some("mysql://h/d")), None);
}
