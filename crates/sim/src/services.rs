//! The network's HTTP APIs: the host-manager under `/host`, the indexer under `/indexer`.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use axum::Router;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, Request, State};
use axum::http::{StatusCode, header};
use axum::middleware::{self, Next};
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::get;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::app::App;
use crate::faults::ApiFault;
use crate::job::{DONE, Job, Run};
use crate::key::Key;
use crate::market::Market;

/// The least version of a node; some of the simulated ones are below it.
const MINIMUM_VERSION: &str = "1.1.9";
/// What the markets are called, in their order.
const NAMES: [(&str, &str, &str); 8] = [
    ("grey-heath NVIDIA 3060", "COMMUNITY", "NVIDIA GeForce RTX 3060"),
    ("low-meadow NVIDIA 3090", "COMMUNITY", "NVIDIA GeForce RTX 3090"),
    ("still-ridge NVIDIA 4090", "PREMIUM", "NVIDIA GeForce RTX 4090"),
    ("far-shore NVIDIA 5090", "PREMIUM", "NVIDIA GeForce RTX 5090"),
    ("old-mill NVIDIA A5000", "COMMUNITY", "NVIDIA RTX A5000"),
    ("warm-stone NVIDIA 3090", "OTHER", "NVIDIA GeForce RTX 3090"),
    ("high-moor NVIDIA H100", "PREMIUM", "NVIDIA H100 80GB HBM3"),
    ("dry-creek benchmark", "OTHER", ""),
];
/// The most jobs of one answer.
const MOST: usize = 50;
const USUAL: usize = 10;

/// A sliding window of 30 seconds on the indexer.
#[derive(Clone, Debug)]
pub(crate) struct Window {
    /// Without it nothing is limited.
    pub(crate) per_30s: Option<usize>,
    taken: VecDeque<i64>,
}

impl Default for Window {
    fn default() -> Self {
        Self { per_30s: Some(20), taken: VecDeque::new() }
    }
}

impl Window {
    /// Whether one more request may pass.
    fn take(&mut self, now_ms: i64) -> bool {
        let Some(most) = self.per_30s else { return true };
        while self.taken.front().is_some_and(|at| at + 30_000 <= now_ms) {
            self.taken.pop_front();
        }
        let passes = self.taken.len() < most;
        if passes {
            self.taken.push_back(now_ms);
        }
        passes
    }
}

/// The routes.
pub(crate) fn routes(app: &Arc<App>) -> Router<Arc<App>> {
    let host = Router::new()
        .route("/host/health", get(health))
        .route("/host/markets/", get(markets))
        .route("/host/markets/{market}", get(one_market))
        .route("/host/nodes/minimum-required-version", get(async || MINIMUM_VERSION))
        .layer(middleware::from_fn_with_state(Arc::clone(app), break_host));
    let indexer = Router::new()
        .route("/indexer/health", get(health))
        .route("/indexer/jobs/", get(jobs))
        .route("/indexer/jobs/running", get(running))
        .route("/indexer/jobs/{job}", get(one_job))
        .layer(middleware::from_fn_with_state(Arc::clone(app), break_indexer));
    host.merge(indexer)
}

async fn break_host(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let fault = app.lock().faults.host;
    broken(fault, request, next).await
}

async fn break_indexer(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let fault = app.lock().faults.indexer;
    let lists = request.uri().path().starts_with("/indexer/jobs");
    if fault == ApiFault::Ok && lists && !app.lock().indexer.take(app.clock.now_ms()) {
        return too_many();
    }
    broken(fault, request, next).await
}

async fn broken(fault: ApiFault, request: Request, next: Next) -> Response {
    match fault {
        ApiFault::Ok => next.run(request).await,
        ApiFault::TooMany => too_many(),
        ApiFault::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error\n").into_response(),
        ApiFault::Hang => std::future::pending().await,
        ApiFault::Garbage => {
            ([(header::CONTENT_TYPE, "application/json")], b"\x00\xff<<upstream went away>>\xfe".to_vec())
                .into_response()
        }
        ApiFault::Shift => {
            Json(json!({ "data": { "items": [], "version": { "number": 1 } } })).into_response()
        }
        ApiFault::Off => {
            (StatusCode::NOT_FOUND, Html("<h1>Nothing is served here any more.</h1>\n")).into_response()
        }
    }
}

/// 429 as the indexer says it; the pause is short, so that a test need not wait.
fn too_many() -> Response {
    let body = json!({ "error": "Too Many Requests", "message": "Rate limit exceeded" });
    (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "2")], Json(body)).into_response()
}

async fn health() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

async fn markets(State(app): State<Arc<App>>) -> Json<Value> {
    let state = app.lock();
    Json(state.world.markets.iter().enumerate().map(|(index, market)| market_json(index, market)).collect())
}

async fn one_market(State(app): State<Arc<App>>, Path(name): Path<String>) -> Response {
    let state = app.lock();
    let found = state.world.markets.iter().enumerate().map(|(index, market)| market_json(index, market));
    let found = found.into_iter().find(|market| market["address"] == *name || market["slug"] == *name);
    found.map_or_else(|| absent("Market"), |market| Json(market).into_response())
}

