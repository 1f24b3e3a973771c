//! The past of nodes: what each axis said when, the jobs, the log.

use std::{collections::BTreeMap, time::Duration};

use axum::{
    Json,
    extract::{Query, State},
};
use domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use store::{Axis, Read, Watch};
use utoipa::ToSchema;

use super::{
    error::{ApiError, Problem},
    job::JobBody,
    log::LogEntry,
    node::NodeBody,
    signed_in::SignedIn,
    time::rfc3339,
};
use crate::app::App;

/// One state of one axis. `unknown` is a state: we could not look.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Span {
    /// `running`, `queued`, `none`, `up`, `silent` or `unknown`.
    pub state: String,
    /// Its first instant.
    pub from: String,
    /// The first instant after it; `null` = it goes on.
    pub to: Option<String>,
    /// Why it is unknown.
    pub why: Option<&'static str>,
    /// The run or the market.
    pub subject: Option<String>,
}

/// Both axes of one node.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct NodeHistory {
    /// The node.
    pub address: String,
    /// What the chain said.
    pub chain: Vec<Span>,
    /// What the endpoint said.
    pub endpoint: Vec<Span>,
}

/// The past of all of a person's nodes.
#[derive(Debug, Serialize, ToSchema)]
pub struct History {
    /// Its first instant.
    pub from: String,
    /// Its end.
    pub to: String,
    /// Each node.
    pub nodes: Vec<NodeHistory>,
}

/// The past of one node.
#[derive(Debug, Serialize, ToSchema)]
pub struct OneHistory {
    /// Its first instant.
    pub from: String,
    /// Its end.
    pub to: String,
    /// What the chain said.
    pub chain: Vec<Span>,
    /// What the endpoint said.
    pub endpoint: Vec<Span>,
}

/// A node with its past.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NodeDetail)]
pub struct Detail {
    /// The node.
    #[serde(flatten)]
    pub node: NodeBody,
    /// The last 24 hours.
    pub history: OneHistory,
    /// Its last jobs, newest first.
    pub jobs: Vec<JobBody>,
    /// What happened to it, newest first.
    pub log: Vec<LogEntry>,
}

/// How far back.
#[derive(Debug, Deserialize)]
pub struct Range {
    hours: Option<u32>,
}

const DAY: Duration = Duration::from_secs(86_400);
const LONGEST_HOURS: u32 = 90 * 24;
const RECENT: u32 = 20;

fn span(span: &store::Span) -> Span {
    Span {
        state: span.state.clone(),
        from: rfc3339(span.from),
        to: span.to.map(rfc3339),
        why: span.why.map(domain::why::Why::code),
        subject: span.subject.map(|subject| subject.to_string()),
    }
}

fn sorted(spans: &[store::Span]) -> (Vec<Span>, Vec<Span>) {
    let of = |axis| spans.iter().filter(move |span| span.axis == axis).map(span).collect();
    (of(Axis::Chain), of(Axis::Endpoint))
}

/// A node with the last 24 hours of its past.
pub async fn detail(app: &App, tx: &mut Read, watch: &Watch) -> Result<Detail, ApiError> {
    let now = app.clock.now();
    let from = now.minus(DAY);
    let spans = tx.node_history(&watch.address, from, now).await?;
    let (chain, endpoint) = sorted(&spans);
    let jobs = tx.node_jobs(&watch.address, RECENT).await?;
    let log = tx.node_events(&watch.address, RECENT).await?;
    Ok(Detail {
        node: NodeBody::of(app, watch, now),
        history: OneHistory { from: rfc3339(from), to: rfc3339(now), chain, endpoint },
        jobs: jobs.iter().map(JobBody::new).collect(),
        log: log.iter().map(LogEntry::new).collect(),
    })
}

/// What both axes of all nodes said in the last hours.
#[utoipa::path(get, path = "/api/history", tag = "nodes", security(("cookie" = [])),
    params(("hours" = Option<u32>, Query, description = "1 to 2160; 24 when left out")),
    responses((status = 200, body = History), (status = 401, body = Problem)))]
pub async fn history(
    State(app): State<App>,
    who: SignedIn,
    Query(range): Query<Range>,
) -> Result<Json<History>, ApiError> {
    let to: Timestamp = app.clock.now();
    let hours = range.hours.unwrap_or(24).clamp(1, LONGEST_HOURS);
    let from = to.minus(Duration::from_secs(u64::from(hours) * 3_600));
    let spans = app.store.read().await?.history(&who.space, from, to).await?;
    let mut by_node: BTreeMap<_, Vec<store::Span>> = BTreeMap::new();
    for span in spans {
        by_node.entry(span.node).or_default().push(span);
    }
    let nodes = by_node.into_iter().map(|(address, spans)| {
        let (chain, endpoint) = sorted(&spans);
        NodeHistory { address: address.to_string(), chain, endpoint }
    });
    Ok(Json(History { from: rfc3339(from), to: rfc3339(to), nodes: nodes.collect() }))
}
