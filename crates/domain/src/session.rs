//! A session: a row that only our own server's proof can end, and the verdict on it.

use std::time::Duration;

use crate::{session_time::SessionTime, time::Timestamp};

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

/// Why a bearer token alone is good no more.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TokenEnd {
    /// Its own time is over.
    Expired,
    /// Signed with a key that our ring does not hold.
    UnknownKey,
    /// Signed with a key that was given away.
    KeyCompromised,
}

/// What the server knows of a credential. There is no way to write "ended" without a row that says so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Verdict {
    /// The session goes on.
    Active(Session),
    /// It ended, and the row says why and when.
    Ended(Session, EndReason, Timestamp),
    /// A bearer token that is good no more, while its session may go on.
    TokenEnded {
        /// The session that it names.
        sid: String,
        /// Why.
        why: TokenEnd,
        /// When it ended, where that is known.
        at: Option<Timestamp>,
    },
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
    /// Whether only a person's input counts as use (the strict profile), not a page that is left open.
    pub only_input: bool,
}

/// A session's idle end moves at most this often.
pub const TOUCH_EVERY: Duration = Duration::from_secs(3600);
/// An ended session stays a row for this long after its absolute end.
pub const TOMBSTONE_FOR: Duration = Duration::from_secs(30 * 86_400);

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

impl TokenEnd {
    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Expired => "token_expired",
            Self::UnknownKey => "unknown_key",
            Self::KeyCompromised => EndReason::KeyCompromised.word(),
        }
    }
}

impl Lifetimes {
    /// The strict profile: an hour without input, a day in all.
    #[must_use]
    pub const fn strict() -> Self {
        Self { idle: Duration::from_secs(3_600), absolute: Duration::from_secs(86_400), only_input: true }
    }
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self {
            idle: Duration::from_secs(30 * 86_400),
            absolute: Duration::from_secs(365 * 86_400),
            only_input: false,
        }
    }
}

/// The verdict on a credential whose look-up succeeded: `row` is what it names. A time that is suspect times nobody out.
#[must_use]
pub fn decide(row: Option<Session>, time: SessionTime) -> Verdict {
    let Some(session) = row else { return Verdict::Anonymous { shown: true } };
    match session.ended.or_else(|| session.timed_out(time)) {
        Some((reason, at)) => Verdict::Ended(session, reason, at),
        None => Verdict::Active(session),
    }
}

impl Session {
    /// The limit that this session has reached, and when.
    #[must_use]
    pub fn timed_out(&self, time: SessionTime) -> Option<(EndReason, Timestamp)> {
        if !time.is_trusted {
            return None;
        }
        let idle = (time.now >= self.idle_end).then_some((EndReason::IdleTimeout, self.idle_end));
        let absolute =
            (time.now >= self.absolute_end).then_some((EndReason::AbsoluteTimeout, self.absolute_end));
        // Where both are over, the one that came first ended it.
        [absolute, idle].into_iter().flatten().min_by_key(|(_, at)| *at)
    }

    /// The new idle end after a use at `now`; `None` while the last move is fresh enough to leave the row alone, or when
    /// this use does not count: `by_input` says whether a person did something.
    #[must_use]
    pub fn touched(&self, now: Timestamp, lifetimes: Lifetimes, by_input: bool) -> Option<Timestamp> {
        let counts = by_input || !lifetimes.only_input;
        let every = TOUCH_EVERY.min(lifetimes.idle / 12);
        (counts && now.since(self.last_seen) >= every).then(|| now.plus(lifetimes.idle).max(self.idle_end))
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

    fn time(seconds: i64) -> SessionTime {
        SessionTime { now: Timestamp::from_unix_seconds(seconds), is_trusted: true }
    }

    #[test]
    fn a_timeout_is_said_with_its_own_instant() {
        let at = Timestamp::from_unix_seconds;
        assert!(matches!(decide(Some(session(None)), time(99)), Verdict::Active(_)));
        for late in [100, 1_000] {
            assert!(
                matches!(decide(Some(session(None)), time(late)), Verdict::Ended(_, EndReason::IdleTimeout, end) if end == at(100))
            );
        }
        let used = Session { idle_end: at(1_500), ..session(None) };
        assert!(matches!(decide(Some(used), time(1_000)), Verdict::Ended(_, EndReason::AbsoluteTimeout, _)));
        assert_eq!(decide(None, time(0)), Verdict::Anonymous { shown: true });
    }

    #[test]
    fn use_moves_the_end_once_an_hour_and_never_back() {
        let at = Timestamp::from_unix_seconds;
        let lifetimes = Lifetimes { idle: Duration::from_secs(86_400), ..Lifetimes::default() };
        assert_eq!(session(None).touched(at(3_599), lifetimes, false), None);
        assert_eq!(session(None).touched(at(3_600), lifetimes, false), Some(at(3_600 + 86_400)));
        let far = Session { idle_end: at(999_999), ..session(None) };
        assert_eq!(far.touched(at(3_600), lifetimes, false), Some(at(999_999)));
    }

    #[test]
    fn in_the_strict_profile_only_input_is_use() {
        let at = Timestamp::from_unix_seconds;
        assert_eq!(session(None).touched(at(300), Lifetimes::strict(), false), None);
        assert_eq!(session(None).touched(at(300), Lifetimes::strict(), true), Some(at(3_900)));
    }

    proptest! {
        #[test]
        fn a_tombstone_is_never_undone_by_the_clock(now: i64, is_trusted: bool, reason in 0usize..10) {
            let ended = Some((EndReason::ALL[reason], Timestamp::from_millis(5)));
            let time = SessionTime { now: Timestamp::from_millis(now), is_trusted };
            let verdict = decide(Some(session(ended)), time);
            prop_assert!(matches!(verdict, Verdict::Ended(_, r, _) if r == EndReason::ALL[reason]));
        }

        #[test]
        fn invariant_1_a_suspect_clock_ends_nobody(now: i64) {
            let time = SessionTime { now: Timestamp::from_millis(now), is_trusted: false };
            prop_assert!(matches!(decide(Some(session(None)), time), Verdict::Active(_)));
        }

        #[test]
        fn invariant_3_uses_in_any_order_and_number_leave_the_latest_end(uses in prop::collection::vec(0i64..10_000, 1..20)) {
            let lifetimes = Lifetimes { idle: Duration::from_secs(86_400), ..Lifetimes::default() };
            let mut row = session(None);
            for seconds in &uses {
                let now = Timestamp::from_unix_seconds(*seconds);
                row.idle_end = row.idle_end.max(row.touched(now, lifetimes, false).unwrap_or(row.idle_end));
            }
            let (sid, latest) = (row.sid.clone(), uses.iter().max().copied().unwrap_or(0));
            prop_assert_eq!(sid, session(None).sid);
            let expected = if latest >= 3_600 { latest + 86_400 } else { 100 };
            prop_assert_eq!(row.idle_end, Timestamp::from_unix_seconds(expected));
        }

        #[test]
        fn every_reason_is_read_back(reason in 0usize..10) {
            prop_assert_eq!(EndReason::from_word(EndReason::ALL[reason].word()), Some(EndReason::ALL[reason]));
        }
    }
}
