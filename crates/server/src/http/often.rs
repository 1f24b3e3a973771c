//! How often something may be asked: counted in the store, so that every server counts together.

use std::time::Duration;

use store::Write;

use super::error::ApiError;
use crate::app::App;

/// A limit: so many within so long.
#[derive(Clone, Copy, Debug)]
pub struct Often {
    /// What is counted.
    pub word: &'static str,
    /// The most.
    pub most: i64,
    /// Within this time from the first of them.
    pub within: Duration,
}

impl Often {
    /// Counts one more of `key`'s. The caller commits.
    ///
    /// # Errors
    /// [`ApiError::TooOften`] where it is one too many, or undecided.
    pub async fn count(self, app: &App, tx: &mut Write, key: &str) -> Result<(), ApiError> {
        let now = app.session_time.now();
        let key = app.keyed_hash(&[self.word, key]);
        if tx.count_failure(&key, now, self.within).await? <= self.most {
            return Ok(());
        }
        let first = tx.attempt(&key).await?.map_or(now, |attempt| attempt.first);
        let rest = self.within.saturating_sub(now.since(first));
        Err(ApiError::TooOften(u32::try_from(rest.as_secs() + 1).unwrap_or(u32::MAX)))
    }
}
