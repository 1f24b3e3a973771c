//! A run account (network.md §1.5).

use domain::run::Run;

use super::layout::{Discriminator, Fields, LayoutError};

/// `RunAccount`.
pub const DISCRIMINATOR: Discriminator = [0xc2, 0xa9, 0x6e, 0xe6, 0xeb, 0x0b, 0xe1, 0x16];
/// The size on chain, for the filter of a list.
pub const ALLOCATED: u64 = 120;

/// Reads a run's bytes: at least 113, on chain 120.
///
/// # Errors
/// Bytes of another kind, or too few of them.
pub fn decode(data: &[u8]) -> Result<Run, LayoutError> {
    let mut fields = Fields::of(data, DISCRIMINATOR)?;
    let job = fields.address()?;
    let node = fields.address()?;
    let _payer = fields.address()?;
    let _state = fields.byte()?;
    let time = fields.i64()?;
    Ok(Run { job, node, time })
}
