//! A stake account of the staking program (network.md §1.6).

use domain::stake::Stake;

use super::layout::{Discriminator, Fields, LayoutError};

/// `StakeAccount`.
pub const DISCRIMINATOR: Discriminator = [0x50, 0x9e, 0x43, 0x7c, 0x32, 0xbd, 0xc0, 0xff];

/// Reads a stake's bytes: at least 113, on chain 120.
///
/// # Errors
/// Bytes of another kind, or too few of them.
pub fn decode(data: &[u8]) -> Result<Stake, LayoutError> {
    let mut fields = Fields::of(data, DISCRIMINATOR)?;
    let amount = fields.u64()?;
    let authority = fields.address()?;
    let duration = fields.u64()?;
    let time_unstake = fields.i64()?;
    let _vault = fields.address()?;
    let _vault_bump = fields.byte()?;
    let xnos = fields.u128()?;
    Ok(Stake { amount, authority, duration, time_unstake, xnos })
}
