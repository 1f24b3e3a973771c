//! Counters about sessions (session.md §11), for whoever exposes them.

use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use domain::session::EndReason;

/// A counter that only grows.
#[derive(Debug, Default)]
pub struct Counter(AtomicU64);

/// Counters by one label.
#[derive(Debug, Default)]
pub struct Labelled(Mutex<BTreeMap<&'static str, u64>>);

/// What is counted, since the program started.
#[derive(Debug, Default)]
pub struct Metrics {
    /// `session_end_total{reason}`.
    pub session_end: Labelled,
    /// `auth_undecided_total{cause}`: `store` or `key`.
    pub auth_undecided: Labelled,
    /// `revocation_lag_seconds`, in milliseconds: from a revocation to the moment this server knew it, summed up.
    pub revocation_lag_ms: Counter,
    /// How many revocations that sum is made of.
    pub revocations_seen: Counter,
    /// `credential_missing_total`: somebody asked about a session without the credential for it.
    pub credential_missing: Counter,
    /// `unknown_kid_total`.
    pub unknown_kid: Counter,
    /// `accidental_logout_total`: signed in again after a disappearance that no reason explains. Its target is 0.
    pub accidental_logout: Counter,
    /// Sign-ins that were refused unheard, after too many failures.
    pub throttled: Counter,
}

impl Counter {
    /// One more.
    pub fn one(&self) {
        self.add(1);
    }

    /// So many more.
    pub fn add(&self, more: u64) {
        self.0.fetch_add(more, Ordering::Relaxed);
    }

    /// How many there were.
    #[must_use]
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

impl Labelled {
    /// One more under a label.
    pub fn one(&self, label: &'static str) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner).entry(label).or_default() += 1;
    }

    /// All labels and how many there were.
    #[must_use]
    pub fn all(&self) -> BTreeMap<&'static str, u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Metrics {
    /// Sessions ended.
    pub fn ended(&self, reason: EndReason, count: usize) {
        for _ in 0..count {
            self.session_end.one(reason.word());
        }
    }
}
