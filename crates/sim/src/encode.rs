//! Account data as the programs lay it out: little-endian, no padding, the tail left as it was.

use crate::job::{Job, Run};
use crate::key::{Key, MINT};
use crate::market::Market;
use crate::stake::Stake;

/// Allocated size of a market: 8 + struct + 314 places.
pub(crate) const MARKET_SIZE: usize = 10_224;
/// Allocated size of a job.
pub(crate) const JOB_SIZE: usize = 240;
/// Allocated size of a run, and of a stake.
pub(crate) const RUN_SIZE: usize = 120;
/// Allocated size of a stake.
pub(crate) const STAKE_SIZE: usize = 120;

const MARKET: [u8; 8] = [0xc9, 0x4e, 0xbb, 0xe1, 0xf0, 0xc6, 0xc9, 0xfb];
const JOB: [u8; 8] = [0x5b, 0x10, 0xa2, 0x05, 0x2d, 0xd2, 0x7d, 0x41];
const RUN: [u8; 8] = [0xc2, 0xa9, 0x6e, 0xe6, 0xeb, 0x0b, 0xe1, 0x16];
const STAKE: [u8; 8] = [0x50, 0x9e, 0x43, 0x7c, 0x32, 0xbd, 0xc0, 0xff];

/// The logical bytes of a market: 151 and 32 for each place in the queue.
pub(crate) fn market(market: &Market) -> Vec<u8> {
    let mut out = Vec::with_capacity(151 + 32 * market.queue.len());
    out.extend(MARKET);
    out.extend(market.authority.0);
    out.extend(market.job_expiration.to_le_bytes());
    out.extend(market.price.to_le_bytes());
    out.extend(market.timeout.to_le_bytes());
    out.push(market.job_type);
    out.extend(market.vault.0);
    out.push(market.vault_bump);
    out.extend(market.access_key.0);
    out.extend(market.node_xnos_minimum.to_le_bytes());
    out.push(market.kind as u8);
    out.extend(u32::try_from(market.queue.len()).unwrap_or(u32::MAX).to_le_bytes());
    for key in &market.queue {
        out.extend(key.0);
    }
    out
}

/// The logical bytes of a job: 233. The end stands before the start.
pub(crate) fn job(job: &Job) -> Vec<u8> {
    let mut out = Vec::with_capacity(233);
    out.extend(JOB);
    out.extend(job.ipfs_job);
    out.extend(job.ipfs_result);
    out.extend(job.market.0);
    out.extend(job.node.0);
    out.extend(job.payer.0);
    out.extend(job.price.to_le_bytes());
    out.extend(job.project.0);
    out.push(job.state);
    out.extend(job.time_end.to_le_bytes());
    out.extend(job.time_start.to_le_bytes());
    out.extend(job.timeout.to_le_bytes());
    out
}

/// The logical bytes of a run: 113. Its state byte is never written.
pub(crate) fn run(run: &Run) -> Vec<u8> {
    let mut out = Vec::with_capacity(113);
    out.extend(RUN);
    out.extend(run.job.0);
    out.extend(run.node.0);
    out.extend(run.payer.0);
    out.push(0);
    out.extend(run.time.to_le_bytes());
    out
}

/// The logical bytes of a stake: 113.
pub(crate) fn stake(stake: &Stake, authority: &Key, vault: &Key, vault_bump: u8) -> Vec<u8> {
    let mut out = Vec::with_capacity(113);
    out.extend(STAKE);
    out.extend(stake.amount.to_le_bytes());
    out.extend(authority.0);
    out.extend(stake.duration.to_le_bytes());
    out.extend(stake.time_unstake.to_le_bytes());
    out.extend(vault.0);
    out.push(vault_bump);
    out.extend(stake.xnos.to_le_bytes());
    out
}

/// An initialised SPL token account of NOS: all of its 165 bytes.
pub(crate) fn token(owner: &Key, amount: u64) -> Vec<u8> {
    let mut out = vec![0; 165];
    out[0..32].copy_from_slice(&MINT.0);
    out[32..64].copy_from_slice(&owner.0);
    out[64..72].copy_from_slice(&amount.to_le_bytes());
    // State "initialised"; no delegate, no close authority.
    out[108] = 1;
    out
}
