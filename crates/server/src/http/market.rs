//! One market: what it asks of a node, and its past for a plot.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use store::MarketPoint;
use utoipa::ToSchema;

use super::{
    error::{ApiError, Problem},
    history::{self, BlindSpan},
    network::MarketBody,
    nodes,
    query::{self, Params, Segment},
    signed_in::SignedIn,
    thin::{self, Range},
    time::rfc3339,
};
use crate::app::App;

/// A market with its past.
#[derive(Debug, Serialize, ToSchema)]
pub struct MarketDetail {
    /// The market as last seen.
    pub market: MarketBody,
    /// The past's first instant.
    pub from: String,
    /// Its end.
    pub to: String,
    /// How it was, at most 501 points: each holds until the next. The first may lie before `from`.
    pub points: Vec<Point>,
    /// When the chain could not be seen: what stands there is what was known before.
    pub blind: Vec<BlindSpan>,
}

/// How a market was from an instant on.
#[derive(Debug, Serialize, ToSchema)]
pub struct Point {
    /// From when.
    pub at: String,
    /// What waited: `job`, `node`, `empty` or `other`.
    pub queue_type: String,
    /// How many waited.
    pub queue_length: u32,
    /// How many of its jobs ran.
    pub runs: u32,
    /// What a job listed then paid.
    pub price_micro_nos_per_second: String,
}

/// How far back.
#[derive(Debug, Deserialize)]
pub struct Hours {
    hours: Option<u32>,
}

/// The most rows that are read for one answer: one a minute for 90 days.
const MOST_ROWS: u32 = 130_000;

impl Point {
    fn new(point: MarketPoint) -> Self {
        Self {
            at: rfc3339(point.at),
            queue_type: point.queue_kind,
            queue_length: point.queue_length,
            runs: point.runs,
            price_micro_nos_per_second: point.price.to_string(),
        }
    }
}

/// One market with its queue, runs and price over the last hours, as far as WAKEFUL_KEEP_DAYS reaches.
#[utoipa::path(get, path = "/api/network/markets/{address}", tag = "network", security(("cookie" = [])),
    params(("address" = String, Path, description = "The market's account"),
        ("hours" = Option<u32>, Query, description = "1 to 2160; 24 when left out")),
    responses((status = 200, body = MarketDetail), (status = 400, body = Problem), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub async fn market(
    State(app): State<App>,
    _who: SignedIn,
    Segment(text): Segment,
    Params(asked): Params<Hours>,
) -> Result<Json<MarketDetail>, ApiError> {
    let address = nodes::address(&text)?;
    let hours = query::number("hours", asked.hours, 1..=history::LONGEST_HOURS, 24)?;
    let (network, _) = app.live.network();
    let known = network.markets.iter().find(|market| market.address == address);
    let market = MarketBody::new(known.ok_or(ApiError::NotFound)?, &app.catalogue.get());
    let range = Range::last(hours, app.clock.now());
    let mut tx = app.store.read().await?;
    let past = tx.market_history(&address, range.from, range.to, MOST_ROWS).await?;
    let past = thin::points(range, past, |point| point.at);
    let blind = history::blind(&mut tx, range).await?;
    Ok(Json(MarketDetail {
        market,
        from: rfc3339(range.from),
        to: rfc3339(range.to),
        points: past.into_iter().map(Point::new).collect(),
        blind: blind.into_iter().filter(|blind| blind.source == "chain").collect(),
    }))
}
