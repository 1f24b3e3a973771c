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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::{Mood, QueueKind};
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;
    use serde_json::Value;
    use std::str::FromStr;

    /// The accounts of one type, each with its expected fields, name and logical bytes.
    fn recorded(kind: &str) -> Vec<(Value, Vec<u8>)> {
        let text = include_str!("../../../fixtures/nosana/accounts.json");
        let file: Value = serde_json::from_str(text).unwrap();
        let of_kind = file["accounts"].as_array().unwrap().iter().filter(|account| account["type"] == kind);
        of_kind
            .map(|account| {
                let bytes = STANDARD.decode(account["base64"].as_str().unwrap()).unwrap();
                (account["expected"].clone(), bytes)
            })
            .collect()
    }

    fn key(value: &Value) -> Key {
        value.as_str().unwrap().parse().unwrap()
    }

    /// A number, written as one or as a string.
    fn number<T: FromStr<Err: std::fmt::Debug>>(value: &Value) -> T {
        value.as_str().map_or_else(|| value.to_string(), str::to_owned).parse().unwrap()
    }

    fn hash(value: &Value) -> [u8; 32] {
        let hex = value.as_str().unwrap();
        std::array::from_fn(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap())
    }

    #[test]
    fn markets_are_written_as_the_network_writes_them() {
        let recorded = recorded("MarketAccount");
        assert_eq!(recorded.len(), 4);
        for (fields, bytes) in recorded {
            let kind = match fields["queueType"].as_u64().unwrap() {
                0 => QueueKind::Job,
                1 => QueueKind::Node,
                _ => QueueKind::Empty,
            };
            let made = Market {
                address: Key([0; 32]),
                authority: key(&fields["authority"]),
                job_expiration: number(&fields["jobExpiration"]),
                price: number(&fields["jobPrice"]),
                timeout: number(&fields["jobTimeout"]),
                job_type: number(&fields["jobType"]),
                vault: key(&fields["vault"]),
                vault_bump: number(&fields["vaultBump"]),
                access_key: key(&fields["nodeAccessKey"]),
                node_xnos_minimum: number(&fields["nodeXnosMinimum"]),
                kind,
                queue: fields["queue"].as_array().unwrap().iter().map(key).collect(),
                mood: Mood::Quiet,
            };
            assert_eq!(market(&made), bytes);
        }
    }

    #[test]
    fn jobs_are_written_as_the_network_writes_them() {
        let recorded = recorded("JobAccount");
        assert_eq!(recorded.len(), 4);
        for (fields, bytes) in recorded {
            let made = Job {
                address: Key([0; 32]),
                ipfs_job: hash(&fields["ipfsJob"]),
                ipfs_result: hash(&fields["ipfsResult"]),
                market: key(&fields["market"]),
                node: key(&fields["node"]),
                payer: key(&fields["payer"]),
                price: number(&fields["price"]),
                project: key(&fields["project"]),
                state: number(&fields["state"]),
                time_end: number(&fields["timeEnd"]),
                time_start: number(&fields["timeStart"]),
                timeout: number(&fields["timeout"]),
                work: 0.0,
                last_node: None,
                cleaned: false,
            };
            assert_eq!(job(&made), bytes);
            if !fields["payoutNosMicro"].is_null() {
                assert_eq!(made.payout_micro_nos(), number::<u64>(&fields["payoutNosMicro"]));
            }
        }
    }

    #[test]
    fn runs_are_written_as_the_network_writes_them() {
        let recorded = recorded("RunAccount");
        assert_eq!(recorded.len(), 2);
        for (fields, bytes) in recorded {
            let made = Run {
                address: Key([0; 32]),
                job: key(&fields["job"]),
                node: key(&fields["node"]),
                payer: key(&fields["payer"]),
                time: number(&fields["time"]),
                left: 0.0,
            };
            assert_eq!(run(&made), bytes);
        }
    }

    #[test]
    fn stakes_are_written_as_the_network_writes_them() {
        let recorded = recorded("StakeAccount");
        assert_eq!(recorded.len(), 2);
        for (fields, bytes) in recorded {
            let (amount, duration) = (number(&fields["amount"]), number(&fields["duration"]));
            let made = Stake::new(amount, duration, number(&fields["timeUnstake"]));
            let (authority, vault) = (key(&fields["authority"]), key(&fields["vault"]));
            assert_eq!(stake(&made, &authority, &vault, number(&fields["vaultBump"])), bytes);
        }
    }

    #[test]
    fn a_token_account_is_165_bytes_of_mint_owner_and_amount() {
        let owner = Key([9; 32]);
        let bytes = token(&owner, 77);
        assert_eq!(bytes.len(), 165);
        assert_eq!((&bytes[..32], &bytes[32..64]), (&MINT.0[..], &owner.0[..]));
        assert_eq!(bytes[64..72], 77_u64.to_le_bytes());
    }
}
