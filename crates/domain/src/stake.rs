//! A stake account (network.md §1.6).

use crate::address::Address;

/// What a node has staked.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stake {
    /// Micro-NOS.
    pub amount: u64,
    /// The node's wallet.
    pub authority: Address,
    /// Seconds, 1,209,600 to 31,536,000.
    pub duration: u64,
    /// Unix seconds of the unstake; 0 = staked.
    pub time_unstake: i64,
    /// Micro-xNOS: the weight that counts against a market's minimum.
    pub xnos: u128,
}

/// The weight of a stake in micro-xNOS, by the staking program's integer formula; nothing once unstaking has begun.
/// `None` when hostile figures leave 128 bits.
#[must_use]
pub fn xnos(amount: u64, duration: u64, time_unstake: i64) -> Option<u128> {
    const PRECISION: u128 = 1_000_000_000_000_000;
    const SECONDS_PER_EXTRA_MULTIPLE: u128 = 10_512_000;
    if time_unstake != 0 {
        return Some(0);
    }
    let multiple =
        (u128::from(duration).checked_mul(PRECISION)? / SECONDS_PER_EXTRA_MULTIPLE).checked_add(PRECISION)?;
    Some(multiple.checked_mul(u128::from(amount))? / PRECISION)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_formula_gives_the_programs_own_figures() {
        assert_eq!(xnos(8_362_000_000, 31_536_000, 0), Some(33_448_000_000));
        assert_eq!(xnos(1_000_000_000, 15_768_000, 1_773_334_803), Some(0));
    }

    #[test]
    fn hostile_figures_do_not_overflow() {
        assert_eq!(xnos(u64::MAX, u64::MAX, 0), None);
    }
}
