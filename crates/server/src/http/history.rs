//! The past of nodes: what each axis said when, places in queues, jobs, and when we could not look.
//!
//! Every answer is bounded: at most [`thin::MOST_SPANS`] spans over all nodes (for up to 500 nodes), for 30 days and
//! more also one column a day and node, 500 places, 500 jobs and 1,000 times of blindness.

use std::time::Duration;

use axum::{Json, extract::State};
use domain::{catalogue::Catalogue, time::Timestamp};
use serde::{Deserialize, Serialize};
use store::{Axis, Place, Read, Watch};
use utoipa::ToSchema;

use super::{
    error::{ApiError, Problem},
    job::JobBody,
    log::LogEntry,
    node::NodeBody,
    query::{self, Params},
    signed_in::SignedIn,
    thin::{self, Range, Shares},
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

/// A time in which we could not see through one source.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct BlindSpan {
    /// `chain`, `endpoints` or `indexer`.
    pub source: &'static str,
    /// Its first instant.
    pub from: String,
    /// The first instant after it; `null` = it goes on.
    pub to: Option<String>,
    /// Why.
    pub why: &'static str,
}

/// Where a node stood in a queue from an instant on. That it left the queue stands in the chain's spans.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct QueuePoint {
    /// From when.
    pub at: String,
    /// Whose queue.
    pub market: String,
    /// 1 = next to be served.
    pub position: u32,
    /// How many waited.
    pub length: u32,
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
    /// Of a range of 720 hours or more, one entry per 24 hours from its beginning; else empty.
    pub days: Vec<Shares>,
}

/// The past of all of a person's nodes.
#[derive(Debug, Serialize, ToSchema)]
pub struct History {
    /// Its first instant.
    pub from: String,
    /// Its end.
    pub to: String,
    /// Each node that has a past.
    pub nodes: Vec<NodeHistory>,
    /// Spans shorter than this may be left out of an axis that had too many; `null` = nothing is left out.
    pub resolution_seconds: Option<u64>,
    /// When we could not see.
    pub blind: Vec<BlindSpan>,
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
    /// Of a range of 720 hours or more, one entry per 24 hours from its beginning; else empty.
    pub days: Vec<Shares>,
    /// Spans shorter than this may be left out; `null` = nothing is left out.
    pub resolution_seconds: Option<u64>,
    /// Its places in queues, each until the next or until it left; the first may lie before `from`.
    pub queue: Vec<QueuePoint>,
    /// The jobs that it ran since its first instant, oldest first; of more than 500 the newest.
    pub jobs: Vec<JobBody>,
    /// When we could not see.
    pub blind: Vec<BlindSpan>,
}

/// A node with its past.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = NodeDetail)]
pub struct Detail {
    /// The node.
    #[serde(flatten)]
    pub node: NodeBody,
    /// The last hours.
    pub history: OneHistory,
    /// Its last jobs, newest first.
    pub jobs: Vec<JobBody>,
    /// What happened to it, newest first.
    pub log: Vec<LogEntry>,
}

/// How far back.
#[derive(Debug, Deserialize)]
pub struct Hours {
    hours: Option<u32>,
}

/// As far back as one may ask, in hours: 90 days.
pub const LONGEST_HOURS: u32 = 90 * 24;
const RECENT: u32 = 20;
const MOST_JOBS: u32 = 500;
const MOST_BLIND: usize = 1_000;
/// The most places that are read for one answer: one a minute for 90 days.
const MOST_PLACES: u32 = 130_000;

impl Hours {
    /// The hours asked for: 24 when none were.
    pub fn checked(&self) -> Result<u32, ApiError> {
        query::number("hours", self.hours, 1..=LONGEST_HOURS, 24)
    }
}

fn span(span: &store::Span) -> Span {
    Span {
        state: span.state.clone(),
        from: rfc3339(span.from),
        to: span.to.map(rfc3339),
        why: span.why.map(domain::why::Why::code),
        subject: span.subject.map(|subject| subject.to_string()),
    }
}

/// Both axes as they are told, and how coarse they became.
struct Axes {
    chain: Vec<Span>,
    endpoint: Vec<Span>,
    days: Vec<Shares>,
    coarse: Option<Duration>,
}

