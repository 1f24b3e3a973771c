//! Silence by wish: nodes and tags that somebody does not want to hear of for a while.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::{ApiError, Problem},
    json::Body,
    node::NodeBody,
    signed_in::SignedIn,
};
use crate::app::App;

/// What to mute.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Mute {
    /// Nodes.
    #[serde(default)]
    pub addresses: Vec<String>,
    /// Tags: every node that has one of them, also later.
    #[serde(default)]
    pub tags: Vec<String>,
    /// `1h`, `4h`, `8h`, or `tomorrow` (8 o'clock of the person's next day); `null` = speak again.
    #[serde(default)]
    pub until: Option<String>,
}

/// What is muted.
#[derive(Debug, Serialize, ToSchema)]
pub struct Muted {
    /// Until when; `null` = it speaks again.
    pub muted_until: Option<String>,
    /// The nodes that were named.
    pub nodes: Vec<NodeBody>,
    /// The tags that were named.
    pub tags: Vec<String>,
}

/// Mutes nodes and tags, or lets them speak again. What happens meanwhile is recorded and never sent.
#[utoipa::path(post, path = "/api/nodes/mute", tag = "nodes", security(("cookie" = [])), request_body = Mute,
    responses((status = 200, body = Muted), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn mute(
    State(_app): State<App>,
    _who: SignedIn,
    Body(_wanted): Body<Mute>,
) -> Result<Json<Muted>, ApiError> {
    Err(ApiError::NotFound)
}
