//! Starts the parts of the program and starts them again: a panic or an error takes down one part, for a while.

use std::{
    collections::BTreeMap,
    future::Future,
    sync::{Arc, PoisonError, RwLock},
    time::Duration,
};

use domain::time::Timestamp;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::{clock::Clock, entropy::Entropy};

const FIRST_DELAY: Duration = Duration::from_millis(500);
const LONGEST_DELAY: Duration = Duration::from_secs(60);
/// A part that has run this long is healthy again: its next failure waits the first delay.
const HEALTHY_AFTER: Duration = Duration::from_secs(120);

/// How a part is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum PartState {
    /// It works.
    Running,
    /// It failed and waits for its next start.
    Backoff,
    /// It was told to stop.
    Stopped,
}

/// What is known of a part.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Part {
    /// How it is.
    pub state: PartState,
    /// Since when.
    pub since: Timestamp,
    /// How often it was started again.
    pub restarts: u32,
    /// What the last failure said.
    pub last_error: Option<String>,
}

/// The parts and their states.
#[derive(Clone, Debug, Default)]
pub struct Parts(Arc<RwLock<BTreeMap<&'static str, Part>>>);

impl Parts {
    /// Every part by name.
    #[must_use]
    pub fn list(&self) -> BTreeMap<&'static str, Part> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, name: &'static str, part: Part) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(name, part);
    }
}

/// The supervisor.
#[derive(Debug)]
pub struct Supervisor {
    tasks: JoinSet<()>,
    parts: Parts,
    clock: Clock,
    entropy: Entropy,
    stop: CancellationToken,
}

impl Supervisor {
    /// One that starts nothing yet.
    #[must_use]
    pub fn new(clock: Clock, entropy: Entropy, parts: Parts, stop: CancellationToken) -> Self {
        Self { tasks: JoinSet::new(), parts, clock, entropy, stop }
    }

    /// Starts a part. `work` makes its future anew at each start; `Ok` means that it was told to stop.
    pub fn start<W, F>(&mut self, name: &'static str, mut work: W)
    where
        W: FnMut() -> F + Send + 'static,
        F: Future<Output = Result<(), String>> + Send + 'static,
    {
        let (parts, clock, entropy, stop) =
            (self.parts.clone(), self.clock.clone(), self.entropy.clone(), self.stop.clone());
        self.tasks.spawn(async move {
            let (mut restarts, mut delay, mut last_error) = (0, FIRST_DELAY, None);
            loop {
                let begun = clock.now();
                parts.set(name, Part { state: PartState::Running, since: begun, restarts, last_error: last_error.clone() });
                let outcome = one_life(work()).await;
                let state = |state, error| Part { state, since: clock.now(), restarts, last_error: error };
                let error = match outcome {
                    Ok(()) => return parts.set(name, state(PartState::Stopped, last_error)),
                    Err(error) => error,
                };
                if clock.now().since(begun) >= HEALTHY_AFTER {
                    delay = FIRST_DELAY;
                }
                let wait = delay + Duration::from_millis(entropy.below(1 + u64::try_from(delay.as_millis()).unwrap_or(0) / 4));
                tracing::error!(part = name, %error, wait_ms = wait.as_millis(), "a part failed and is started again");
                parts.set(name, state(PartState::Backoff, Some(error.clone())));
                tokio::select! {
                    () = tokio::time::sleep(wait) => {}
                    () = stop.cancelled() => return parts.set(name, state(PartState::Stopped, Some(error))),
                }
                last_error = Some(error);
                restarts += 1;
                delay = (delay * 2).min(LONGEST_DELAY);
            }
        });
    }

    /// Waits until every part has stopped, at most `patience`; what still runs then is dropped.
    pub async fn stopped(mut self, patience: Duration) {
        let all = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(patience, all).await.is_err() {
            tracing::warn!("some parts did not stop in time and were dropped");
        }
    }
}

/// Runs one life of a part in a task of its own, so that a panic ends that life only.
async fn one_life(work: impl Future<Output = Result<(), String>> + Send + 'static) -> Result<(), String> {
    let mut life = JoinSet::new();
    life.spawn(work);
    match life.join_next().await {
        Some(Ok(outcome)) => outcome,
        Some(Err(error)) if error.is_panic() => {
            let panic = error.into_panic();
            let said = panic.downcast_ref::<&str>().map(ToString::to_string);
            let said = said.or_else(|| panic.downcast_ref::<String>().cloned());
            Err(format!("panic: {}", said.unwrap_or_else(|| "without a message".to_owned())))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn supervisor(stop: &CancellationToken) -> (Supervisor, Parts) {
        let parts = Parts::default();
        (Supervisor::new(Clock::system(), Entropy::seeded(1), parts.clone(), stop.clone()), parts)
    }

    #[tokio::test]
    async fn a_part_that_panics_or_fails_is_started_again_and_the_others_go_on() {
        let stop = CancellationToken::new();
        let (mut supervisor, parts) = supervisor(&stop);
        let lives = Arc::new(AtomicU32::new(0));
        let (count, token) = (lives.clone(), stop.clone());
        supervisor.start("weak", move || {
            let (count, token) = (count.clone(), token.clone());
            async move {
                match count.fetch_add(1, Ordering::SeqCst) {
                    0 => panic!("first life"),
                    1 => Err("second life".to_owned()),
                    _ => {
                        token.cancelled().await;
                        Ok(())
                    }
                }
            }
        });
        let token = stop.clone();
        supervisor.start("strong", move || {
            let token = token.clone();
            async move {
                token.cancelled().await;
                Ok(())
            }
        });
        while lives.load(Ordering::SeqCst) < 3 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let list = parts.list();
        assert_eq!((list["weak"].state, list["weak"].restarts), (PartState::Running, 2));
        assert_eq!(list["weak"].last_error.as_deref(), Some("second life"));
        assert_eq!((list["strong"].state, list["strong"].restarts), (PartState::Running, 0));
        stop.cancel();
        supervisor.stopped(Duration::from_secs(5)).await;
        assert!(parts.list().values().all(|part| part.state == PartState::Stopped));
    }
}
