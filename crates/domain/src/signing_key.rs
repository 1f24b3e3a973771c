//! Keys that sign bearer tokens: their states, and when they move on (session.md §7). No cookie depends on any of them.

use std::time::Duration;

use crate::time::Timestamp;

/// What a key may be used for.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum KeyState {
    /// New: it verifies already, and signs once every server has had time to read it.
    Pending,
    /// It signs. There is one.
    Active,
    /// It signs no more; tokens that it signed are good to their end.
    VerifyOnly,
    /// No token that it signed can be good any more.
    Retired,
    /// It was given away: what it signed proves nothing.
    Compromised,
}

/// How long a token that a key signs is good.
pub const TOKEN_LIFE: Duration = Duration::from_secs(30 * 86_400);
/// How long a new key only verifies.
pub const PENDING_FOR: Duration = Duration::from_secs(60);
/// How long a key verifies after it signed its last token: the token's life and a day.
pub const VERIFY_FOR: Duration = Duration::from_secs(31 * 86_400);

impl KeyState {
    /// Every state there is.
    pub const ALL: [Self; 5] =
        [Self::Pending, Self::Active, Self::VerifyOnly, Self::Retired, Self::Compromised];

    /// The word of the database and of the command line.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Active => "active",
            Self::VerifyOnly => "verify_only",
            Self::Retired => "retired",
            Self::Compromised => "compromised",
        }
    }

    /// The state that a stored word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.word() == word)
    }

    /// Whether a token that such a key signed may name a session.
    #[must_use]
    pub const fn verifies(self) -> bool {
        matches!(self, Self::Pending | Self::Active | Self::VerifyOnly)
    }

    /// The state that a key in this one since `since` moves on to by time alone. An active key stays active until
    /// another takes its place.
    #[must_use]
    pub fn moved_on(self, since: Timestamp, now: Timestamp) -> Option<Self> {
        let age = now.since(since);
        match self {
            Self::Pending if age >= PENDING_FOR => Some(Self::Active),
            Self::VerifyOnly if age >= VERIFY_FOR => Some(Self::Retired),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_verifies_until_its_last_token_has_ended() {
        let at = Timestamp::from_unix_seconds;
        assert!(VERIFY_FOR > TOKEN_LIFE);
        assert_eq!(KeyState::Pending.moved_on(at(0), at(59)), None);
        assert_eq!(KeyState::Pending.moved_on(at(0), at(60)), Some(KeyState::Active));
        assert_eq!(KeyState::Active.moved_on(at(0), at(i64::MAX / 1000)), None);
        assert_eq!(KeyState::VerifyOnly.moved_on(at(0), at(31 * 86_400 - 1)), None);
        assert_eq!(KeyState::VerifyOnly.moved_on(at(0), at(31 * 86_400)), Some(KeyState::Retired));
        assert_eq!(KeyState::Compromised.moved_on(at(0), at(i64::MAX / 1000)), None);
    }

    #[test]
    fn every_state_is_read_back() {
        for state in KeyState::ALL {
            assert_eq!(KeyState::from_word(state.word()), Some(state));
        }
    }
}
