//! A job account (network.md §1.4).

use domain::job::{Job, JobState};

use super::layout::{Discriminator, Fields, LayoutError};

/// `JobAccount`.
pub const DISCRIMINATOR: Discriminator = [0x5b, 0x10, 0xa2, 0x05, 0x2d, 0xd2, 0x7d, 0x41];
/// The size on chain.
pub const ALLOCATED: u64 = 240;

/// Reads a job's bytes: at least 233, on chain 240.
///
/// # Errors
/// Bytes of another kind, or too few of them.
pub fn decode(data: &[u8]) -> Result<Job, LayoutError> {
    let mut fields = Fields::of(data, DISCRIMINATOR)?;
    let ipfs_job = fields.bytes()?;
    let ipfs_result = fields.bytes()?;
    let market = fields.address()?;
    let node = fields.address()?;
    let payer = fields.address()?;
    let price = fields.u64()?;
    let project = fields.address()?;
    let state = JobState::from_byte(fields.byte()?);
    // The end stands before the start.
    let time_end = fields.i64()?;
    let time_start = fields.i64()?;
    let timeout = fields.i64()?;
    Ok(Job {
        ipfs_job,
        ipfs_result,
        market,
        node,
        payer,
        price,
        project,
        state,
        time_end,
        time_start,
        timeout,
    })
}
