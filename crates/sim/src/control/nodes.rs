//! `POST /sim/nodes/{address}`: any of a node's fields, and kick and join.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::response::Json;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{Rejected, read, world};
use crate::app::App;
use crate::key::Key;
use crate::node::{Activity, Chain, Endpoint, Gpu, Node, Tier};
use crate::stake::Stake;
use crate::world::World;

/// The body: what is absent stays as it is.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
struct Change {
    #[serde(rename = "do")]
    act: Option<Act>,
    market: Option<String>,
    chain: Option<Chain>,
    /// Place among the waiting nodes, from 1.
    position: Option<usize>,
    /// Unix seconds when its run began; only while it runs.
    since: Option<i64>,
    endpoint: Option<Endpoint>,
    /// Null: what the chain suggests.
    #[serde(deserialize_with = "present")]
    endpoint_state: Option<Option<Activity>>,
    version: Option<String>,
    gpus: Option<Vec<Gpu>>,
    sol_lamports: Option<u64>,
    /// Null: no token account.
    #[serde(deserialize_with = "present")]
    nos_micro: Option<Option<u64>>,
    /// Null: no stake account.
    #[serde(deserialize_with = "present")]
    stake_micro_xnos: Option<Option<u64>>,
    tier: Option<Tier>,
    /// Unix seconds of the unstake; 0: staked again.
    time_unstake: Option<i64>,
    /// Whether life leaves the node alone.
    pinned: Option<bool>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Act {
    Kick,
    Join,
}

/// Tells a null from an absent field.
fn present<'de, T: Deserialize<'de>, D: Deserializer<'de>>(from: D) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(from).map(Some)
}

pub(crate) async fn set(
    State(app): State<Arc<App>>,
    Path(address): Path<String>,
    body: Bytes,
) -> Result<Json<Value>, Rejected> {
    let change: Change = read(&body)?;
    let known = |key: &Key| app.lock().world.node(key).is_some();
    let address = address.parse().ok().filter(known).ok_or(Rejected::Absent("node"))?;
    app.live();
    app.change(|world, now_ms| change.apply(world, &address, now_ms))?;
    let now_ms = app.clock.now_ms();
    let state = app.lock();
    let node = state.world.node(&address).ok_or(Rejected::Absent("node"))?;
    Ok(Json(world::node(&state, node, &state.world.place(&address), &app.thresholds, now_ms)))
}

fn bad<T>(why: &str) -> Result<T, Rejected> {
    Err(Rejected::Bad(why.to_owned()))
}

impl Change {
    /// What may be refused comes first, so that a refused call changes little.
    fn apply(self, world: &mut World, address: &Key, now_ms: i64) -> Result<(), Rejected> {
        let market = match self.market.as_deref().map(str::parse::<Key>) {
            None => None,
            Some(Ok(key)) if world.market(&key).is_some() => Some(key),
            Some(_) => return bad("There is no such market."),
        };
        if self.act.is_some() && self.chain.is_some() {
            return bad("Either do or chain, not both.");
        }
        match self.act {
            Some(Act::Kick) => kick(world, address, market, now_ms)?,
            Some(Act::Join) => {
                let home = world.node(address).map(|node| node.home);
                let Some(market) = market.or(home) else { return bad("There is no such market.") };
                world.work(&market, address, now_ms)?;
            }
            None => {}
        }
        match self.chain {
            Some(Chain::None) => leave(world, address, now_ms)?,
            Some(Chain::Queued) => queue(world, address, market, now_ms)?,
            Some(Chain::Running) => start(world, address, market, now_ms)?,
            None => {}
        }
        if let Some(position) = self.position {
            move_to(world, address, position)?;
        }
        if let Some(since) = self.since {
            let Some(run) = world.runs.values_mut().find(|run| run.node == *address) else {
                return bad("since can be set only while the node runs a job.");
            };
            run.time = since;
        }
        let Some(node) = world.node_mut(address) else { return Err(Rejected::Absent("node")) };
        if self.act.is_none()
            && let Some(market) = market
        {
            node.home = market;
        }
        self.set_fields(node);
        Ok(())
    }

