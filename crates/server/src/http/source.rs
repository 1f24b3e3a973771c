//! `GET /api/sources`: how each source serves us, for administrators.

use axum::{Json, extract::State};
use domain::account::Role;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    api_source::ApiSourceBody,
    error::{ApiError, Problem},
    signed_in::SignedIn,
    time::rfc3339,
};
use crate::{app::App, push::PushState, reach::RpcReach};

/// Every source.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sources {
    /// Solana's RPC endpoints, in the order of the configuration.
    pub rpc: Vec<RpcBody>,
    /// The push connection to the chain.
    pub push: PushBody,
    /// The last round over the nodes' own endpoints.
    pub endpoints: RoundBody,
    /// The host-manager: names of markets, least version.
    pub host: ApiSourceBody,
    /// The indexer.
    pub indexer: ApiSourceBody,
}

/// One RPC endpoint.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RpcSource)]
pub struct RpcBody {
    /// Scheme, host and port. Keys in the path or the query are never shown.
    pub name: String,
    /// `untried`, `ok`, `demoted` (it answers wantingly), `failing` or `resting` (it throttles us).
    pub state: &'static str,
    /// When one at fault is asked again; a resting one is not asked before.
    pub until: Option<String>,
    /// What is wrong, as a stable code.
    pub why: Option<&'static str>,
    /// Its last answer that was whole and new.
    pub last_good: Option<String>,
    /// The slot of that answer.
    pub slot: Option<u64>,
    /// Milliseconds that a call took then.
    pub latency_ms: Option<u64>,
    /// Calls since the start.
    pub calls: u64,
    /// Reads that failed or were found wanting since the start.
    pub failures: u64,
}

/// The last round over the nodes' own endpoints.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoundSource)]
pub struct RoundBody {
    /// How many were asked.
    pub asked: usize,
    /// How many answered.
    pub answered: usize,
    /// When.
    pub at: Option<String>,
    /// Milliseconds from the first question to the last answer.
    pub took_ms: Option<u64>,
}

/// The push connection to the chain. While it is not open, scans bring everything, only later.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PushSource)]
pub struct PushBody {
    /// `off`, `standby` (another server watches), `connecting`, `open` or `backoff`.
    pub state: &'static str,
    /// Since when; `null` = since the start.
    pub since: Option<String>,
    /// Scheme, host and port. Keys are never shown.
    pub name: Option<String>,
    /// Why the last connection ended, in words.
    pub why: Option<String>,
    /// When another try is made.
    pub until: Option<String>,
    /// How many connections were opened since the start.
    pub opened: u64,
    /// How many changes arrived since the start.
    pub changes: u64,
    /// When the last one did.
    pub last_change: Option<String>,
}

impl PushBody {
    fn new(push: PushState) -> Self {
        Self {
            state: push.link.word(),
            since: push.since.map(rfc3339),
            name: push.endpoint,
            why: push.why,
            until: push.retry_at.map(rfc3339),
            opened: push.opened,
            changes: push.changes,
            last_change: push.last_change.map(rfc3339),
        }
    }
}

impl RpcBody {
    fn new(rpc: RpcReach) -> Self {
        Self {
            name: rpc.name,
            state: rpc.state,
            until: rpc.until.map(rfc3339),
            why: rpc.why.map(domain::why::Why::code),
            last_good: rpc.last_good.map(rfc3339),
            slot: rpc.slot,
            latency_ms: rpc.latency.map(millis),
            calls: rpc.calls,
            failures: rpc.failures,
        }
    }
}

fn millis(span: std::time::Duration) -> u64 {
    u64::try_from(span.as_millis()).unwrap_or(u64::MAX)
}

/// How each source serves us.
#[utoipa::path(get, path = "/api/sources", operation_id = "sources", tag = "network", security(("cookie" = [])),
    responses((status = 200, body = Sources), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list(State(app): State<App>, who: SignedIn) -> Result<Json<Sources>, ApiError> {
    if who.account.role != Role::Admin {
        return Err(ApiError::Forbidden);
    }
    let (network, _) = app.live.network();
    Ok(Json(Sources {
        rpc: app.reach.rpc().into_iter().map(RpcBody::new).collect(),
        push: PushBody::new(app.push.borrow().clone()),
        endpoints: RoundBody {
            asked: network.asked,
            answered: network.answered,
            at: network.round_at.map(rfc3339),
            took_ms: app.reach.round().map(millis),
        },
        host: ApiSourceBody::host(!app.config.host_api.is_empty(), &app.catalogue.get()),
        indexer: ApiSourceBody::indexer(!app.config.indexer.is_empty(), &network.indexer),
    }))
}
