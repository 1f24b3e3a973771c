//! The push side of an endpoint: told of changes within a second, over a connection that comes back by itself
//! (network.md §2.2). It makes the watch quicker and never decides: whatever it misses, a scan brings.

mod connection;
mod subscriptions;

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use domain::{address::Address, network::Pushed};
use rustls::ClientConfig;
use tokio::sync::{mpsc, watch};

use super::{
    address::Programs,
    rpc::{UrlError, place::Place},
};
use connection::Connection;

/// What a push connection may cost, and how soon it comes back.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct PushLimits {
    /// From the name of the host to the answer of the first subscription.
    pub opening: Duration,
    /// A connection on which nothing was heard for so long is dead; it is asked for a sign of life before.
    pub silence: Duration,
    /// The longest message, in bytes.
    pub message: usize,
    /// The wait after the first failure, and the shortest of all.
    pub first_wait: Duration,
    /// The longest wait.
    pub longest_wait: Duration,
}

impl Default for PushLimits {
    fn default() -> Self {
        Self {
            opening: Duration::from_secs(10),
            silence: Duration::from_secs(30),
            message: 256 * 1024,
            first_wait: Duration::from_secs(1),
            longest_wait: Duration::from_secs(60),
        }
    }
}

/// What is told of a push connection, in order.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Told {
    /// An endpoint is being called.
    Connecting {
        /// Its scheme, host and port.
        endpoint: String,
    },
    /// Its changes arrive from here on; what happened before, it does not tell.
    Open {
        /// Its scheme, host and port.
        endpoint: String,
    },
    /// An account changed.
    Change(Box<Pushed>),
    /// The connection ended, or never was.
    Lost {
        /// What happened, on one line, without the endpoint's key.
        why: String,
        /// When another try is made.
        retry_in: Duration,
    },
}

/// The push endpoints, tried in their order.
pub struct Push {
    places: Vec<Place>,
    tls: Arc<ClientConfig>,
    programs: Programs,
    limits: PushLimits,
}

/// How one connection went.
struct Ended {
    why: String,
    /// It was open, and for longer than a silence may last.
    was_good: bool,
}

/// Nobody listens any more.
struct Unheard;

impl Push {
    /// Endpoints at `urls` (ws or wss; a key may stand in the path, query or user info, and is never shown).
    ///
    /// # Errors
    /// A URL that cannot be used.
    pub fn new<'a>(
        urls: impl IntoIterator<Item = &'a str>,
        tls: ClientConfig,
        programs: Programs,
        limits: PushLimits,
    ) -> Result<Self, UrlError> {
        let places = urls.into_iter().map(Place::parse_push).collect::<Result<_, _>>()?;
        Ok(Self { places, tls: Arc::new(tls), programs, limits })
    }

    /// Subscribes to the jobs program and to each of the `runs` as long as it is in that set, and tells what comes;
    /// ends when nobody listens. `below(n)` draws a random number below n: many programs that lost the same endpoint
    /// must not come back together.
    pub async fn run(
        &self,
        runs: watch::Receiver<BTreeSet<Address>>,
        below: &(dyn Fn(u64) -> u64 + Send + Sync),
        tell: mpsc::Sender<Told>,
    ) {
        let mut rounds = 0;
        while !self.places.is_empty() {
            for (number, place) in (1..).zip(&self.places) {
                let Ok(ended) = Connection::run(self, place, runs.clone(), &tell).await else { return };
                if ended.was_good {
                    rounds = 0;
                }
                // Another endpoint may be well: only after the last of them there is a wait.
                let last = number == self.places.len();
                let retry_in = if last { self.wait(rounds, below) } else { Duration::ZERO };
                if tell.send(Told::Lost { why: ended.why, retry_in }).await.is_err() {
                    return;
                }
                tokio::select! {
                    () = tokio::time::sleep(retry_in) => {}
                    () = tell.closed() => return,
                }
            }
            rounds = rounds.saturating_add(1);
        }
    }

    /// Exponential with full jitter above the first wait.
    fn wait(&self, rounds: u32, below: &(dyn Fn(u64) -> u64 + Send + Sync)) -> Duration {
        let first = self.limits.first_wait;
        let ceiling =
            first.saturating_mul(2_u32.saturating_pow(rounds.min(31))).min(self.limits.longest_wait);
        let room = u64::try_from(ceiling.saturating_sub(first).as_millis()).unwrap_or(u64::MAX);
        first.saturating_add(Duration::from_millis(below(room.saturating_add(1)).min(room)))
    }
}

impl std::fmt::Debug for Push {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.places.iter().map(Place::name)).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn push() -> Push {
        let config = ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap();
        let tls = config.with_root_certificates(rustls::RootCertStore::empty()).with_no_client_auth();
        let urls = ["wss://rpc.example.net/k3yk3yk3y", "ws://127.0.0.1:8900"];
        Push::new(urls, tls, Programs::MAINNET, PushLimits::default()).unwrap()
    }

    #[test]
    fn the_wait_doubles_up_to_a_minute_and_is_drawn_from_all_of_it() {
        let push = push();
        let seconds =
            |rounds, below: &(dyn Fn(u64) -> u64 + Send + Sync)| push.wait(rounds, below).as_secs_f64();
        let longest = |bound: u64| bound.saturating_sub(1);
        assert_eq!([0, 1, 2, 5, 6, 40].map(|n| seconds(n, &longest)), [1.0, 2.0, 4.0, 32.0, 60.0, 60.0]);
        assert_eq!([0, 3, 40].map(|n| seconds(n, &|_| 0)), [1.0; 3], "never sooner than a second");
        assert_eq!(seconds(6, &|bound| bound / 2), 30.5);
    }

    #[test]
    fn a_key_is_not_shown_and_another_scheme_not_taken() {
        assert_eq!(format!("{:?}", push()), r#"["wss://rpc.example.net", "ws://127.0.0.1:8900"]"#);
        assert_eq!(Place::parse_push("https://rpc.example.net").err(), Some(UrlError::NotWs));
    }
}
