//! What a node is paid: integers of micro-NOS, lamports and micro-xNOS, in 64 signed bits.

use crate::time::Timestamp;

/// What the jobs of a time paid.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Paid {
    /// Jobs that ended in it.
    pub jobs: u64,
    /// What they paid, in micro-NOS.
    pub micro_nos: i128,
    /// How many of them paid what nobody could read.
    pub unread: u64,
}

/// How long a job that ran from `start` to `end` is paid for, in seconds: never more than its timeout, never less
/// than nothing (times and timeout on chain are signed and may be hostile).
#[must_use]
pub fn paid_seconds(start: i64, end: i64, timeout: i64) -> u64 {
    let ran = end.saturating_sub(start).max(0);
    u64::try_from(ran.min(timeout.max(0))).unwrap_or(0)
}

/// What the host is paid for those seconds at `price` micro-NOS per second; `None` when it does not fit 64 signed bits.
/// The network's fee is the deployer's and never taken from this.
#[must_use]
pub fn payout(price: u64, seconds: u64) -> Option<i64> {
    i64::try_from(u128::from(price) * u128::from(seconds)).ok()
}

/// What a running job has earned so far, in micro-NOS: its price times the time since its start, capped by its timeout.
#[must_use]
pub fn accrued(price: u64, start: Timestamp, timeout: i64, now: Timestamp) -> Option<i64> {
    payout(price, paid_seconds(start.unix_seconds(), now.unix_seconds(), timeout))
}

/// Lamports of an amount of SOL as people write it, such as `0.02`; `None` when it is none, or has more than nine decimals.
#[must_use]
pub fn lamports(sol: &str) -> Option<i64> {
    let (whole, part) = sol.split_once('.').unwrap_or((sol, "0"));
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(part) || part.len() > 9 {
        return None;
    }
    let (whole, part): (i64, i64) = (whole.parse().ok()?, format!("{part:0<9}").parse().ok()?);
    whole.checked_mul(1_000_000_000)?.checked_add(part)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_job_past_its_timeout_is_paid_up_to_it() {
        assert_eq!(payout(278, paid_seconds(1_773_300_000, 1_773_399_999, 3600)), Some(1_000_800));
        assert_eq!(payout(115, paid_seconds(1_773_334_803, 1_773_338_403, 7200)), Some(414_000));
    }

    #[test]
    fn sol_is_read_to_the_lamport_or_not_at_all() {
        assert_eq!(
            ["0.02", "0.006", "1", "0.000000001"].map(lamports),
            [20_000_000, 6_000_000, 1_000_000_000, 1].map(Some)
        );
        assert_eq!(["", ".5", "1.", "-1", "1e3", "0.0000000001", "9999999999999"].map(lamports), [None; 7]);
    }

    #[test]
    fn an_amount_that_does_not_fit_is_unknown_and_never_cut() {
        assert_eq!(payout(u64::MAX, 2), None);
        assert_eq!(payout(1, i64::MAX.unsigned_abs()), Some(i64::MAX));
    }

    proptest! {
        #[test]
        fn hostile_times_are_clamped(price: u64, start: i64, end: i64, timeout: i64) {
            let seconds = paid_seconds(start, end, timeout);
            prop_assert!(seconds <= timeout.max(0).unsigned_abs());
            prop_assert!(end > start || seconds == 0);
            prop_assert!(payout(price, seconds).is_none_or(|paid| paid >= 0));
        }
    }
}
