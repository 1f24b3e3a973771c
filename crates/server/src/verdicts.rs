//! What was just read about credentials: positive verdicts only, for two seconds, and dropped when a session ended.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use store::Signed;
use tokio::sync::watch;

/// How long a row counts as just read.
const KEPT_FOR: Duration = Duration::from_secs(2);
/// More than this are not kept at once.
const AT_MOST: usize = 10_000;

/// Rows that were just read, and how far this server knows the revocation log.
#[derive(Debug)]
pub struct Verdicts {
    kept: Mutex<HashMap<String, Kept>>,
    newest: watch::Sender<i64>,
}

/// A row and when it was read; `None` = it was changed since, and is only remembered.
type Kept = (Arc<Signed>, Option<Duration>);

impl Default for Verdicts {
    fn default() -> Self {
        Self { kept: Mutex::default(), newest: watch::Sender::new(0) }
    }
}

impl Verdicts {
    /// The row of a credential, if it was read within two seconds of `boot` (the boot clock) and no session ended since.
    #[must_use]
    pub fn get(&self, credential: &str, boot: Duration) -> Option<Arc<Signed>> {
        let newest = *self.newest.borrow();
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let (signed, at) = kept.get(credential)?;
        let is_fresh = at.is_some_and(|at| boot.saturating_sub(at) <= KEPT_FOR);
        (is_fresh && signed.rev >= newest).then(|| signed.clone())
    }

    /// The row of a credential, however long ago it was read, unless its session is known to have ended: for a server
    /// that is cut off from its store.
    #[must_use]
    pub fn remembered(&self, credential: &str) -> Option<Arc<Signed>> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get(credential).map(|(signed, _)| signed.clone())
    }

    /// Keeps a row that was read at `boot`. An ended session is never kept, nor a row that a revocation has outdated.
    pub fn put(&self, credential: String, signed: Arc<Signed>, boot: Duration) {
        if signed.session.ended.is_some() {
            return;
        }
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if signed.rev < *self.newest.borrow() {
            return;
        }
        if kept.len() >= AT_MOST {
            kept.retain(|_, (_, at)| at.is_some_and(|at| boot.saturating_sub(at) <= KEPT_FOR));
        }
        if kept.len() < AT_MOST {
            kept.insert(credential, (signed, Some(boot)));
        }
    }

    /// Reads a session's row anew at its next use: it was changed.
    pub fn forget(&self, sid: &str) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, at) in kept.values_mut().filter(|(signed, _)| signed.session.sid == sid) {
            *at = None;
        }
    }

    /// Drops a session that ended.
    pub fn drop_session(&self, sid: &str) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        kept.retain(|_, (signed, _)| signed.session.sid != sid);
    }

    /// The revocation log has come to `rev`: whatever was read before that counts no more.
    pub fn moved_to(&self, rev: i64) {
        self.newest.send_if_modified(|newest| {
            let moved = rev > *newest;
            *newest = rev.max(*newest);
            moved
        });
    }

    /// How far this server knows the revocation log.
    #[must_use]
    pub fn newest(&self) -> i64 {
        *self.newest.borrow()
    }

    /// Tells each time that the log has moved on.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.newest.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        session::{EndReason, Session},
        time::Timestamp,
    };

    use super::*;

    fn signed(rev: i64, ended: bool) -> Arc<Signed> {
        let at = Timestamp::from_unix_seconds;
        let session = Session {
            sid: "s".into(),
            account: "a".into(),
            created: at(0),
            last_seen: at(0),
            idle_end: at(9),
            absolute_end: at(9),
            ended: ended.then(|| (EndReason::Logout, at(1))),
        };
        Arc::new(Signed { session, has_cookie: true, member: None, space: None, rev, key: None })
    }

    #[test]
    fn a_row_counts_for_two_seconds_and_not_past_a_revocation() {
        let second = Duration::from_secs(1);
        let verdicts = Verdicts::default();
        verdicts.put("c".into(), signed(4, false), second);
        assert!(verdicts.get("c", 3 * second).is_some());
        assert!(verdicts.get("c", 4 * second).is_none());
        verdicts.moved_to(4);
        assert!(verdicts.get("c", second).is_some(), "the row was read with that revocation");
        verdicts.moved_to(5);
        verdicts.moved_to(3);
        assert!(verdicts.get("c", second).is_none());
        verdicts.put("c".into(), signed(5, false), second);
        verdicts.forget("s");
        assert!(verdicts.get("c", second).is_none());
        assert!(verdicts.remembered("c").is_some());
        verdicts.drop_session("s");
        verdicts.put("c".into(), signed(4, false), second);
        assert!(verdicts.remembered("c").is_none(), "read before the revocation that dropped it");
    }

    #[test]
    fn an_end_and_a_miss_are_never_kept() {
        let verdicts = Verdicts::default();
        verdicts.put("c".into(), signed(0, true), Duration::ZERO);
        assert!(verdicts.get("c", Duration::ZERO).is_none());
    }
}
