//! What somebody was told, and whether it arrived.

use axum::{Json, extract::State, http::StatusCode};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::{ApiError, Problem},
    query::{Params, Segment},
    signed_in::SignedIn,
};
use crate::app::App;

/// A page of alerts, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Alerts {
    /// The alerts.
    pub alerts: Vec<AlertBody>,
    /// Ask with `cursor` = this for the next page; `null` = there is none.
    pub next: Option<String>,
}

/// One event that somebody was to be told of.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Alert)]
pub struct AlertBody {
    /// Its number.
    pub id: String,
    /// What happened: `offline`, `job_failed` and so on.
    pub kind: &'static str,
    /// What the preferences call it; `null` = nobody chooses this one.
    pub topic: Option<&'static str>,
    /// To which node; `null` = to our own sight, or to a destination.
    pub node: Option<String>,
    /// The person's name for the node; empty = none.
    pub name: String,
    /// When it happened.
    pub at: String,
    /// When it was written down.
    pub recorded: String,
    /// How long what ended had lasted.
    pub seconds: Option<i64>,
    /// The run, the market or the source.
    pub subject: Option<String>,
    /// Whether it still lasts.
    pub open: bool,
    /// When the person had seen it.
    pub acknowledged: Option<String>,
    /// Who was told, one entry per destination.
    pub deliveries: Vec<Delivery>,
}

/// How an alert fared at one destination.
#[derive(Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// The destination.
    pub destination: String,
    /// Its channel.
    pub channel: &'static str,
    /// Its name.
    pub name: String,
    /// `waiting`, `told` (in the message below), `muted` or `logged` (only here).
    pub state: &'static str,
    /// When it may be told at the earliest.
    pub due: String,
    /// The message that tells it; several alerts may share one.
    pub message: Option<MessageBody>,
    /// Every attempt to send that message.
    pub attempts: Vec<AttemptBody>,
}

/// A message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Message)]
pub struct MessageBody {
    /// Its id.
    pub id: String,
    /// `waiting`, `sent`, `refused` or `dropped`.
    pub state: String,
    /// When the provider accepted it.
    pub sent_at: Option<String>,
}

/// One attempt to send a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attempt)]
pub struct AttemptBody {
    /// When.
    pub at: String,
    /// `sending`, `accepted`, `later`, `unclear`, `refused` or `gone`.
    pub outcome: String,
    /// The provider's status.
    pub status: Option<u16>,
    /// The provider's own words.
    pub detail: String,
    /// How long the provider took, in milliseconds.
    pub ms: Option<u32>,
}

/// Which alerts.
#[derive(Debug, Deserialize)]
pub struct Wanted {
    node: Option<String>,
    topic: Option<String>,
    destination: Option<String>,
    cursor: Option<i64>,
    limit: Option<u32>,
}

/// What the person was told or is to be told, newest first.
#[utoipa::path(get, path = "/api/alerts", tag = "alerts", security(("cookie" = [])),
    params(("node" = Option<String>, Query, description = "Only of this node"),
        ("topic" = Option<String>, Query, description = "Only of this topic"),
        ("destination" = Option<String>, Query, description = "Only those that go there"),
        ("cursor" = Option<i64>, Query, description = "The `next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200; 50 when left out")),
    responses((status = 200, body = Alerts), (status = 400, body = Problem)))]
pub async fn list(
    State(_app): State<App>,
    _who: SignedIn,
    Params(_wanted): Params<Wanted>,
) -> Result<Json<Alerts>, ApiError> {
    Ok(Json(Alerts { alerts: Vec::new(), next: None }))
}

/// The person has seen it: it is not repeated. Doing it twice is fine.
#[utoipa::path(post, path = "/api/alerts/{id}/acknowledge", tag = "alerts", security(("cookie" = [])),
    params(("id" = String, Path, description = "The alert")),
    responses((status = 204, description = "Noted"), (status = 404, body = Problem)))]
pub async fn acknowledge(
    State(_app): State<App>,
    _who: SignedIn,
    Segment(_id): Segment,
) -> Result<StatusCode, ApiError> {
    Err(ApiError::NotFound)
}
