//! What happened to a person's nodes, and when we could not look.

use axum::{Json, extract::State};
use serde::{Deserialize, Serialize};
use store::LoggedEvent;
use utoipa::ToSchema;

use super::{
    error::{ApiError, Problem},
    query::{self, Params},
    signed_in::SignedIn,
    time::rfc3339,
};
use crate::app::App;

/// A page of the log, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct Log {
    /// The entries.
    pub entries: Vec<LogEntry>,
    /// Ask with `before` = this for the next page; `null` = there is none.
    pub next: Option<String>,
}

/// One thing that happened.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LogEntry {
    /// Its number.
    pub id: String,
    /// When it happened.
    pub at: String,
    /// To which node; `null` = to our own sight.
    pub node: Option<String>,
    /// What: `job_started`, `kicked`, `offline`, `blind`, and so on.
    pub kind: &'static str,
    /// The run, the market or the source.
    pub subject: Option<String>,
    /// How long what ended had lasted.
    pub seconds: Option<i64>,
    /// What was paid.
    pub micro_nos: Option<String>,
}

/// Which page.
#[derive(Debug, Deserialize)]
pub struct Page {
    before: Option<i64>,
    limit: Option<u32>,
}

impl LogEntry {
    /// An event as it is shown.
    pub fn new(event: &LoggedEvent) -> Self {
        Self {
            id: event.id.to_string(),
            at: rfc3339(event.at),
            node: event.node.map(|node| node.to_string()),
            kind: event.kind.word(),
            subject: event.subject.clone(),
            seconds: event.seconds,
            micro_nos: event.micro_nos.map(|amount| amount.to_string()),
        }
    }
}

/// What happened, newest first.
#[utoipa::path(get, path = "/api/log", tag = "nodes", security(("cookie" = [])),
    params(("before" = Option<i64>, Query, description = "Older than this id"),
        ("limit" = Option<u32>, Query, description = "1 to 200; 50 when left out")),
    responses((status = 200, body = Log), (status = 401, body = Problem)))]
pub async fn log(
    State(app): State<App>,
    who: SignedIn,
    Params(page): Params<Page>,
) -> Result<Json<Log>, ApiError> {
    let limit = query::number("limit", page.limit, 1..=200, 50)?;
    let events = app.store.read().await?.events(&who.space, page.before, limit).await?;
    let full = events.len() == usize::try_from(limit).unwrap_or(usize::MAX);
    let next = events.last().filter(|_| full).map(|event| event.id.to_string());
    Ok(Json(Log { entries: events.iter().map(LogEntry::new).collect(), next }))
}
