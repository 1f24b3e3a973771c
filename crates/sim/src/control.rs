//! The control calls under `/sim`: the truth, and the hand that changes it.

mod jobs;
mod markets;
mod nodes;
mod push;
mod telegram;
mod world;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Json, Response};
use axum::routing::{delete, get, post};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::instructions::Refused;
use crate::messages::Message;
use crate::requests::Requests;

/// The routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/sim/world", get(world::show))
        .route("/sim/nodes/{address}", post(nodes::set))
        .route("/sim/jobs/{address}", post(jobs::act))
        .route("/sim/markets/{address}", post(markets::set))
        .route("/sim/clock", post(clock))
        .route("/sim/faults", get(show_faults).post(faults))
        .route("/sim/limits", post(limits))
        .route("/sim/requests", get(requests).delete(forget_requests))
        .route("/sim/messages", get(messages).delete(forget_messages))
        .route("/sim/push/subscriptions", post(push::subscribe))
        .route("/sim/push/subscriptions/{id}", delete(push::unsubscribe))
        .route("/sim/telegram", get(telegram::show))
        .route("/sim/telegram/say", post(telegram::say))
        .route("/sim/telegram/block", post(telegram::block))
        .route("/sim/telegram/reach", post(telegram::reach))
}

/// Why a control call did nothing.
#[derive(Debug)]
pub(crate) enum Rejected {
    /// 400, with a sentence.
    Bad(String),
    /// 404, with what was not found.
    Absent(&'static str),
}

impl IntoResponse for Rejected {
    fn into_response(self) -> Response {
        let (status, why) = match self {
            Self::Bad(why) => (StatusCode::BAD_REQUEST, why),
            Self::Absent(what) => (StatusCode::NOT_FOUND, format!("There is no such {what}.")),
        };
        (status, Json(json!({ "error": why }))).into_response()
    }
}

impl From<Refused> for Rejected {
    fn from(refused: Refused) -> Self {
        Self::Bad(refused.0)
    }
}

/// Reads a body strictly; the sentence names what is wrong with it.
fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Rejected> {
    serde_json::from_slice(body).map_err(|error| Rejected::Bad(format!("The body does not fit: {error}.")))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Speed {
    speed: f64,
}

async fn clock(app: State<Arc<App>>, body: Bytes) -> Result<Json<Value>, Rejected> {
    let Speed { speed } = read(&body)?;
    if !speed.is_finite() || speed < 0.0 {
        return Err(Rejected::Bad("The speed is a number from 0.".to_owned()));
    }
    // What has passed until now passed at the old speed.
    app.live();
    app.lock().speed = speed;
    Ok(Json(json!({ "speed": speed })))
}

async fn show_faults(app: State<Arc<App>>) -> Json<Value> {
    Json(app.lock().faults.to_json())
}

async fn faults(app: State<Arc<App>>, body: Bytes) -> Result<Json<Value>, Rejected> {
    let body: Map<String, Value> = read(&body)?;
    let faults = app.lock().faults;
    let faults = faults.with(&body).map_err(Rejected::Bad)?;
    app.set_faults(faults);
    Ok(Json(faults.to_json()))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Limits {
    /// Requests that each RPC endpoint takes in ten seconds; null: as many as come; left out: as before.
    #[serde(default, deserialize_with = "given")]
    rpc_per_10s: Option<Option<usize>>,
    /// Requests for jobs that the indexer takes in thirty seconds.
    #[serde(default, deserialize_with = "given")]
    indexer_per_30s: Option<Option<usize>>,
}

/// Tells null from left out.
fn given<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Option<usize>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

async fn limits(app: State<Arc<App>>, body: Bytes) -> Result<Json<Value>, Rejected> {
    let wanted: Limits = read(&body)?;
    let mut state = app.lock();
    state.limit.per_10s = wanted.rpc_per_10s.unwrap_or(state.limit.per_10s);
    state.indexer.per_30s = wanted.indexer_per_30s.unwrap_or(state.indexer.per_30s);
    Ok(Json(json!({ "rpc_per_10s": state.limit.per_10s, "indexer_per_30s": state.indexer.per_30s })))
}

async fn requests(app: State<Arc<App>>) -> Json<Requests> {
    Json(app.lock().requests.clone())
}

async fn forget_requests(app: State<Arc<App>>) -> StatusCode {
    app.lock().requests = Requests::default();
    StatusCode::NO_CONTENT
}

/// Everything delivered, oldest first.
async fn messages(app: State<Arc<App>>) -> Json<Vec<Message>> {
    Json(app.lock().messages.all())
}

async fn forget_messages(app: State<Arc<App>>) -> StatusCode {
    app.lock().messages.forget();
    StatusCode::NO_CONTENT
}
