//! The network as last seen, and how well we see it.

use axum::{Json, extract::State};
use domain::{catalogue::Catalogue, sight::Source, time::Timestamp};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::{ApiError, Problem},
    signed_in::SignedIn,
    time::rfc3339,
};
use crate::{
    app::App,
    live::{LiveMarket, LiveNetwork},
};

/// The network.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Network)]
pub struct NetworkBody {
    /// The slot of the last good scan.
    pub slot: Option<u64>,
    /// When it was.
    pub at: Option<String>,
    /// When the next one is due.
    pub next_scan_at: Option<String>,
    /// Every market.
    pub markets: Vec<MarketBody>,
    /// How many runs are open.
    pub runs: usize,
    /// The last round over the nodes' endpoints.
    pub endpoints: EndpointsBody,
    /// The least version of a node's software, as the network's own API says it.
    pub version_minimum: Option<String>,
    /// When names and minimum were last read; `null` = never.
    pub names_at: Option<String>,
    /// What we cannot see; `null` = nothing.
    pub blind: Option<BlindBody>,
}

/// A market.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Market)]
pub struct MarketBody {
    /// Its address.
    pub address: String,
    /// What it is called; `null` = the network's own API did not say yet.
    pub name: Option<String>,
    /// Its name in URLs.
    pub slug: Option<String>,
    /// `PREMIUM`, `COMMUNITY` or `OTHER`.
    pub tier: Option<String>,
    /// The graphics cards that it takes; empty = not known.
    pub gpu_types: Vec<String>,
    /// Who may kick nodes.
    pub authority: String,
    /// The NFT collection that opens it; `null` = open to all.
    pub access_key: Option<String>,
    /// The least stake to enter, in micro-xNOS.
    pub stake_minimum_micro_xnos: String,
    /// The longest a job may run, in seconds.
    pub job_timeout: i64,
    /// Whether it turns every node away.
    pub disabled: bool,
    /// What a job listed now pays.
    pub price_micro_nos_per_second: String,
    /// What waits: `job`, `node`, `empty` or `other`.
    pub queue_type: &'static str,
    /// How many wait.
    pub queue_length: usize,
    /// How many of its jobs run.
    pub runs: usize,
    /// When it was read.
    pub at: String,
    /// At which slot.
    pub slot: u64,
}

/// The last round over the nodes' endpoints.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct EndpointsBody {
    /// How many answered.
    pub answered: usize,
    /// How many were asked.
    pub asked: usize,
    /// When.
    pub at: Option<String>,
}

/// Our own blindness.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Blind)]
pub struct BlindBody {
    /// Since when, over all sources.
    pub since: String,
    /// Why, of the source that has been blind for longest.
    pub why: &'static str,
    /// Each source.
    pub sources: Vec<BlindSource>,
}

/// One source that we cannot see through.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct BlindSource {
    /// `chain`, `endpoints` or `indexer`.
    pub source: &'static str,
    /// Since when.
    pub since: String,
    /// Why.
    pub why: &'static str,
}

impl NetworkBody {
    /// The network as it is shown.
    pub fn new(network: &LiveNetwork, names: &Catalogue) -> Self {
        Self {
            slot: network.slot,
            at: network.at.map(rfc3339),
            next_scan_at: network.next_scan_at.map(rfc3339),
            markets: network.markets.iter().map(|market| MarketBody::new(market, names)).collect(),
            runs: network.runs,
            endpoints: EndpointsBody {
                answered: network.answered,
                asked: network.asked,
                at: network.round_at.map(rfc3339),
            },
            version_minimum: names.minimum_version.value().cloned(),
            names_at: names.markets.last.as_ref().map(|(_, at)| rfc3339(*at)),
            blind: BlindBody::new(network),
        }
    }
}

impl MarketBody {
    /// A market as it is shown.
    pub fn new(market: &LiveMarket, names: &Catalogue) -> Self {
        let named = names.market(&market.address);
        Self {
            address: market.address.to_string(),
            name: named.map(|named| named.name.clone()),
            slug: named.and_then(|named| named.slug.clone()),
            tier: named.and_then(|named| named.tier.clone()),
            gpu_types: named.map(|named| named.gpu_types.clone()).unwrap_or_default(),
            authority: market.authority.to_string(),
            access_key: market.needs_a_key().then(|| market.access_key.to_string()),
            stake_minimum_micro_xnos: market.xnos_minimum.to_string(),
            job_timeout: market.job_timeout,
            disabled: market.disabled,
            price_micro_nos_per_second: market.price.to_string(),
            queue_type: market.queue_type,
            queue_length: market.queue_length,
            runs: market.runs,
            at: rfc3339(market.at),
            slot: market.slot,
        }
    }
}

impl BlindBody {
    /// Blind to everything, because our own store is out of reach: nothing that is seen could be kept.
    pub fn cut_off(since: Timestamp) -> Self {
        let (since, why) = (rfc3339(since), "store_unreachable");
        let of = |source: Source| BlindSource { source: source.word(), since: since.clone(), why };
        Self { sources: [Source::Chain, Source::Endpoints].map(of).into(), since: since.clone(), why }
    }

    fn new(network: &LiveNetwork) -> Option<Self> {
        let blind = network.blind();
        let (_, since, why) = *blind.iter().min_by_key(|(_, since, _)| *since)?;
        let sources = blind.iter().map(|(source, since, why)| BlindSource {
            source: source.word(),
            since: rfc3339(*since),
            why: why.code(),
        });
        Some(Self { since: rfc3339(since), why: why.code(), sources: sources.collect() })
    }
}

/// The network as last seen.
#[utoipa::path(get, path = "/api/network", tag = "network", security(("cookie" = [])),
    responses((status = 200, body = NetworkBody), (status = 401, body = Problem)))]
pub async fn network(State(app): State<App>, who: SignedIn) -> Result<Json<NetworkBody>, ApiError> {
    let mut body = NetworkBody::new(&app.live.network().0, &app.catalogue.get());
    let since = *app.revocations.cut().borrow();
    if let Some(since) = since.filter(|_| who.from_memory) {
        body.blind = Some(BlindBody::cut_off(since));
    }
    Ok(Json(body))
}
