//! The people, nodes and instants of the tests.

use domain::{
    account::{Email, Role},
    address::Address,
    time::Timestamp,
};
use store::{NewAccount, Store, StoreError, Write};

/// An instant, in seconds after an arbitrary one.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(1_795_000_000 + seconds)
}

/// The node of a number.
pub fn node(number: u8) -> Address {
    Address::new([number; 32])
}

pub fn email(text: &str) -> Email {
    Email::parse(text).unwrap()
}

/// Makes an account with the space of the same name.
pub async fn settle(store: &Store, name: &str) {
    let mut tx = store.write().await.unwrap();
    add(&mut tx, name).await.unwrap();
    tx.commit().await.unwrap();
}

pub async fn add(tx: &mut Write, name: &str) -> Result<(), StoreError> {
    let account = NewAccount {
        id: name,
        email: &email(&format!("{name}@example.net")),
        password_hash: "$argon2id$",
        role: Role::Member,
        time_zone: "Europe/Zurich",
    };
    tx.add_account(account, name, at(0)).await
}

/// Somebody else who acts at the same time; the test waits for them or sends them away.
#[expect(clippy::disallowed_methods, reason = "the one place where the tests start tasks")]
pub fn start<F>(work: F) -> tokio::task::JoinHandle<F::Output>
where
    F: Future<Output: Send + 'static> + Send + 'static,
{
    tokio::spawn(work)
}
