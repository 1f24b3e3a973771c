//! What every handler and loop is handed: configuration, store, view, clock, randomness. Passed, never static.

use std::{
    ops::Deref,
    sync::{Arc, atomic::AtomicBool},
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use channels::Channels;
use domain::session::EndReason;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use store::Store;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    catalogue::Shelf,
    clock::Clock,
    config::Config,
    entropy::Entropy,
    keyring::Keyring,
    letters::Letters,
    live::Live,
    look::{Bell, Looks},
    memory::Memory,
    metrics::Metrics,
    passwords::Passwords,
    push::PushState,
    reach::Reach,
    revocations::Revocations,
    session_clock::SessionClock,
    supervise::Parts,
    telegram::Telegram,
    verdicts::Verdicts,
};

/// The program's state, shared.
#[derive(Clone, Debug)]
pub struct App(Arc<Inner>);

/// Its contents.
#[derive(Debug)]
pub struct Inner {
    /// The configuration.
    pub config: Config,
    /// The store.
    pub store: Store,
    /// The last view of everything watched.
    pub live: Live,
    /// What the network's own API says of itself.
    pub catalogue: Shelf,
    /// What was last shown to people.
    pub memory: Memory,
    /// Requests to look now, and their outcomes.
    pub looks: Looks,
    /// Letters that somebody waits for.
    pub letters: Letters,
    /// Rings when something waits to be sent.
    pub outbox: Bell,
    /// How well the sources can be reached.
    pub reach: Reach,
    /// How the push connection to the chain is.
    pub push: watch::Sender<PushState>,
    /// Through what words are sent.
    pub channels: Channels,
    /// The clock.
    pub clock: Clock,
    /// The random source.
    pub entropy: Entropy,
    /// The hashing queue.
    pub passwords: Passwords,
    /// The parts and how they are.
    pub parts: Parts,
    /// What the Telegram bot is, and what was delivered to it.
    pub telegram: Telegram,
    /// Session time: what sessions are judged by.
    pub session_time: SessionClock,
    /// The ring of keys that sign bearer tokens.
    pub keyring: Keyring,
    /// What was just read about credentials.
    pub verdicts: Verdicts,
    /// How far the revocation log was followed.
    pub revocations: Revocations,
    /// Counters about sessions.
    pub metrics: Metrics,
    /// The key of what is hashed for our own eyes: counters of failures, browsers that are known.
    pub own_key: String,
    /// Six characters that tell this installation from others on the same host.
    pub instance: String,
    /// Whether an administrator was ever seen here.
    pub set_up: AtomicBool,
    /// Open event streams, so that a stop can wait for them.
    pub streams: TaskTracker,
    /// Tells everybody to stop.
    pub stop: CancellationToken,
}

impl App {
    /// Shares it.
    #[must_use]
    pub fn new(inner: Inner) -> Self {
        Self(Arc::new(inner))
    }

    /// The issuer and the audience of this installation's bearer tokens.
    #[must_use]
    pub fn token_names(&self) -> (String, String) {
        (format!("wakeful:{}", self.instance), format!("wakeful:{}:api", self.instance))
    }

    /// A keyed hash of some texts, as base64url: the same texts give the same hash in this installation alone.
    #[must_use]
    pub fn keyed_hash(&self, parts: &[&str]) -> String {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(self.own_key.as_bytes()) else {
            return String::new();
        };
        for part in parts {
            // With its length, so that two ways to cut a text are two texts.
            mac.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            mac.update(part.as_bytes());
        }
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    }

    /// Something of a space's own changed, under the number `change`.
    pub fn changed(&self, space: &str, change: i64) {
        self.memory.forget(space);
        self.live.tell(change);
    }

    /// Sessions ended and the transaction is committed: `rev` is the last revocation in it, where there was one.
    pub fn ended(&self, rev: Option<i64>, reason: EndReason, count: usize) {
        self.metrics.ended(reason, count);
        if let Some(rev) = rev {
            self.verdicts.moved_to(rev);
            self.revocations.wake();
        }
    }
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
