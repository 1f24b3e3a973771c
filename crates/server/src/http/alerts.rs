//! What somebody was told, and whether it arrived.

use std::collections::HashMap;

use axum::{Json, extract::State, http::StatusCode};
use domain::{alert::topic::Topic, event::EventKind};
use serde::{Deserialize, Serialize};
use store::{Alert, AlertQuery, AttemptRow, MessageState};
use utoipa::ToSchema;

use super::{
    error::{ApiError, Problem},
    open,
    query::{self, Params, Segment},
    signed_in::SignedIn,
    time::rfc3339,
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
    /// What was paid.
    pub micro_nos: Option<String>,
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
    pub state: &'static str,
    /// Its first line, as it was sent.
    pub title: String,
    /// When the provider accepted it.
    pub sent_at: Option<String>,
    /// When it is tried next, while it waits.
    pub next_at: Option<String>,
}

/// One attempt to send a message.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Attempt)]
pub struct AttemptBody {
    /// When.
    pub at: String,
    /// `sending`, `interrupted` (we stopped before the answer), `accepted`, `later`, `unclear`, `refused` or `gone`.
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
#[utoipa::path(get, path = "/api/alerts", operation_id = "alerts", tag = "alerts", security(("cookie" = [])),
    params(("node" = Option<String>, Query, description = "Only of this node"),
        ("topic" = Option<String>, Query, description = "Only of this topic"),
        ("destination" = Option<String>, Query, description = "Only those that go there"),
        ("cursor" = Option<i64>, Query, description = "The `next` of the page before"),
        ("limit" = Option<u32>, Query, description = "1 to 200; 50 when left out")),
    responses((status = 200, body = Alerts), (status = 400, body = Problem)))]
pub async fn list(
    State(app): State<App>,
    who: SignedIn,
    Params(wanted): Params<Wanted>,
) -> Result<Json<Alerts>, ApiError> {
    let limit = query::number("limit", wanted.limit, 1..=200, 50)?;
    let node = query::address("node", wanted.node.as_deref())?;
    let kinds = kinds(wanted.topic.as_deref())?;
    let asked = AlertQuery {
        node: node.as_ref(),
        kinds: &kinds,
        destination: wanted.destination.as_deref(),
        before: wanted.cursor,
        // One more, to see whether there is a next page.
        limit: limit.saturating_add(1),
    };
    let mut tx = app.store.read().await?;
    let mut alerts = tx.alerts(&who.space, asked).await?;
    let watches = tx.watches(&who.space).await?;
    drop(tx);
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = alerts.len() > most;
    alerts.truncate(most);
    let next = alerts.last().filter(|_| more).map(|alert| alert.event.id.to_string());
    let names: HashMap<_, _> = watches.iter().map(|watch| (watch.address, watch.name.as_str())).collect();
    let name =
        |alert: &Alert| alert.event.node.and_then(|node| names.get(&node).copied()).unwrap_or_default();
    let now = app.clock.now();
    let alerts = alerts.iter().map(|alert| {
        AlertBody::new(alert, name(alert), open::lasts(&app.live, &alert.event, &app.config.rules, now))
    });
    Ok(Json(Alerts { alerts: alerts.collect(), next }))
}

/// The kinds of a topic, or all that are ever told.
fn kinds(topic: Option<&str>) -> Result<Vec<EventKind>, ApiError> {
    let Some(word) = topic else {
        return Ok(EventKind::ALL.into_iter().filter(|kind| Topic::of(*kind).is_some()).collect());
    };
    let known = Topic::ALL.map(Topic::word).join(", ");
    let topic = Topic::from_word(word)
        .ok_or_else(|| ApiError::query("topic", &format!("one of {known} is expected")))?;
    Ok(topic.kinds().collect())
}

impl AlertBody {
    fn new(alert: &Alert, name: &str, open: bool) -> Self {
        let event = &alert.event;
        Self {
            id: event.id.to_string(),
            kind: event.kind.word(),
            topic: Topic::of(event.kind).map(Topic::word),
            node: event.node.map(|node| node.to_string()),
            name: name.to_owned(),
            at: rfc3339(event.at),
            recorded: rfc3339(event.recorded),
            seconds: event.seconds,
            micro_nos: event.micro_nos.map(|amount| amount.to_string()),
            subject: event.subject.clone(),
            open,
            acknowledged: alert.acknowledged.map(rfc3339),
            deliveries: alert.deliveries.iter().map(Delivery::new).collect(),
        }
    }
}

impl Delivery {
    fn new(delivery: &store::Delivery) -> Self {
        let message = delivery.message.as_ref();
        let attempts = message.map(|message| message.attempts.iter().map(AttemptBody::new).collect());
        Self {
            destination: delivery.destination.clone(),
            channel: delivery.channel.word(),
            name: delivery.name.clone(),
            state: delivery.state.word(),
            due: rfc3339(delivery.due),
            message: message.map(|message| MessageBody {
                id: message.id.clone(),
                state: message.state.word(),
                title: message.words.title.clone(),
                sent_at: message.sent.map(rfc3339),
                next_at: (message.state == MessageState::Waiting).then(|| rfc3339(message.due)),
            }),
            attempts: attempts.unwrap_or_default(),
        }
    }
}

impl AttemptBody {
    fn new(attempt: &AttemptRow) -> Self {
        Self {
            at: rfc3339(attempt.at),
            outcome: attempt.outcome.clone(),
            status: attempt.status,
            detail: attempt.detail.clone(),
            ms: attempt.took_ms.and_then(|ms| u32::try_from(ms).ok()),
        }
    }
}

/// The person has seen it: it is not repeated. Doing it twice is fine.
#[utoipa::path(post, path = "/api/alerts/{id}/acknowledge", tag = "alerts", security(("cookie" = [])),
    params(("id" = String, Path, description = "The alert")),
    responses((status = 204, description = "Noted"), (status = 404, body = Problem)))]
pub async fn acknowledge(
    State(app): State<App>,
    who: SignedIn,
    Segment(id): Segment,
) -> Result<StatusCode, ApiError> {
    let id: i64 = id.parse().map_err(|_| ApiError::NotFound)?;
    let mut tx = app.store.write().await?;
    let is_one = tx.acknowledge(&who.space, id, app.clock.now()).await?;
    tx.commit().await?;
    if is_one { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound) }
}
