//! A receiver of webhooks: `POST /hook/{id}`, any id.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::json;

use crate::app::App;
use crate::faults::delivery::{Channel, Fault};
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
    match way.fault {
        Fault::TooMany => {
            return (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "2")], "slow down\n")
                .into_response();
        }
        Fault::Broken => return (StatusCode::INTERNAL_SERVER_ERROR, "out of order\n").into_response(),
        Fault::Gone => return (StatusCode::GONE, "nobody listens here any more\n").into_response(),
        Fault::Hang => return std::future::pending().await,
        _ => {}
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