fn axes(range: Range, hours: u32, spans: Vec<store::Span>, most: usize) -> Axes {
    let days = if hours >= thin::COLUMNS_FROM_HOURS && !spans.is_empty() {
        thin::columns(range, &spans)
    } else {
        Vec::new()
    };
    let (chain, endpoint): (Vec<_>, Vec<_>) = spans.into_iter().partition(|span| span.axis == Axis::Chain);
    let coarse = thin::coarse(range, chain.len().max(endpoint.len()), most);
    let told = |spans| thin::spans(range, spans, most).iter().map(span).collect();
    Axes { chain: told(chain), endpoint: told(endpoint), days, coarse }
}

fn point(place: &Place) -> QueuePoint {
    QueuePoint {
        at: rfc3339(place.at),
        market: place.market.to_string(),
        position: place.position,
        length: place.length,
    }
}

/// When we could not see within the range, oldest first.
pub async fn blind(tx: &mut Read, range: Range) -> Result<Vec<BlindSpan>, ApiError> {
    let all = tx.blindness(range.from, range.to).await?;
    let newest = all.len().saturating_sub(MOST_BLIND);
    let spans = all.into_iter().skip(newest).map(|blind| BlindSpan {
        source: blind.source.word(),
        from: rfc3339(blind.since),
        to: blind.to.map(rfc3339),
        why: blind.why.code(),
    });
    Ok(spans.collect())
}

/// A node with the last hours of its past.
pub async fn detail(app: &App, tx: &mut Read, watch: &Watch, hours: u32) -> Result<Detail, ApiError> {
    let now = app.clock.now();
    let names = app.catalogue.get();
    let range = Range::last(hours, now);
    let jobs = tx.node_jobs(&watch.address, RECENT).await?;
    let log = tx.node_events(&watch.address, RECENT).await?;
    Ok(Detail {
        node: NodeBody::of(app, watch, now),
        history: one(tx, watch, range, hours, &names, now).await?,
        jobs: jobs.iter().map(|job| JobBody::new(job, &names, now)).collect(),
        log: log.iter().map(LogEntry::new).collect(),
    })
}

async fn one(
    tx: &mut Read,
    watch: &Watch,
    range: Range,
    hours: u32,
    names: &Catalogue,
    now: Timestamp,
) -> Result<OneHistory, ApiError> {
    let node = &watch.address;
    let spans = tx.node_history(node, range.from, range.to).await?;
    let Axes { chain, endpoint, days, coarse } = axes(range, hours, spans, thin::share(1));
    let places = tx.queue_places(node, range.from, range.to, MOST_PLACES).await?;
    let jobs = tx.node_jobs_since(node, range.from, MOST_JOBS).await?;
    Ok(OneHistory {
        from: rfc3339(range.from),
        to: rfc3339(range.to),
        chain,
        endpoint,
        days,
        resolution_seconds: coarse.map(|piece| piece.as_secs()),
        queue: thin::points(range, places, |place| place.at).iter().map(point).collect(),
        jobs: jobs.iter().map(|job| JobBody::new(job, names, now)).collect(),
        blind: blind(tx, range).await?,
    })
}

/// What both axes of all nodes said in the last hours.
#[utoipa::path(get, path = "/api/history", tag = "nodes", security(("cookie" = [])),
    params(("hours" = Option<u32>, Query, description = "1 to 2160; 24 when left out")),
    responses((status = 200, body = History), (status = 400, body = Problem), (status = 401, body = Problem)))]
pub async fn history(
    State(app): State<App>,
    who: SignedIn,
    Params(asked): Params<Hours>,
) -> Result<Json<History>, ApiError> {
    let hours = asked.checked()?;
    let range = Range::last(hours, app.clock.now());
    let mut tx = app.store.read().await?;
    let watches = tx.watches(&who.space).await?;
    let (mut nodes, mut coarsest) = (Vec::with_capacity(watches.len()), None);
    // One after the other: the past of all of them at once may be longer than what is told of it.
    for watch in &watches {
        let spans = tx.node_history(&watch.address, range.from, range.to).await?;
        if spans.is_empty() {
            continue;
        }
        let Axes { chain, endpoint, days, coarse } = axes(range, hours, spans, thin::share(watches.len()));
        coarsest = coarse.max(coarsest);
        nodes.push(NodeHistory { address: watch.address.to_string(), chain, endpoint, days });
    }
    Ok(Json(History {
        from: rfc3339(range.from),
        to: rfc3339(range.to),
        nodes,
        resolution_seconds: coarsest.map(|piece| piece.as_secs()),
        blind: blind(&mut tx, range).await?,
    }))
}
