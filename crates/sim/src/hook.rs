//! A receiver of webhooks: `POST /hook/{id}`, any id.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;

use crate::app::App;
use crate::faults::delivery::Channel;
use crate::messages::Message;

/// The routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/hook/{id}", post(take))
}

async fn take(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let way = app.way(Channel::Hook);
    way.delay().await;
    if let Some(refusal) = way.refusal((StatusCode::GONE, "nobody listens here any more\n")).await {
        return refusal;
    }
    let headers: BTreeMap<_, _> = headers
        .iter()
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect();
    app.deliver(Message {
        channel: "hook",
        to: id,
        text: String::from_utf8_lossy(&body).into_owned(),
        at: app.clock.now_ms(),
        meta: json!({ "headers": headers }),
    });
    way.lose_answer().await;
    (StatusCode::OK, "taken\n").into_response()
}
