//! "Look now": a scan and a probe round made for this call, shared with whoever asks at the same time.

use std::time::Duration;

use axum::{Json, extract::State};
use domain::why::Why;
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::{ApiError, Problem},
    signed_in::SignedIn,
    time::rfc3339,
};
use crate::app::App;

/// What the look brought for the person's nodes.
#[derive(Debug, Serialize, ToSchema)]
pub struct Refreshed {
    /// How many nodes are known now.
    pub updated: usize,
    /// How many there are.
    pub total: usize,
    /// The others, each with the reason.
    pub errors: Vec<NotUpdated>,
}

/// A node that could not be looked at.
#[derive(Debug, Serialize, ToSchema)]
pub struct NotUpdated {
    /// The node.
    pub address: String,
    /// Why, as a stable code.
    pub error: &'static str,
    /// Every RPC endpoint throttles us: until when nobody is asked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

const PATIENCE: Duration = Duration::from_secs(25);

/// Looks now, and waits for it at most 25 seconds. A look that failed is an answer: each node that it says nothing of
/// is listed with the reason.
#[utoipa::path(post, path = "/api/nodes/refresh-all-status", tag = "nodes", security(("cookie" = [])),
    responses((status = 200, body = Refreshed), (status = 401, body = Problem), (status = 504, body = Problem)))]
pub async fn refresh(State(app): State<App>, who: SignedIn) -> Result<Json<Refreshed>, ApiError> {
    let asked = app.clock.now();
    let both = async { tokio::join!(app.looks.scan.look(asked), app.looks.probe.look(asked)) };
    let late = match tokio::time::timeout(PATIENCE, both).await {
        Ok(_) => None,
        // It is not over, but why the one before it failed is an answer too.
        Err(_) => Some(app.live.network().0.chain.failing().ok_or(ApiError::LookTimedOut)?),
    };
    let watches = app.store.read().await?.watches(&who.space).await?;
    let until = app.reach.throttled_until().map(rfc3339);
    let errors: Vec<_> = watches
        .iter()
        .filter_map(|watch| {
            let live = app.live.node(&watch.address)?;
            let why = late.or(live.node.chain.failing).or(live.node.endpoint.failing)?;
            let until = until.clone().filter(|_| why == Why::RpcThrottled);
            Some(NotUpdated { address: watch.address.to_string(), error: why.code(), until })
        })
        .collect();
    Ok(Json(Refreshed { updated: watches.len() - errors.len(), total: watches.len(), errors }))
}
