//! One step of the watch before it is committed: what was read, judged.

use std::collections::HashMap;

use domain::{
    address::Address,
    network::{ClosedRun, Network},
    node::Purse,
    reading::Reading,
    time::Timestamp,
    why::Why,
};
use sources::solana::PurseRead;

use crate::live::{LiveMarket, LiveNetwork, LiveNode};

/// A step.
pub struct Step {
    /// When it was made.
    pub now: Timestamp,
    /// The nodes that were looked at, as they are now.
    pub nodes: Vec<LiveNode>,
    /// The chain as it is now; `None` = as before.
    pub network: Option<Network>,
    /// The runs that are proven to be gone.
    pub closed: Vec<ClosedRun>,
    /// The network as it is shown now.
    pub view: LiveNetwork,
}

/// The network as the page shows it.
pub fn view_of(network: &Network, before: &LiveNetwork) -> LiveNetwork {
    let mut runs: HashMap<Address, usize> = HashMap::new();
    for run in network.runs.values() {
        if let Some(job) = network.jobs.get(&run.value.job) {
            *runs.entry(job.value.market).or_default() += 1;
        }
    }
    let markets = network.markets.iter().map(|(address, market)| LiveMarket {
        address: *address,
        authority: market.value.authority,
        access_key: market.value.access_key,
        xnos_minimum: market.value.xnos_minimum,
        job_timeout: market.value.timeout,
        disabled: market.value.is_disabled(),
        price: market.value.price,
        queue_type: market.value.queue_kind.word(),
        queue_length: market.value.queue.len(),
        runs: runs.get(address).copied().unwrap_or(0),
        at: market.at,
        slot: market.slot,
    });
    LiveNetwork {
        slot: network.at.map(|_| network.slot),
        at: network.at,
        markets: markets.collect(),
        runs: network.runs.len(),
        ..before.clone()
    }
}

/// How long an amount counts as known: three of its own periods of five minutes.
const PURSE_VALID: std::time::Duration = std::time::Duration::from_secs(900);

/// Puts what was read into a purse; what was not read is as old as it is.
pub fn weigh(purse: &mut Purse, read: Option<&PurseRead>, because: Why, now: Timestamp) {
    let not_read = Err(because);
    let of = |pick: fn(&PurseRead) -> Result<i64, Why>| read.map_or(not_read, pick);
    put(&mut purse.sol, of(|read| read.sol), now);
    put(&mut purse.nos, of(|read| read.nos), now);
    put(&mut purse.stake, of(|read| read.stake), now);
}

fn put(reading: &mut Reading<i64>, read: Result<i64, Why>, now: Timestamp) {
    *reading = match read {
        Ok(value) => Reading::Known { value, at: now },
        Err(why) => reading.clone().aged(now, PURSE_VALID, why).failed(why),
    };
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amount_that_could_not_be_read_keeps_its_last_value_with_its_age() {
        let at = Timestamp::from_unix_seconds;
        let mut purse = Purse::new(at(0));
        let read = PurseRead { sol: Ok(5_900_000), nos: Ok(0), stake: Err(Why::OutOfRange) };
        weigh(&mut purse, Some(&read), Why::RpcBadAccount, at(10));
        assert_eq!(purse.sol.known(), Some(&5_900_000));
        assert_eq!(purse.nos.known(), Some(&0), "no token account is a known nothing");
        assert!(matches!(purse.stake, Reading::Unknown { why: Why::OutOfRange, .. }));
        weigh(&mut purse, None, Why::RpcTimeout, at(900));
        assert_eq!(purse.sol.known(), Some(&5_900_000));
        weigh(&mut purse, None, Why::RpcTimeout, at(911));
        assert_eq!(
            purse.sol,
            Reading::Unknown { since: at(10), why: Why::RpcTimeout, last: Some((5_900_000, at(10))) }
        );
    }
}
