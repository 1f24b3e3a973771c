//! Markets as their past keeps them.

use domain::network::Network;
use store::MarketSample;

use crate::live::LiveNetwork;

/// How every market is now.
pub fn samples(network: &Network, view: &LiveNetwork) -> Vec<MarketSample> {
    let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let samples = view.markets.iter().filter_map(|market| {
        Some(MarketSample {
            market: market.address,
            queue_kind: network.markets.get(&market.address)?.value.queue_kind,
            queue_length: number(market.queue_length),
            runs: number(market.runs),
            price: market.price,
        })
    });
    samples.collect()
}
