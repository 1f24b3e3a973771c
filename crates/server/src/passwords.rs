//! Hashes and checks passwords: Argon2id, on threads of its own, a few at a time.

use std::sync::Arc;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::Semaphore;

use crate::entropy::Entropy;

/// At once; each takes 19 MiB and most of a core.
const AT_ONCE: usize = 2;
/// How many may wait; beyond it the caller is told to come back.
const QUEUE: usize = 16;

/// The hashing queue.
#[derive(Clone, Debug)]
pub struct Passwords {
    turns: Arc<Semaphore>,
    places: Arc<Semaphore>,
    entropy: Entropy,
    /// A hash that no password has: checked when the e-mail is unknown, so that both answers take as long.
    nobody: Arc<str>,
}

/// Why nothing was hashed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum HashError {
    /// Too many are waiting.
    Busy,
    /// The library refused.
    Failed(String),
}

impl Passwords {
    /// The queue. It makes one hash right away.
    ///
    /// # Errors
    /// When the library refuses.
    pub fn new(entropy: Entropy) -> Result<Self, String> {
        let nobody = hash(&entropy.secret(), &entropy.bytes())?;
        Ok(Self {
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            places: Arc::new(Semaphore::new(AT_ONCE + QUEUE)),
            entropy,
            nobody: nobody.into(),
        })
    }

    /// The hash of a new password.
    ///
    /// # Errors
    /// [`HashError`].
    pub async fn hash(&self, password: String) -> Result<String, HashError> {
        let salt = self.entropy.bytes::<16>();
        self.on_a_thread(move || hash(&password, &salt)).await
    }

    /// Whether `password` is the one of `stored`. Without a stored hash the answer is no and takes as long.
    ///
    /// # Errors
    /// [`HashError`].
    pub async fn check(&self, password: String, stored: Option<String>) -> Result<bool, HashError> {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| self.nobody.to_string());
        let matches = self.on_a_thread(move || {
            if is_imported(&stored) {
                return bcrypt::verify(&password, &stored).map_err(|error| error.to_string());
            }
            let parsed = PasswordHash::new(&stored).map_err(|error| error.to_string())?;
            Ok(Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        });
        Ok(matches.await? && known)
    }

    async fn on_a_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T, String> + Send + 'static,
    ) -> Result<T, HashError> {
        let place = self.places.clone().try_acquire_owned().map_err(|_| HashError::Busy)?;
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| HashError::Busy)?;
        // The thread keeps both: a caller that goes away in the middle frees no place that is still at work.
        let work = move || {
            let _held = (place, turn);
            work()
        };
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| HashError::Failed(error.to_string()))?
            .map_err(HashError::Failed)
    }
}

/// Whether a stored hash is one of the app that people move in from (bcrypt): it is good, and replaced at the next sign-in.
#[must_use]
pub fn is_imported(stored: &str) -> bool {
    stored.starts_with("$2")
}

fn hash(password: &str, salt: &[u8; 16]) -> Result<String, String> {
    let hash = Argon2::default().hash_password_with_salt(password.as_bytes(), salt);
    hash.map(|hash| hash.to_string()).map_err(|error| error.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_password_is_known_again_and_another_is_not() {
        let passwords = Passwords::new(Entropy::seeded(1)).unwrap();
        let stored = passwords.hash("three quiet words".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$"), "{stored}");
        assert!(passwords.check("three quiet words".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.check("three loud words".into(), Some(stored)).await.unwrap());
        assert!(!passwords.check("three quiet words".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn an_imported_hash_is_good_until_it_is_replaced() {
        let passwords = Passwords::new(Entropy::seeded(1)).unwrap();
        let imported = bcrypt::hash_with_salt("three quiet words", 4, [7; 16]).unwrap().to_string();
        assert!(is_imported(&imported), "{imported}");
        assert!(passwords.check("three quiet words".into(), Some(imported.clone())).await.unwrap());
        assert!(!passwords.check("three loud words".into(), Some(imported)).await.unwrap());
        assert!(!is_imported(&passwords.hash("three quiet words".into()).await.unwrap()));
    }

    #[tokio::test]
    async fn a_crowd_is_told_to_come_back() {
        let passwords = Passwords::new(Entropy::seeded(1)).unwrap();
        let all = (0..40).map(|_| passwords.check("x".into(), None));
        let answers = futures_util::future::join_all(all).await;
        assert!(answers.contains(&Err(HashError::Busy)));
        assert!(answers.iter().filter(|answer| answer.is_ok()).count() >= AT_ONCE + QUEUE);
    }
}
