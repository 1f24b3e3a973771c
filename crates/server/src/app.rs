//! What every handler and loop is handed: configuration, store, view, clock, randomness. Passed, never static.

use std::{
    ops::Deref,
    sync::{Arc, atomic::AtomicBool},
};

use store::Store;
use tokio::sync::watch;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    catalogue::Shelf, clock::Clock, config::Config, entropy::Entropy, live::Live, look::Looks,
    passwords::Passwords, push::PushState, reach::Reach, supervise::Parts,
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
    /// Requests to look now, and their outcomes.
    pub looks: Looks,
    /// How well the sources can be reached.
    pub reach: Reach,
    /// How the push connection to the chain is.
    pub push: watch::Sender<PushState>,
    /// The clock.
    pub clock: Clock,
    /// The random source.
    pub entropy: Entropy,
    /// The hashing queue.
    pub passwords: Passwords,
    /// The parts and how they are.
    pub parts: Parts,
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
}

impl Deref for App {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.0
    }
}
