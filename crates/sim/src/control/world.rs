//! `GET /sim/world`: the whole truth, with what a watcher should say of it.

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::response::Json;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Rejected;
use crate::app::{App, State as Locked};
use crate::expect::{self, Thresholds, Truth};
use crate::faults::TunnelFault;
use crate::job::Job;
use crate::market::Market;
use crate::node::{Chain, Endpoint, Node};
use crate::world::{Place, World};

/// Other times than the simulator's own, seconds.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Times {
    scan: Option<u64>,
    offline: Option<u64>,
    /// Two of them, with a comma between.
    stuck: Option<String>,
}

pub(crate) async fn show(
    State(app): State<Arc<App>>,
    times: Result<Query<Times>, axum::extract::rejection::QueryRejection>,
) -> Result<Json<Value>, Rejected> {
    let Query(times) = times.map_err(|error| Rejected::Bad(format!("The query does not fit: {error}.")))?;
    let times = times.over(app.thresholds)?;
    app.live();
    let now_ms = app.clock.now_ms();
    let state = app.lock();
    let world = &state.world;
    let places = world.places();
    let nothing = Place::default();
    let nodes: Value = world
        .nodes
        .iter()
        .map(|n| node(&state, n, places.get(&n.address).unwrap_or(&nothing), &times, now_ms))
        .collect();
    Ok(Json(json!({
        "now": now_ms.div_euclid(1000),
        "slot": app.clock.slot(now_ms),
        "speed": state.speed,
        "thresholds": times,
        "faults": state.faults.to_json(),
        "nodes": nodes,
        "markets": world.markets.iter().map(|m| market(world, m)).collect::<Value>(),
        "jobs": world.jobs.values().map(|j| job(world, j)).collect::<Value>(),
    })))
}

impl Times {
    fn over(self, own: Thresholds) -> Result<Thresholds, Rejected> {
        let stuck = match self.stuck.as_deref() {
            None => own.stuck,
            Some(text) => pair(text)
                .ok_or_else(|| Rejected::Bad("stuck is two whole numbers, as in 600,3600.".to_owned()))?,
        };
        Ok(Thresholds {
            scan: self.scan.unwrap_or(own.scan),
            offline: self.offline.unwrap_or(own.offline),
            stuck,
        })
    }
}

fn pair(text: &str) -> Option<(u64, u64)> {
    let (first, second) = text.split_once(',')?;
    Some((first.trim().parse().ok()?, second.trim().parse().ok()?))
}

/// One node as the control calls show it; times are unix seconds.
pub(crate) fn node(state: &Locked, node: &Node, place: &Place, times: &Thresholds, now_ms: i64) -> Value {
    let world = &state.world;
    let runs: Vec<_> = place.runs.iter().filter_map(|run| world.runs.get(run)).collect();
    let first = runs.iter().min_by_key(|run| run.time);
    let queue = place.queues.first();
    let deadline =
        runs.iter().filter_map(|run| Some(run.time.saturating_add(world.jobs.get(&run.job)?.timeout))).min();
    let market = match (first, queue) {
        (Some(run), _) => world.jobs.get(&run.job).map_or(node.home, |job| job.market),
        (None, Some((market, _))) => *market,
        (None, None) => node.home,
    };
    let witness = world.nodes.iter().any(|n| n.address != node.address && n.endpoint == Endpoint::Up);
    let truth = Truth { since: node.since, deadline, witness };
    let whole = state.faults.endpoints == TunnelFault::Ok;
    let chain = place.chain();
    json!({
        "address": node.address,
        "chain": chain,
        "endpoint": node.endpoint,
        "endpoint_state": node.since.activity,
        "version": node.machine.version,
        "gpus": node.machine.gpus,
        "market": market,
        "position": queue.filter(|_| chain == Chain::Queued).map(|(_, index)| index + 1),
        "job": first.map(|run| run.job),
        "run": first.map(|run| run.address),
        "runs": place.runs.len(),
        "queues": place.queues.len(),
        "since": first.map_or(node.since.chain_ms.div_euclid(1000), |run| run.time),
        "endpoint_since": node.since.endpoint_ms.div_euclid(1000),
        "activity_since": node.since.activity_ms.div_euclid(1000),
        "deadline": deadline,
        "sol_lamports": node.lamports,
        "nos_micro": node.nos,
        "stake_micro_xnos": node.stake.map(|stake| u64::try_from(stake.xnos).unwrap_or(u64::MAX)),
        "tier": node.tier,
        "time_unstake": node.stake.map(|stake| stake.time_unstake),
        "nos_account": node.nos_account,
        "stake_account": node.stake_account,
        "pinned": node.pinned,
        "expect": expect::expect(&truth, times, whole, now_ms),
    })
}

/// One market as the control calls show it.
pub(crate) fn market(world: &World, market: &Market) -> Value {
    let runs = world
        .runs
        .values()
        .filter(|run| world.jobs.get(&run.job).is_some_and(|job| job.market == market.address));
    json!({
        "address": market.address,
        "price": market.price,
        "timeout": market.timeout,
        "job_type": market.job_type,
        "job_expiration": market.job_expiration,
        "node_xnos_minimum": u64::try_from(market.node_xnos_minimum).unwrap_or(u64::MAX),
        "access_key": market.access_key,
        "queue_type": market.kind.word(),
        "queue": market.queue,
        "queue_length": market.queue.len(),
        "runs": runs.count(),
    })
}

/// One job as the control calls show it; `state` is the chain's byte, a run beside it means running.
pub(crate) fn job(world: &World, job: &Job) -> Value {
    let run = world.run_of(&job.address);
    let set = |seconds: i64| (seconds != 0).then_some(seconds);
    json!({
        "address": job.address,
        "run": run.map(|run| run.address),
        "node": run.map(|run| run.node).or(job.last_node),
        "market": job.market,
        "price": job.price,
        "time_start": run.map(|run| run.time).or(set(job.time_start)),
        "time_end": set(job.time_end),
        "timeout": job.timeout,
        "state": job.state,
        "payout_micro_nos": job.payout_micro_nos(),
        "result": job.ipfs_result != [0; 32],
        "cleaned": job.cleaned,
    })
}
