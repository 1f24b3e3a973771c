//! "Look now": a scan and a probe round made for this call, shared with whoever asks at the same time.

use std::time::Duration;

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    error::{ApiError, Problem},
    signed_in::SignedIn,
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
}

const PATIENCE: Duration = Duration::from_secs(25);

/// Looks now, and waits for it at most 25 seconds.
#[utoipa::path(post, path = "/api/nodes/refresh-all-status", tag = "nodes", security(("cookie" = [])),
    responses((status = 200, body = Refreshed), (status = 401, body = Problem), (status = 504, body = Problem)))]
pub async fn refresh(State(app): State<App>, who: SignedIn) -> Result<Json<Refreshed>, ApiError> {
    let asked = app.clock.now();
    let both = async { tokio::join!(app.looks.scan.look(asked), app.looks.probe.look(asked)) };
    let (chain, _) = tokio::time::timeout(PATIENCE, both).await.map_err(|_| ApiError::LookTimedOut)?;
    let watches = app.store.read().await?.watches(&who.space).await?;
    let errors: Vec<_> = watches
        .iter()
        .filter_map(|watch| {
            let live = app.live.node(&watch.address)?;
            let axis_failed = live.node.chain.failing.or(live.node.endpoint.failing);
            let why = chain.failed.or(axis_failed)?;
            Some(NotUpdated { address: watch.address.to_string(), error: why.code() })
        })
        .collect();
    Ok(Json(Refreshed { updated: watches.len() - errors.len(), total: watches.len(), errors }))
}
