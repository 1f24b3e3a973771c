//! What the network asks of a node, and whether it has it: facts beside its state, each known or not.

use domain::{
    catalogue::Catalogue,
    chain::ChainAxis,
    node::{Machine, Purse},
    version,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::time::rfc3339;
use crate::live::{LiveMarket, LiveNetwork};

/// What the node's market and the network ask of it. `null` = not known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, ToSchema)]
pub struct Requirements {
    /// The market of its queue or job, now or last.
    pub market: Option<String>,
    /// What that market is called.
    pub market_name: Option<String>,
    /// The least stake of that market, in micro-xNOS.
    pub stake_minimum_micro_xnos: Option<String>,
    /// Whether the stake is below it; `null` while the stake is unknown.
    pub stake_below_minimum: Option<bool>,
    /// Whether that market takes only nodes that hold its access key.
    pub access_key_needed: Option<bool>,
    /// The NFT collection of that key; `null` where none is needed.
    pub access_key: Option<String>,
    /// The least version of the node's software.
    pub version_minimum: Option<String>,
    /// When that was read.
    pub version_minimum_at: Option<String>,
    /// Whether the node's version is below it; `null` while one of them is unknown, or is no version.
    pub version_below_minimum: Option<bool>,
}

impl Requirements {
    /// What is asked of a node that stands there, holds this and says so of its machine.
    pub fn new(
        chain: &ChainAxis,
        purse: &Purse,
        machine: Option<&Machine>,
        network: &LiveNetwork,
        names: &Catalogue,
    ) -> Self {
        let place = chain.reading.latest().and_then(|(chain, _)| chain.market());
        let market = network.markets.iter().find(|market| Some(market.address) == place);
        let stake = purse.stake.known().and_then(|stake| u128::try_from(*stake).ok());
        let needs_key = market.map(LiveMarket::needs_a_key);
        let minimum = names.minimum_version.last.as_ref();
        let version = machine.and_then(|machine| machine.version.as_deref());
        Self {
            market: place.map(|market| market.to_string()),
            market_name: place.and_then(|market| names.market(&market)).map(|name| name.name.clone()),
            stake_minimum_micro_xnos: market.map(|market| market.xnos_minimum.to_string()),
            stake_below_minimum: stake.zip(market).map(|(stake, market)| stake < market.xnos_minimum),
            access_key_needed: needs_key,
            access_key: market
                .filter(|market| market.needs_a_key())
                .map(|market| market.access_key.to_string()),
            version_minimum: minimum.map(|(minimum, _)| minimum.clone()),
            version_minimum_at: minimum.map(|(_, at)| rfc3339(*at)),
            version_below_minimum: version
                .zip(minimum)
                .and_then(|(version, (minimum, _))| version::is_below(version, minimum)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{
        address::Address,
        chain::{Chain, Queued},
        reading::Reading,
        time::Timestamp,
        why::Why,
    };

    const MARKET: Address = Address::new([9; 32]);

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    fn queued() -> ChainAxis {
        let queue = Queued { market: MARKET, position: 1, length: 2, more: 0 };
        ChainAxis {
            reading: Reading::Known { value: Chain::Queued(queue), at: at(1) },
            ..ChainAxis::new(at(1))
        }
    }

    fn network() -> LiveNetwork {
        let market = LiveMarket {
            address: MARKET,
            authority: Address::SYSTEM,
            access_key: Address::new([8; 32]),
            xnos_minimum: 5_000_000,
            job_timeout: 7_200,
            disabled: false,
            price: 278,
            queue_type: "node",
            queue_length: 2,
            runs: 0,
            at: at(1),
            slot: 7,
        };
        LiveNetwork { markets: vec![market], ..LiveNetwork::default() }
    }

    fn holding(stake: Reading<i64>) -> Purse {
        Purse { stake, ..Purse::new(at(0)) }
    }

    #[test]
    fn a_stake_is_judged_only_while_it_is_known() {
        let below = |stake| {
            let purse = holding(stake);
            Requirements::new(&queued(), &purse, None, &network(), &Catalogue::default()).stake_below_minimum
        };
        let known = |value| Reading::Known { value, at: at(1) };
        assert_eq!(below(known(4_999_999)), Some(true));
        assert_eq!(below(known(5_000_000)), Some(false));
        let lost = Reading::Unknown { since: at(2), why: Why::RpcTimeout, last: Some((1, at(1))) };
        assert_eq!(below(lost), None, "what it was last is no verdict");
    }

    #[test]
    fn a_version_is_judged_against_the_minimum_however_old_that_is() {
        let names = |minimum: &str| Catalogue {
            minimum_version: domain::catalogue::Said::default().observe(Ok(minimum.to_owned()), at(1)),
            ..Catalogue::default()
        };
        let below = |version: &str, minimum: &str| {
            let machine = Machine { version: Some(version.to_owned()), ..Machine::default() };
            let purse = Purse::new(at(0));
            Requirements::new(&queued(), &purse, Some(&machine), &network(), &names(minimum))
                .version_below_minimum
        };
        assert_eq!(below("1.1.9-rc", "1.1.9"), Some(true));
        assert_eq!(below("1.1.10", "1.1.9"), Some(false));
        assert_eq!(below("nightly", "1.1.9"), None);
    }

    #[test]
    fn a_node_nowhere_is_asked_for_nothing_that_depends_on_a_market() {
        let nowhere = ChainAxis::new(at(0));
        let asked = Requirements::new(&nowhere, &Purse::new(at(0)), None, &network(), &Catalogue::default());
        assert_eq!(asked, Requirements::default());
    }
}
