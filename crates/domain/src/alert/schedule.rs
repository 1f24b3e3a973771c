//! What follows an attempt: the written schedule of retries.
//!
//! After the first failure 5 s, then 15 s, 1 min, 5 min, 15 min, then every hour. A provider that asks for longer is obeyed,
//! up to an hour. Up to a fifth is added, so that what failed together does not come back together. A destination that
//! failed for two days is paused; one that the provider calls gone is paused at once.

use std::time::Duration;

use super::{outcome::Outcome, preference::Preferences};
use crate::time::Timestamp;

/// What follows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Next {
    /// Nothing: it arrived.
    Sent,
    /// Another try.
    Retry {
        /// Not before this instant.
        at: Timestamp,
    },
    /// This message is not tried again; the log says so.
    GiveUp,
    /// The destination is paused, and its owner told through another.
    Pause,
}

/// After the first, second, … failed attempt; after the last entry always as long.
pub const WAITS: [Duration; 6] = [
    Duration::from_secs(5),
    Duration::from_secs(15),
    Duration::from_secs(60),
    Duration::from_secs(300),
    Duration::from_secs(900),
    Duration::from_secs(3_600),
];

/// The longest wait that a provider may ask for.
pub const LONGEST_WAIT: Duration = Duration::from_secs(3_600);

/// How long a destination may fail before it is paused.
pub const PATIENCE: Duration = Duration::from_secs(48 * 3_600);

/// The most that is added to a wait, in thousandths of it.
pub const MOST_JITTER: u16 = 200;

impl Next {
    /// The same, with no try in the quiet hours of the person: what could not be told before them waits for their end.
    #[must_use]
    pub fn after_quiet(self, preferences: &Preferences) -> Self {
        match self {
            Self::Retry { at } => Self::Retry { at: preferences.quiet_until(at).unwrap_or(at) },
            other => other,
        }
    }
}

/// What follows attempt number `attempt` (from 1) that ended at `now`, at a destination that fails since `failing_since`
/// (`now` when this is its first failure). `jitter_per_mille` is drawn by the caller, 0 to 200.
#[must_use]
pub fn next(
    attempt: u32,
    failing_since: Timestamp,
    outcome: &Outcome,
    now: Timestamp,
    jitter_per_mille: u16,
) -> Next {
    let asked = match outcome {
        Outcome::Accepted { .. } => return Next::Sent,
        Outcome::Refused => return Next::GiveUp,
        Outcome::Gone => return Next::Pause,
        Outcome::Later { after } => after.unwrap_or_default().min(LONGEST_WAIT),
        // Nobody knows whether it arrived; none may be lost, and most channels fold a second copy by its key.
        Outcome::Unclear => Duration::ZERO,
    };
    if now.since(failing_since) >= PATIENCE {
        return Next::Pause;
    }
    let index = usize::try_from(attempt.max(1) - 1).unwrap_or(usize::MAX).min(WAITS.len() - 1);
    let wait = WAITS.get(index).copied().unwrap_or(LONGEST_WAIT).max(asked);
    let jitter = wait * u32::from(jitter_per_mille.min(MOST_JITTER)) / 1_000;
    Next::Retry { at: now.plus(wait + jitter) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NOW: Timestamp = Timestamp::from_unix_seconds(1_000_000);

    fn wait(attempt: u32, after: Option<u64>, jitter: u16) -> u64 {
        let outcome = Outcome::Later { after: after.map(Duration::from_secs) };
        match next(attempt, NOW, &outcome, NOW, jitter) {
            Next::Retry { at } => at.since(NOW).as_secs(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_waits_are_the_written_ones() {
        assert_eq!(
            [1, 2, 3, 4, 5, 6, 7, 400].map(|n| wait(n, None, 0)),
            [5, 15, 60, 300, 900, 3_600, 3_600, 3_600]
        );
    }

    #[test]
    fn a_provider_that_asks_for_longer_is_obeyed_up_to_an_hour() {
        assert_eq!(wait(1, Some(30), 0), 30);
        assert_eq!(wait(3, Some(30), 0), 60, "never sooner than the schedule");
        assert_eq!(wait(1, Some(86_400), 0), 3_600);
        assert_eq!(wait(3, None, 200), 72);
        assert_eq!(wait(3, None, 999), 72, "never more than a fifth");
    }

    #[test]
    fn what_cannot_arrive_is_not_tried_again() {
        assert_eq!(next(1, NOW, &Outcome::Accepted { id: None }, NOW, 0), Next::Sent);
        assert_eq!(next(1, NOW, &Outcome::Refused, NOW, 0), Next::GiveUp);
        assert_eq!(next(1, NOW, &Outcome::Gone, NOW, 0), Next::Pause);
        assert!(matches!(next(1, NOW, &Outcome::Unclear, NOW, 0), Next::Retry { .. }));
    }

    #[test]
    fn two_days_of_failing_are_enough() {
        let later = Outcome::Later { after: None };
        let (almost, over) = (NOW.minus(PATIENCE - Duration::from_millis(1)), NOW.minus(PATIENCE));
        assert!(matches!(next(60, almost, &later, NOW, 0), Next::Retry { .. }));
        assert_eq!(next(60, over, &later, NOW, 0), Next::Pause);
    }

    #[test]
    fn nobody_is_woken_by_a_retry() {
        // 13:46:40 UTC.
        let quiet = Some(crate::alert::quiet::Quiet { from: 13 * 60 + 50, to: 14 * 60 });
        let preferences = Preferences { quiet, ..Preferences::default() };
        let at = |seconds| Next::Retry { at: NOW.plus(Duration::from_secs(seconds)) };
        assert_eq!(at(199).after_quiet(&preferences), at(199));
        assert_eq!(at(200).after_quiet(&preferences), at(800));
        assert_eq!(Next::Pause.after_quiet(&preferences), Next::Pause);
    }

    proptest! {
        #[test]
        fn a_retry_lies_ahead_and_within_an_hour_and_a_fifth(attempt: u32, since: i64, after: Option<u64>, jitter: u16) {
            let outcome = Outcome::Later { after: after.map(Duration::from_secs) };
            if let Next::Retry { at } = next(attempt, Timestamp::from_millis(since), &outcome, NOW, jitter) {
                prop_assert!(at.since(NOW) >= WAITS[0] && at.since(NOW) <= Duration::from_secs(4_320));
            }
        }
    }
}
