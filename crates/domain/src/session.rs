//! A session: a row that only our own server's proof can end, and the verdict on it.

use std::time::Duration;

use crate::time::Timestamp;

/// Why a session ended. The words are stored and sent.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum EndReason {
    /// The person signed out.
    Logout,
    /// Signed in again over it, in the same browser.
    Replaced,
    /// Ended from another device.
    Revoked,
    /// Ended with all others.
    RevokedAll,
    /// The password was changed elsewhere.
    PasswordChanged,
    /// An administrator disabled the account.
    AccountDisabled,
    /// The account is gone.
    AccountDeleted,
    /// Unused for the idle time.
    IdleTimeout,
    /// The absolute time was reached.
    AbsoluteTimeout,
    /// A signing key was given away.
    KeyCompromised,
}

/// A session as the store keeps it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Session {
    /// Its public id. It names the session; it is no credential.
    pub sid: String,
    /// Whose it is.
    pub account: String,
    /// When it was made.
    pub created: Timestamp,
    /// The last time it was used.
    pub last_seen: Timestamp,
    /// When it ends unless it is used.
    pub idle_end: Timestamp,
    /// When it ends unless the person gives the password again.
    pub absolute_end: Timestamp,
    /// Why and when it ended; an ended session stays a row.
    pub ended: Option<(EndReason, Timestamp)>,
}

/// What the server knows of a credential. There is no way to write "ended" without a row that says so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The session goes on.
    Active(Session),
    /// It ended, and the row says why and when.
    Ended(Session, EndReason, Timestamp),
    /// No credential, or one that names no row.
    Anonymous {
        /// Whether a credential was shown at all.
        shown: bool,
    },
    /// We could not look: the store did not answer.
    Undecided,
}

/// How long sessions last (session.md §10).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Lifetimes {
    /// Without use.
    pub idle: Duration,
    /// In all, without giving the password again.
    pub absolute: Duration,
}

/// A session's idle end moves at most this often.
pub const TOUCH_EVERY: Duration = Duration::from_secs(3600);

impl EndReason {
    /// Every reason there is.
    pub const ALL: [Self; 10] = [
        Self::Logout,
        Self::Replaced,
        Self::Revoked,
        Self::RevokedAll,
        Self::PasswordChanged,
        Self::AccountDisabled,
        Self::AccountDeleted,
        Self::IdleTimeout,
        Self::AbsoluteTimeout,
        Self::KeyCompromised,
    ];

    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Logout => "logout",
            Self::Replaced => "replaced",
            Self::Revoked => "revoked",
            Self::RevokedAll => "revoked_all",
            Self::PasswordChanged => "password_changed",
            Self::AccountDisabled => "account_disabled",
            Self::AccountDeleted => "account_deleted",
            Self::IdleTimeout => "idle_timeout",
            Self::AbsoluteTimeout => "absolute_timeout",
            Self::KeyCompromised => "key_compromised",
        }
    }

    /// The reason that a stored word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.word() == word)
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { idle: Duration::from_secs(30 * 86_400), absolute: Duration::from_secs(365 * 86_400) }
    }
}

/// The verdict on a credential whose look-up succeeded: `row` is what it names.
#[must_use]
pub fn decide(row: Option<Session>, now: Timestamp) -> Verdict {
    let Some(session) = row else { return Verdict::Anonymous { shown: true } };
    let ended = session.ended.or_else(|| {
        if now >= session.absolute_end {
            Some((EndReason::AbsoluteTimeout, session.absolute_end))
        } else if now >= session.idle_end {
            Some((EndReason::IdleTimeout, session.idle_end))
        } else {
            None
        }
    });
    match ended {
        Some((reason, at)) => Verdict::Ended(session, reason, at),
        None => Verdict::Active(session),
    }
}

impl Session {
    /// The new idle end after a use at `now`; `None` while the last move is fresh enough to leave the row alone.
    #[must_use]
    pub fn touched(&self, now: Timestamp, lifetimes: Lifetimes) -> Option<Timestamp> {
        (now.since(self.last_seen) >= TOUCH_EVERY).then(|| now.plus(lifetimes.idle).max(self.idle_end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn session(ended: Option<(EndReason, Timestamp)>) -> Session {
        let at = Timestamp::from_unix_seconds;
        Session {
            sid: "s".into(),
            account: "a".into(),
            created: at(0),
            last_seen: at(0),
            idle_end: at(100),
            absolute_end: at(1_000),
            ended,
        }
    }

    #[test]
    fn a_timeout_is_said_with_its_own_instant() {
        let at = Timestamp::from_unix_seconds;
        assert!(matches!(decide(Some(session(None)), at(99)), Verdict::Active(_)));
        assert!(
            matches!(decide(Some(session(None)), at(100)), Verdict::Ended(_, EndReason::IdleTimeout, end) if end == at(100))
        );
        assert!(matches!(
            decide(Some(session(None)), at(1_000)),
            Verdict::Ended(_, EndReason::AbsoluteTimeout, _)
        ));
        assert_eq!(decide(None, at(0)), Verdict::Anonymous { shown: true });
    }

    #[test]
    fn use_moves_the_end_once_an_hour_and_never_back() {
        let at = Timestamp::from_unix_seconds;
        let lifetimes = Lifetimes { idle: Duration::from_secs(50), absolute: Duration::from_secs(1_000) };
        assert_eq!(session(None).touched(at(3_599), lifetimes), None);
        assert_eq!(session(None).touched(at(3_600), lifetimes), Some(at(3_650)));
    }

    proptest! {
        #[test]
        fn a_tombstone_is_never_undone_by_the_clock(now: i64, reason in 0usize..10) {
            let ended = Some((EndReason::ALL[reason], Timestamp::from_millis(5)));
            let verdict = decide(Some(session(ended)), Timestamp::from_millis(now));
            prop_assert!(matches!(verdict, Verdict::Ended(_, r, _) if r == EndReason::ALL[reason]));
        }

        #[test]
        fn every_reason_is_read_back(reason in 0usize..10) {
            prop_assert_eq!(EndReason::from_word(EndReason::ALL[reason].word()), Some(EndReason::ALL[reason]));
        }
    }
}