fn market_json(index: usize, market: &Market) -> Value {
    let (name, tier, card) = NAMES[index % NAMES.len()];
    let cards: Vec<&str> = [card].into_iter().filter(|card| !card.is_empty()).collect();
    // Whole NOS per second, as a float.
    let pays = f64::from(u32::try_from(market.price).unwrap_or(u32::MAX)) / 1e6;
    json!({
        "address": market.address,
        "slug": name.to_lowercase().replace(' ', "-"),
        "name": name,
        "sft": market.access_key,
        "type": tier,
        "usd_reward_per_hour": null,
        "nos_reward_per_second": pays,
        "nos_job_price_per_second": pays * 1.1,
        "network_fee_percentage": 10,
        "premium_community_relation": null,
        "gpu_types": cards,
        "required_images": [],
        "required_remote_resources": [],
        "nodes": [],
        "client": true,
    })
}

#[derive(Debug, Deserialize)]
struct Wanted {
    limit: Option<usize>,
    offset: Option<usize>,
    state: Option<String>,
    market: Option<String>,
    node: Option<String>,
}

async fn jobs(State(app): State<Arc<App>>, wanted: Result<Query<Wanted>, QueryRejection>) -> Response {
    let Ok(Query(wanted)) = wanted else {
        return (StatusCode::BAD_REQUEST, Json(json!({ "message": "Bad query" }))).into_response();
    };
    let state = app.lock();
    let runs: HashMap<Key, &Run> = state.world.runs.values().map(|run| (run.job, run)).collect();
    let jobs = state.world.jobs.values().enumerate();
    let all = jobs.map(|(index, job)| job_json(index, job, runs.get(&job.address).copied()));
    let mut found: Vec<Value> = all.filter(|job| fits(&wanted, job)).collect();
    found.sort_by_key(|job| std::cmp::Reverse(job["timeStart"].as_i64()));
    let total = found.len();
    let page =
        found.into_iter().skip(wanted.offset.unwrap_or(0)).take(wanted.limit.unwrap_or(USUAL).min(MOST));
    Json(json!({ "jobs": page.collect::<Vec<_>>(), "totalJobs": total })).into_response()
}

fn fits(wanted: &Wanted, job: &Value) -> bool {
    let state = wanted.state.as_deref().map(|state| match state {
        "QUEUED" => 0,
        "RUNNING" => 1,
        "COMPLETED" => 2,
        _ => 3,
    });
    state.is_none_or(|state| job["state"] == state)
        && wanted.market.as_deref().is_none_or(|market| job["market"] == market)
        && wanted.node.as_deref().is_none_or(|node| job["node"] == node)
}

async fn running(State(app): State<Arc<App>>) -> Json<Value> {
    let state = app.lock();
    let world = &state.world;
    let count = |market: &Market| {
        let runs = world.runs.values().filter_map(|run| world.jobs.get(&run.job));
        runs.filter(|job| job.market == market.address).count()
    };
    Json(world.markets.iter().map(|m| (m.address.to_string(), json!({ "running": count(m) }))).collect())
}

async fn one_job(State(app): State<Arc<App>>, Path(address): Path<String>) -> Response {
    let state = app.lock();
    let key: Option<Key> = address.parse().ok();
    let found = state.world.jobs.values().enumerate().find(|(_, job)| Some(job.address) == key);
    found.map_or_else(
        || absent("Job"),
        |(index, job)| Json(job_json(index, job, state.world.run_of(&job.address))).into_response(),
    )
}

fn absent(what: &str) -> Response {
    (StatusCode::NOT_FOUND, Json(json!({ "message": format!("{what} not found") }))).into_response()
}

/// A job as the indexer tells it; its state 1 means running.
fn job_json(index: usize, job: &Job, run: Option<&Run>) -> Value {
    let done = job.state == DONE;
    json!({
        "id": index + 1,
        "address": job.address,
        "ipfsJob": bs58::encode([&[0x12, 0x20], &job.ipfs_job[..]].concat()).into_string(),
        "ipfsResult": (job.ipfs_result != [0; 32])
            .then(|| bs58::encode([&[0x12, 0x20], &job.ipfs_result[..]].concat()).into_string()),
        "market": job.market,
        "node": run.map(|run| run.node).or(job.last_node),
        "payer": job.payer,
        "price": job.price,
        "project": job.project,
        "state": if run.is_some() { 1 } else { job.state },
        "type": "deployment-manager",
        "jobStatus": done.then_some("success"),
        "timeEnd": job.time_end,
        "timeStart": run.map_or(job.time_start, |run| run.time),
        "timeout": job.timeout,
        "usdRewardPerHour": null,
        "listedAt": null,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_indexer_takes_twenty_in_thirty_seconds() {
        let mut window = Window::default();
        assert!((0..20).all(|index| window.take(index * 1_000)));
        assert!(!window.take(29_999));
        assert!(window.take(30_000));
        assert!(!window.take(30_500));
    }
}
