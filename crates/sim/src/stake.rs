//! A stake and the xNOS that it is worth.

/// The shortest stake, seconds.
pub(crate) const SHORTEST: u64 = 1_209_600;

/// What a wallet has staked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Stake {
    /// Micro-NOS.
    pub(crate) amount: u64,
    /// Seconds.
    pub(crate) duration: u64,
    /// Unix seconds of the unstake, 0 while staked.
    pub(crate) time_unstake: i64,
    /// Micro-xNOS.
    pub(crate) xnos: u128,
}

impl Stake {
    /// A stake whose xNOS follow the program's formula.
    pub(crate) fn new(amount: u64, duration: u64, time_unstake: i64) -> Self {
        Self { amount, duration, time_unstake, xnos: xnos(amount, duration, time_unstake) }
    }

    /// A shortest stake that is worth exactly so many micro-xNOS.
    pub(crate) fn worth(micro_xnos: u64) -> Self {
        let mut stake = Self::new(micro_xnos, SHORTEST, 0);
        stake.amount = amount_for(micro_xnos);
        stake.xnos = u128::from(micro_xnos);
        stake
    }
}

const SCALE: u128 = 1_000_000_000_000_000;

fn multiplier(duration: u64) -> u128 {
    u128::from(duration) * SCALE / 10_512_000 + SCALE
}

/// The staking program's formula, in integers.
fn xnos(amount: u64, duration: u64, time_unstake: i64) -> u128 {
    if time_unstake != 0 { 0 } else { multiplier(duration) * u128::from(amount) / SCALE }
}

fn amount_for(micro_xnos: u64) -> u64 {
    let amount = u128::from(micro_xnos) * SCALE / multiplier(SHORTEST);
    u64::try_from(amount).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_year_multiplies_by_four_and_unstaking_by_nothing() {
        assert_eq!(Stake::new(8_362_000_000, 31_536_000, 0).xnos, 33_448_000_000);
        assert_eq!(Stake::new(1_000_000_000, 15_768_000, 1_773_334_803).xnos, 0);
    }

    #[test]
    fn a_stake_can_be_made_by_its_worth() {
        assert_eq!(Stake::worth(5_000_000).xnos, 5_000_000);
    }
}
