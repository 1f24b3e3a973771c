//! Who asked for what, and the limit on asking.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

/// Counts since the last time they were forgotten.
#[derive(Clone, Debug, Default, Serialize)]
pub(crate) struct Requests {
    /// By path.
    pub(crate) paths: BTreeMap<String, u64>,
    /// By RPC method, over HTTP and WebSocket.
    pub(crate) methods: BTreeMap<String, u64>,
}

impl Requests {
    pub(crate) fn count_path(&mut self, path: &str) {
        *self.paths.entry(path.to_owned()).or_default() += 1;
    }

    pub(crate) fn count_method(&mut self, method: &str) {
        *self.methods.entry(method.to_owned()).or_default() += 1;
    }
}

/// A sliding window of ten seconds for each RPC endpoint.
#[derive(Clone, Debug, Default)]
pub(crate) struct Limit {
    /// Without it nothing is limited.
    pub(crate) per_10s: Option<usize>,
    taken: [VecDeque<i64>; 3],
}

const WINDOW_MS: i64 = 10_000;

impl Limit {
    /// Whether one more request may pass.
    pub(crate) fn take(&mut self, endpoint: usize, now_ms: i64) -> bool {
        let Some(limit) = self.per_10s else { return true };
        let taken = &mut self.taken[endpoint];
        while taken.front().is_some_and(|at| at + WINDOW_MS <= now_ms) {
            taken.pop_front();
        }
        let passes = taken.len() < limit;
        if passes {
            taken.push_back(now_ms);
        }
        passes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_slides() {
        let mut limit = Limit { per_10s: Some(2), ..Limit::default() };
        assert!(limit.take(0, 0) && limit.take(0, 4_000));
        assert!(!limit.take(0, 9_999));
        assert!(limit.take(1, 9_999), "each endpoint has its own");
        assert!(limit.take(0, 10_000));
        assert!(!limit.take(0, 10_001));
    }
}
