//! How failed sign-ins slow down further ones (session.md §10). Counting touches no live session.

use std::time::Duration;

/// What failures are counted by.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Counter {
    /// One browser that has signed in to this account before.
    KnownBrowser,
    /// One account from one address.
    AccountAtAddress,
    /// One address, whatever the account.
    Address,
    /// One account from all browsers that it does not know.
    Account,
    /// Answers *this e-mail has an account* at registration, by address.
    Taken,
    /// Codes from one Telegram chat.
    Chat,
}

const FREE: i64 = 5;
const FIRST_DELAY: Duration = Duration::from_secs(5);
const LONGEST_DELAY: Duration = Duration::from_secs(15 * 60);
const OF_ADDRESS: i64 = 30;
const OF_ACCOUNT: i64 = 50;
const SLOWEST: Duration = Duration::from_secs(30);
/// Answers to one address that an e-mail is taken, and wrong codes from one chat.
const TAKEN: i64 = 5;

impl Counter {
    /// The first part of its key in the store.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::KnownBrowser => "browser",
            Self::AccountAtAddress => "account-at-address",
            Self::Address => "address",
            Self::Account => "account",
            Self::Taken => "taken",
            Self::Chat => "chat",
        }
    }

    /// How long failures count together.
    #[must_use]
    pub const fn window(self) -> Duration {
        match self {
            Self::KnownBrowser | Self::AccountAtAddress => Duration::from_secs(86_400),
            Self::Address => Duration::from_secs(15 * 60),
            Self::Account | Self::Taken | Self::Chat => Duration::from_secs(3_600),
        }
    }

    /// For how long nothing more is taken after this many failures in the window; `since_first` is the time since the
    /// first of them. `None`: the next attempt is free.
    #[must_use]
    pub fn refused_for(self, failures: i64, since_first: Duration) -> Option<Duration> {
        let rest = || Some(self.window().saturating_sub(since_first));
        match self {
            Self::KnownBrowser | Self::AccountAtAddress if failures >= FREE => {
                let doublings = u32::try_from(failures - FREE).unwrap_or(u32::MAX).min(16);
                Some((FIRST_DELAY * 2_u32.pow(doublings)).min(LONGEST_DELAY))
            }
            Self::Address if failures >= OF_ADDRESS => rest(),
            Self::Taken | Self::Chat if failures >= TAKEN => rest(),
            _ => None,
        }
    }

    /// How much later an attempt is answered after this many failures. An account that is attacked from everywhere is
    /// slow to sign in to, and never locked.
    #[must_use]
    pub fn slowed_by(self, failures: i64) -> Duration {
        match self {
            Self::Account => {
                let over = u64::try_from(failures - OF_ACCOUNT + 1).unwrap_or(0);
                Duration::from_secs(over).min(SLOWEST)
            }
            _ => Duration::ZERO,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn five_are_free_and_then_the_delay_doubles_to_a_quarter_of_an_hour() {
        let delay = |failures| Counter::AccountAtAddress.refused_for(failures, Duration::ZERO);
        assert_eq!(delay(4), None);
        assert_eq!(delay(5), Some(Duration::from_secs(5)));
        assert_eq!(delay(6), Some(Duration::from_secs(10)));
        assert_eq!(delay(13), Some(Duration::from_secs(15 * 60)));
    }

    #[test]
    fn an_address_is_refused_for_the_rest_of_its_window() {
        let minute = Duration::from_secs(60);
        assert_eq!(Counter::Address.refused_for(29, minute), None);
        assert_eq!(Counter::Address.refused_for(30, minute), Some(14 * minute));
    }

    #[test]
    fn a_chat_may_be_wrong_five_times_an_hour() {
        let after = |failures| Counter::Chat.refused_for(failures, Duration::from_secs(600));
        assert_eq!((after(4), after(5)), (None, Some(Duration::from_secs(3_000))));
    }

    proptest! {
        #[test]
        fn an_account_attacked_from_everywhere_is_slow_and_never_locked(failures in 0i64..) {
            prop_assert_eq!(Counter::Account.refused_for(failures, Duration::ZERO), None);
            prop_assert!(Counter::Account.slowed_by(failures) <= Duration::from_secs(30));
            prop_assert_eq!(Counter::Account.slowed_by(failures).is_zero(), failures < 50);
        }

        #[test]
        fn no_delay_is_longer_than_its_limit(failures: i64) {
            for counter in [Counter::KnownBrowser, Counter::AccountAtAddress, Counter::Address] {
                let delay = counter.refused_for(failures, Duration::ZERO).unwrap_or_default();
                prop_assert!(delay <= Duration::from_secs(15 * 60));
            }
        }
    }
}
