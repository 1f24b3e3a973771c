//! Which query of a store fails: the n-th from now, or all from the n-th on.

use std::sync::{
    Arc,
    atomic::{AtomicBool, AtomicI64, AtomicU64, Ordering},
};

use crate::{Store, StoreError};

/// A test's plan for a store. Without one nothing fails.
#[derive(Debug, Default)]
pub struct Plan {
    /// Queries that still succeed; negative once one failed or when nothing is planned.
    left: AtomicI64,
    is_armed: AtomicBool,
    stays_down: AtomicBool,
    readers_lag: AtomicBool,
    queries: AtomicU64,
}

impl Plan {
    /// Lets the next `n` queries pass and fails the one after them, once.
    pub fn fail_after(&self, n: i64) {
        self.stays_down.store(false, Ordering::SeqCst);
        self.left.store(n, Ordering::SeqCst);
        self.is_armed.store(true, Ordering::SeqCst);
    }

    /// Lets nothing pass until [`Plan::mend`]: the database is down.
    pub fn go_down(&self) {
        self.fail_after(0);
        self.stays_down.store(true, Ordering::SeqCst);
    }

    /// Lets everything pass; `true` when something had failed since the plan was made.
    pub fn mend(&self) -> bool {
        self.is_armed.store(false, Ordering::SeqCst);
        self.left.swap(0, Ordering::SeqCst) < 0
    }

    /// Makes the readers' connections find no session, as a replica that is behind.
    pub fn lag(&self, behind: bool) {
        self.readers_lag.store(behind, Ordering::SeqCst);
    }

    /// How many queries there were, failed ones too; a begin and a commit are one each.
    #[must_use]
    pub fn queries(&self) -> u64 {
        self.queries.load(Ordering::Relaxed)
    }

    pub(crate) fn readers_lag(&self) -> bool {
        self.readers_lag.load(Ordering::SeqCst)
    }

    pub(crate) fn next(&self) -> Result<(), StoreError> {
        self.queries.fetch_add(1, Ordering::Relaxed);
        if !self.is_armed.load(Ordering::SeqCst) {
            return Ok(());
        }
        let left = self.left.fetch_sub(1, Ordering::SeqCst);
        let fails = left == 0 || (left < 0 && self.stays_down.load(Ordering::SeqCst));
        if fails { Err(StoreError::Unavailable("a fault of the test".into())) } else { Ok(()) }
    }
}

impl Store {
    /// The plan of this store's faults.
    #[must_use]
    pub fn faults(&self) -> Arc<Plan> {
        self.inner.faults.plan.clone()
    }
}
