//! A value read from outside: known as of an instant, or unknown since, because.

use std::time::Duration;

use crate::{time::Timestamp, why::Why};

/// What a read left behind. A failed read cannot be mistaken for news, because it has a place of its own.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Reading<T> {
    /// The value, as of `at`.
    Known {
        /// What was read.
        value: T,
        /// When it was last confirmed.
        at: Timestamp,
    },
    /// No value that still counts.
    Unknown {
        /// Since when.
        since: Timestamp,
        /// Why.
        why: Why,
        /// The last known value and its instant.
        last: Option<(T, Timestamp)>,
    },
}

impl<T> Reading<T> {
    /// Nothing known yet, as of `since`.
    pub const fn never(since: Timestamp) -> Self {
        Self::Unknown { since, why: Why::FirstLook, last: None }
    }

    /// The value while it counts as known.
    pub const fn known(&self) -> Option<&T> {
        match self {
            Self::Known { value, .. } => Some(value),
            Self::Unknown { .. } => None,
        }
    }

    /// The value, known or last known, with its instant.
    pub fn latest(&self) -> Option<(&T, Timestamp)> {
        match self {
            Self::Known { value, at } => Some((value, *at)),
            Self::Unknown { last, .. } => last.as_ref().map(|(value, at)| (value, *at)),
        }
    }

    /// The same reading at `now`: a value last confirmed more than `valid` ago no longer counts as known.
    #[must_use]
    pub fn aged(self, now: Timestamp, valid: Duration, why: Why) -> Self {
        match self {
            Self::Known { value, at } if now.since(at) > valid => {
                Self::Unknown { since: at, why, last: Some((value, at)) }
            }
            other => other,
        }
    }

    /// The reading after a failed look: a value stands, a standing unknown keeps its `since` and takes the new reason.
    #[must_use]
    pub fn failed(self, because: Why) -> Self {
        match self {
            Self::Known { .. } => self,
            Self::Unknown { since, last, .. } => Self::Unknown { since, why: because, last },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn a_value_counts_as_known_until_it_is_too_old_and_is_remembered_after() {
        let reading = Reading::Known { value: 7, at: at(100) };
        let valid = Duration::from_secs(90);
        assert_eq!(reading.clone().aged(at(190), valid, Why::RpcTimeout).known(), Some(&7));
        assert_eq!(
            reading.aged(at(191), valid, Why::RpcTimeout),
            Reading::Unknown { since: at(100), why: Why::RpcTimeout, last: Some((7, at(100))) }
        );
    }

    #[test]
    fn a_failed_look_takes_nothing_away() {
        let known = Reading::Known { value: 7, at: at(1) };
        assert_eq!(known.clone().failed(Why::RpcGarbage), known);
        let unknown: Reading<i32> = Reading::never(at(1)).failed(Why::RpcGarbage);
        assert_eq!(unknown, Reading::Unknown { since: at(1), why: Why::RpcGarbage, last: None });
    }
}