    fn set_fields(self, node: &mut Node) {
        // Whoever was placed by hand stays where he was put.
        if self.act.is_some() || self.chain.is_some() || self.position.is_some() {
            node.pinned = true;
            node.rejoin = None;
        }
        node.pinned = self.pinned.unwrap_or(node.pinned);
        node.endpoint = self.endpoint.unwrap_or(node.endpoint);
        node.says = self.endpoint_state.unwrap_or(node.says);
        if let Some(version) = self.version {
            node.machine.version = version;
        }
        if let Some(gpus) = self.gpus {
            node.machine.gpus = gpus;
        }
        node.lamports = self.sol_lamports.unwrap_or(node.lamports);
        node.nos = self.nos_micro.unwrap_or(node.nos);
        node.tier = self.tier.unwrap_or(node.tier);
        if let Some(xnos) = self.stake_micro_xnos {
            node.stake = xnos.map(Stake::worth);
        }
        if let (Some(time), Some(stake)) = (self.time_unstake, node.stake) {
            node.stake = Some(Stake::new(stake.amount, stake.duration, time));
        }
    }
}

fn kick(world: &mut World, node: &Key, market: Option<Key>, now_ms: i64) -> Result<(), Rejected> {
    let waits_in = world.place(node).queues.first().map(|(market, _)| *market);
    let Some(market) = market.or(waits_in) else { return bad("The node waits in no queue.") };
    Ok(world.stop(&market, node, now_ms)?)
}

/// Out of every queue, every run quit.
fn leave(world: &mut World, node: &Key, now_ms: i64) -> Result<(), Rejected> {
    let place = world.place(node);
    for (market, _) in &place.queues {
        world.stop(market, node, now_ms)?;
    }
    for run in &place.runs {
        if let Some(job) = world.runs.get(run).map(|run| run.job) {
            world.quit(&job, now_ms)?;
        }
    }
    Ok(())
}

/// Every run finished, then the end of a queue: of the market named, its own, or the first that takes nodes.
fn queue(world: &mut World, node: &Key, market: Option<Key>, now_ms: i64) -> Result<(), Rejected> {
    let place = world.place(node);
    for run in &place.runs {
        if let Some(job) = world.runs.get(run).map(|run| run.job) {
            world.finish(&job, now_ms)?;
        }
    }
    let waits = |asked: &Key| place.queues.iter().any(|(market, _)| market == asked);
    if market.map_or(!place.queues.is_empty(), |market| waits(&market)) {
        return Ok(());
    }
    let market = match market {
        Some(market) if !takes_nodes(world, &market) => return bad("Jobs wait in this market's queue."),
        Some(market) => market,
        None => {
            let home = world.node(node).map(|node| node.home).filter(|home| takes_nodes(world, home));
            let first = || world.markets.iter().find(|m| !m.has_jobs() && !m.is_full()).map(|m| m.address);
            let Some(market) = home.or_else(first) else { return bad("No market takes nodes.") };
            market
        }
    };
    Ok(world.enter(&market, node, now_ms)?)
}

fn takes_nodes(world: &World, market: &Key) -> bool {
    world.market(market).is_some_and(|m| !m.has_jobs() && !m.is_full())
}

/// A job of the market named, or of its own, unless it runs one already; it leaves every queue.
fn start(world: &mut World, node: &Key, market: Option<Key>, now_ms: i64) -> Result<(), Rejected> {
    let place = world.place(node);
    if !place.runs.is_empty() {
        return Ok(());
    }
    for (market, _) in &place.queues {
        world.stop(market, node, now_ms)?;
    }
    let Some(market) = market.or(world.node(node).map(|node| node.home)) else {
        return bad("There is no such market.");
    };
    world.assign(&market, node, crate::genesis::MEAN_WORK, now_ms)?;
    Ok(())
}

fn move_to(world: &mut World, node: &Key, position: usize) -> Result<(), Rejected> {
    let Some((market, index)) = world.place(node).queues.first().copied() else {
        return bad("position can be set only while the node waits in a queue.");
    };
    let Some(market) = world.market_mut(&market) else { return Err(Rejected::Absent("market")) };
    if position == 0 || position > market.queue.len() {
        return Err(Rejected::Bad(format!("position is a number from 1 to {}.", market.queue.len())));
    }
    let key = market.queue.remove(index);
    market.queue.insert(position - 1, key);
    Ok(())
}
