//! How far this server knows the revocation log, and for how long it has not been able to look.

use std::{
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use domain::time::Timestamp;
use tokio::sync::{Notify, broadcast, watch};

/// Without a look at the log for this long a server counts as cut off.
pub const CUT_AFTER: Duration = Duration::from_secs(5);
/// So long it then shows what it remembers, to whoever it had seen signed in.
pub const MEMORY_FOR: Duration = Duration::from_secs(120);
/// Ends that a stream may be behind before it asks the store instead.
const AHEAD: usize = 256;

/// What the loop over the log has learnt, and who wants to hear of it.
#[derive(Debug)]
pub struct Revocations {
    wake: Notify,
    ended: broadcast::Sender<Arc<str>>,
    followed: AtomicI64,
    confirmed: Mutex<Option<(Duration, Timestamp)>>,
    cut: watch::Sender<Option<Timestamp>>,
}

impl Revocations {
    /// Nothing looked at yet; the log is followed from `rev` on.
    #[must_use]
    pub fn new(rev: i64) -> Self {
        Self {
            wake: Notify::new(),
            ended: broadcast::Sender::new(AHEAD),
            followed: AtomicI64::new(rev),
            confirmed: Mutex::default(),
            cut: watch::Sender::new(None),
        }
    }

    /// The number of the last revocation that everybody here was told of.
    #[must_use]
    pub fn followed(&self) -> i64 {
        self.followed.load(Ordering::SeqCst)
    }

    /// Somebody knows that the log has moved: it is looked at now rather than within a second.
    pub fn wake(&self) {
        self.wake.notify_one();
    }

    /// Waits for [`Revocations::wake`].
    pub async fn woken(&self) {
        self.wake.notified().await;
    }

    /// Tells the ends of sessions up to the revocation `rev`.
    pub fn tell(&self, rev: i64, sids: impl IntoIterator<Item = String>) {
        for sid in sids {
            // Nobody listens where no stream is open.
            let _ = self.ended.send(sid.into());
        }
        self.followed.fetch_max(rev, Ordering::SeqCst);
    }

    /// The log was read, in a look that began at `boot` (the boot clock).
    pub fn confirm(&self, boot: Duration, wall: Timestamp) {
        *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner) = Some((boot, wall));
        self.cut.send_if_modified(|cut| cut.take().is_some());
    }

    /// The log could not be read: says so to the streams when that has lasted.
    pub fn missed(&self, boot: Duration) {
        let confirmed = *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((last, since)) = confirmed.filter(|(last, _)| boot.saturating_sub(*last) > CUT_AFTER) {
            let _ = last;
            self.cut.send_if_modified(|cut| cut.replace(since).is_none());
        }
    }

    /// Whether what is remembered may be shown at `boot`: the log has not been read for five seconds, though it was
    /// before, and not for longer than two minutes more.
    #[must_use]
    pub fn is_in_memory(&self, boot: Duration) -> bool {
        let confirmed = *self.confirmed.lock().unwrap_or_else(PoisonError::into_inner);
        confirmed.is_some_and(|(last, _)| {
            let age = boot.saturating_sub(last);
            age > CUT_AFTER && age <= CUT_AFTER + MEMORY_FOR
        })
    }

    /// Since when this server is cut off from its store; tells each change.
    #[must_use]
    pub fn cut(&self) -> watch::Receiver<Option<Timestamp>> {
        self.cut.subscribe()
    }

    /// The sessions that end from now on, by their ids.
    #[must_use]
    pub fn ends(&self) -> broadcast::Receiver<Arc<str>> {
        self.ended.subscribe()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn memory_is_shown_between_five_seconds_and_two_minutes_after_the_last_look() {
        let log = Revocations::new(0);
        let then = Timestamp::from_unix_seconds(7);
        assert!(!log.is_in_memory(at(60)), "a server that never looked remembers nobody");
        log.confirm(at(100), then);
        for (seconds, shown) in [(100, false), (105, false), (106, true), (225, true), (226, false)] {
            assert_eq!(log.is_in_memory(at(seconds)), shown, "{seconds}");
        }
        log.missed(at(105));
        assert_eq!(*log.cut().borrow(), None);
        log.missed(at(106));
        assert_eq!(*log.cut().borrow(), Some(then));
        log.confirm(at(107), then);
        assert_eq!(*log.cut().borrow(), None);
        assert!(!log.is_in_memory(at(107)));
    }

    #[test]
    fn every_end_is_told_and_the_log_is_never_followed_backwards() {
        let log = Revocations::new(3);
        let mut ends = log.ends();
        log.tell(5, ["a".to_owned(), "b".to_owned()]);
        log.tell(4, []);
        assert_eq!(log.followed(), 5);
        assert_eq!((ends.try_recv().unwrap().as_ref(), ends.try_recv().unwrap().as_ref()), ("a", "b"));
    }
}
