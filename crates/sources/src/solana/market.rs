//! A market account (network.md §1.3).

use domain::market::{Market, QueueKind};

use super::layout::{Discriminator, Fields, LayoutError};

/// `MarketAccount`.
pub const DISCRIMINATOR: Discriminator = [0xc9, 0x4e, 0xbb, 0xe1, 0xf0, 0xc6, 0xc9, 0xfb];
/// How many entries a market's queue can hold.
pub const QUEUE_CAPACITY: u32 = 314;

/// Reads a market's bytes: at least 151, on chain 10,224.
///
/// # Errors
/// Bytes of another kind, too few of them, or a queue longer than 314 or than the data.
pub fn decode(data: &[u8]) -> Result<Market, LayoutError> {
    let mut fields = Fields::of(data, DISCRIMINATOR)?;
    let authority = fields.address()?;
    let job_expiration = fields.i64()?;
    let price = fields.u64()?;
    let timeout = fields.i64()?;
    let job_type = fields.byte()?;
    let _vault = fields.address()?;
    let _vault_bump = fields.byte()?;
    let access_key = fields.address()?;
    let xnos_minimum = fields.u128()?;
    let queue_kind = QueueKind::from_byte(fields.byte()?);
    let length = fields.u32()?;
    if length > QUEUE_CAPACITY {
        return Err(LayoutError::QueueTooLong { length });
    }
    let count = usize::try_from(length).map_err(|_| LayoutError::QueueTooLong { length })?;
    let queue = fields.addresses(count)?;
    Ok(Market {
        authority,
        job_expiration,
        price,
        timeout,
        job_type,
        access_key,
        xnos_minimum,
        queue_kind,
        queue,
    })
}
