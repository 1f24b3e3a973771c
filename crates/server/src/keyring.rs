//! The ring of signing keys as this server knows it. A key that it does not know is looked for in the store once, and not
//! more often than every five seconds.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::signing_key::KeyState;
use store::{SigningKey, Store};

/// Between two looks into the store for unknown keys.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// Names of unknown keys that are remembered between looks.
const ASKED_AT_MOST: usize = 1_000;

/// The ring.
#[derive(Debug, Default)]
pub struct Keyring {
    known: Mutex<Known>,
    /// One look at a time; the others wait for it.
    looking: tokio::sync::Mutex<()>,
}

#[derive(Debug, Default)]
struct Known {
    keys: Vec<SigningKey>,
    looked: Option<Duration>,
    last_good: Option<Duration>,
    /// Unknown keys, and when each was first asked for.
    asked: HashMap<String, Duration>,
}

/// What is known of a key by name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Sought {
    /// It is in the ring.
    Key(SigningKey),
    /// The store was read after the key was asked for, and does not hold it.
    Unknown,
    /// Nobody could look yet: says nothing about the key. Ask again after this time.
    CannotTell(Duration),
}

impl Keyring {
    /// Takes over what the store holds.
    pub fn replace(&self, keys: Vec<SigningKey>, boot: Duration) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.keys = keys;
        known.last_good = Some(boot);
    }

    /// The key that signs, of a ring that was just read.
    #[must_use]
    pub fn signing(keys: &[SigningKey]) -> Option<&SigningKey> {
        keys.iter().find(|key| key.state == KeyState::Active)
    }

    fn get(&self, kid: &str) -> Option<SigningKey> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.keys.iter().find(|key| key.kid == kid).cloned()
    }

    /// Looks for a key, in the store when it must and may. `boot` is the boot clock.
    pub async fn seek(&self, store: &Store, kid: &str, boot: Duration) -> Sought {
        if let Some(key) = self.get(kid) {
            return Sought::Key(key);
        }
        let _turn = self.looking.lock().await;
        if let Some(key) = self.get(kid) {
            return Sought::Key(key);
        }
        if let Some(said) = self.without_looking(kid, boot) {
            return said;
        }
        let read = async { store.read().await?.signing_keys().await };
        match read.await {
            Ok(keys) => {
                self.replace(keys, boot);
                self.get(kid).map_or(Sought::Unknown, Sought::Key)
            }
            Err(error) => {
                tracing::warn!(%error, "the ring of keys could not be read");
                Sought::CannotTell(LOOK_EVERY)
            }
        }
    }

    /// What can be said when it is too early for another look; `None` = look now.
    fn without_looking(&self, kid: &str, boot: Duration) -> Option<Sought> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.asked.len() >= ASKED_AT_MOST {
            known.asked.clear();
        }
        let first_asked = *known.asked.entry(kid.to_owned()).or_insert(boot);
        let since = known.looked.map(|looked| boot.saturating_sub(looked));
        if let Some(since) = since.filter(|since| *since < LOOK_EVERY) {
            let was_looked_for = known.last_good.is_some_and(|good| good > first_asked);
            let wait = LOOK_EVERY.saturating_sub(since);
            return Some(if was_looked_for { Sought::Unknown } else { Sought::CannotTell(wait) });
        }
        known.looked = Some(boot);
        None
    }
}

#[cfg(test)]
mod tests {
    use store::testbed::Bed;

    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[tokio::test]
    async fn fault_31_a_key_is_unknown_only_after_a_look_that_reached_the_store() {
        let bed = Bed::sqlite();
        let store = bed.store().await;
        let ring = Keyring::default();
        store.faults().go_down();
        assert_eq!(ring.seek(&store, "k1", at(0)).await, Sought::CannotTell(LOOK_EVERY));
        assert!(store.faults().mend());
        assert_eq!(
            ring.seek(&store, "k1", at(2)).await,
            Sought::CannotTell(at(3)),
            "too early to look again"
        );
        let mut tx = store.write().await.unwrap();
        let now = domain::time::Timestamp::from_unix_seconds(0);
        tx.signing_keys_or_first(("k1", "secret"), now).await.unwrap();
        tx.commit().await.unwrap();
        assert!(matches!(ring.seek(&store, "k1", at(5)).await, Sought::Key(_)));
        assert_eq!(ring.seek(&store, "k2", at(6)).await, Sought::CannotTell(at(4)));
        assert_eq!(ring.seek(&store, "k3", at(10)).await, Sought::Unknown);
        assert_eq!(ring.seek(&store, "k2", at(11)).await, Sought::Unknown, "the look at 10 s was for it too");
    }

    #[tokio::test]
    async fn a_crowd_of_unknown_keys_is_one_look() {
        let bed = Bed::sqlite();
        let store = bed.store().await;
        let ring = Keyring::default();
        let names = (0..20).map(|n| format!("k{n}")).collect::<Vec<_>>();
        // The look is three queries at most: begin, read, and nothing more.
        store.faults().fail_after(3);
        let answers =
            futures_util::future::join_all(names.iter().map(|kid| ring.seek(&store, kid, at(1)))).await;
        assert!(!store.faults().mend(), "more than one look");
        assert_eq!(answers.iter().filter(|said| **said == Sought::Unknown).count(), 1);
    }
}
