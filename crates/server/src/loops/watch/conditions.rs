//! What a step is worth saying of nodes beyond their state: wallets, stakes, software, cards, jobs that fail in a row.

use std::collections::BTreeSet;

use domain::{
    address::Address, catalogue::Catalogue, chain::Chain, condition, event::Event, job::Outcome,
    network::Network, node::Node, rules::Rules, time::Timestamp,
};
use store::{StoreError, Write};

use crate::live::LiveNode;

/// Most ended jobs that are looked at for a row of failures.
const JOBS: u32 = 50;

/// What one node's step is worth saying.
pub fn of_node(
    before: &LiveNode,
    after: &LiveNode,
    network: &Network,
    catalogue: &Catalogue,
    rules: &Rules,
) -> Vec<Event> {
    let node = after.node.address;
    let mut events = condition::purse(node, &before.purse, &after.purse, rules);
    let market = after.node.chain.reading.known().and_then(market_of);
    let minimum = market.and_then(|market| Some((market, network.markets.get(&market)?.value.xnos_minimum)));
    events.extend(
        minimum.and_then(|(market, minimum)| condition::stake_low(node, market, &after.purse.stake, minimum)),
    );
    let said_now = |live: &LiveNode| live.machine.as_ref().map(|(_, at)| *at);
    if let Some((machine, at)) = after.machine.as_ref().filter(|_| said_now(before) != said_now(after)) {
        let need = catalogue.minimum_version.value().map(String::as_str);
        events.extend(condition::version_old(node, machine.version.as_deref(), need, *at));
        if let Some((was, _)) = &before.machine {
            events.extend(condition::gpu_changed(node, was, machine, *at));
        }
    }
    events
}

/// The nodes that entered the queue of a market of another tier than that of the one before, whenever that was.
pub async fn tiers(
    tx: &mut Write,
    moved: &[(&Node, &Node)],
    catalogue: &Catalogue,
) -> Result<Vec<Event>, StoreError> {
    let mut events = Vec::new();
    for (before, after) in moved {
        let Some(now @ Chain::Queued(queued)) = after.chain.reading.known() else { continue };
        if before.chain.reading.known().is_some_and(|before| before.same_interval(now)) {
            continue;
        }
        let Some(last) = tx.last_queue(&after.address, after.chain.since).await? else { continue };
        let tier = |market| catalogue.market(market)?.tier.as_deref();
        let (was, is) = (tier(&last), tier(&queued.market));
        events.extend(condition::tier_changed(after.address, was, is, after.chain.since));
    }
    Ok(events)
}

/// The nodes whose last jobs all failed, of those that a job of which has just ended so.
pub async fn failing(
    tx: &mut Write,
    failed: &BTreeSet<Address>,
    rules: &Rules,
    now: Timestamp,
) -> Result<Vec<Event>, StoreError> {
    let mut events = Vec::new();
    for node in failed {
        let jobs = tx.node_jobs(node, JOBS).await?;
        let ended = jobs.iter().filter(|job| job.outcome != Outcome::Running);
        let ended: Vec<(Address, Outcome)> = ended.map(|job| (job.address, job.outcome)).collect();
        events.extend(condition::jobs_failing(*node, &ended, rules, now));
    }
    Ok(events)
}

/// The market in whose queue or job a node is.
fn market_of(chain: &Chain) -> Option<Address> {
    match chain {
        Chain::Running(running) => running.market,
        Chain::Queued(queued) => Some(queued.market),
        Chain::None => None,
    }
}
