//! Failed sign-ins, counted in the store before anything is hashed. Nothing here touches a session that goes on.

use std::time::Duration;

use domain::{account::Email, guessing::Counter};
use store::StoreError;
use tokio::time::{Interval, MissedTickBehavior, interval};

use super::{client_address::ClientAddress, error::ApiError};
use crate::app::App;

/// All failures answer at one time after the request came, longer than the slowest hash takes.
const FAILURE_TIME: Duration = Duration::from_secs(1);

/// One attempt to sign in, or to give the password again.
pub struct Attempt<'a> {
    app: &'a App,
    counters: Vec<(Counter, String)>,
    beat: Interval,
}

impl<'a> Attempt<'a> {
    /// Begins an attempt: its clock for failures runs from here. A browser that the account knows has a counter of its
    /// own; everybody else is counted by account and address, by address, and by account.
    pub async fn begin(app: &'a App, email: &str, known_browser: Option<&str>, from: ClientAddress) -> Self {
        let network = from.network();
        let keyed = |counter: Counter, parts: &[&str]| {
            (counter, app.keyed_hash(&[&[counter.word()], parts].concat()))
        };
        let counters = match known_browser {
            Some(browser) => vec![keyed(Counter::KnownBrowser, &[email, browser])],
            None => vec![
                keyed(Counter::AccountAtAddress, &[email, &network]),
                keyed(Counter::Address, &[&network]),
                keyed(Counter::Account, &[email]),
            ],
        };
        let mut beat = interval(FAILURE_TIME);
        beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
        beat.tick().await;
        Self { app, counters, beat }
    }

    /// Whether the attempt is heard at all; an account that is guessed at from everywhere is slow.
    ///
    /// # Errors
    /// [`ApiError::TooManyAttempts`], or undecided.
    pub async fn admit(&self) -> Result<(), ApiError> {
        let now = self.app.session_time.now();
        let (mut refused, mut slowed) = (Duration::ZERO, Duration::ZERO);
        let mut tx = self.app.store.read().await?;
        for (counter, key) in &self.counters {
            let Some(attempt) = tx.attempt(key).await? else { continue };
            refused = refused.max(attempt.until.map_or(Duration::ZERO, |until| until.since(now)));
            if now.since(attempt.first) < counter.window() {
                slowed = slowed.max(counter.slowed_by(attempt.failures));
            }
        }
        drop(tx);
        if !refused.is_zero() {
            self.app.metrics.throttled.one();
            let seconds = refused.as_secs() + u64::from(refused.subsec_millis() > 0);
            return Err(ApiError::TooManyAttempts(u32::try_from(seconds).unwrap_or(900)));
        }
        if !slowed.is_zero() {
            tokio::time::sleep(slowed).await;
        }
        Ok(())
    }

    /// Counts a failure, waits for the time of failures and gives what to answer.
    pub async fn fail(mut self, answer: ApiError) -> ApiError {
        let counted = self.count().await;
        self.beat.tick().await;
        // An attempt that could not be counted must not be told from one that was never looked at.
        if let Err(error) = counted { ApiError::from(error) } else { answer }
    }

    /// Waits for the time of failures without counting: the password was right.
    pub async fn fail_uncounted(mut self, answer: ApiError) -> ApiError {
        self.beat.tick().await;
        answer
    }

    async fn count(&self) -> Result<(), StoreError> {
        let now = self.app.session_time.now();
        let mut tx = self.app.store.write().await?;
        for (counter, key) in &self.counters {
            let failures = tx.count_failure(key, now, counter.window()).await?;
            let first = tx.attempt(key).await?.map_or(now, |attempt| attempt.first);
            if let Some(delay) = counter.refused_for(failures, now.since(first)) {
                tx.delay_attempts(key, now.plus(delay)).await?;
            }
        }
        tx.commit().await
    }

    /// The keys whose failures are forgotten now that the right password was given. Those of the address and of the
    /// whole account stay: one success of somebody else's is no excuse for either.
    pub fn forgiven(&self) -> impl Iterator<Item = &str> {
        let own = |counter: &Counter| matches!(counter, Counter::KnownBrowser | Counter::AccountAtAddress);
        self.counters.iter().filter(move |(counter, _)| own(counter)).map(|(_, key)| key.as_str())
    }
}

/// What the counters of an e-mail go by: as an account has it, or as it was typed.
pub fn name_of(typed: &str) -> String {
    Email::parse(typed).map_or_else(|| typed.trim().to_lowercase(), |email| email.to_string())
}

/// Whether *this e-mail has an account* is told to this address once more: five times an hour.
///
/// # Errors
/// [`ApiError::TooManyAttempts`], or undecided.
pub async fn tell_taken(app: &App, from: ClientAddress) -> Result<ApiError, ApiError> {
    let now = app.session_time.now();
    let key = app.keyed_hash(&[Counter::Taken.word(), &from.network()]);
    let mut tx = app.store.write().await?;
    let before = tx.attempt(&key).await?;
    if let Some(until) = before.and_then(|attempt| attempt.until).filter(|until| *until > now) {
        app.metrics.throttled.one();
        return Ok(ApiError::TooManyAttempts(u32::try_from(until.since(now).as_secs() + 1).unwrap_or(3_600)));
    }
    let told = tx.count_failure(&key, now, Counter::Taken.window()).await?;
    let first = tx.attempt(&key).await?.map_or(now, |attempt| attempt.first);
    if let Some(delay) = Counter::Taken.refused_for(told, now.since(first)) {
        tx.delay_attempts(&key, now.plus(delay)).await?;
    }
    tx.commit().await?;
    Ok(ApiError::EmailTaken)
}
