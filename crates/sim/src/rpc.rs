//! Solana's JSON-RPC over HTTP: `/rpc/{a,b,c}`, and `/rpc` for the first.

mod account;
mod error;
mod fault;
mod filters;
mod methods;
mod options;
mod push;
mod subscription;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::post;
use serde_json::{Value, json};

use crate::app::App;
use crate::faults::{Place, RpcFault};
use error::RpcError;
use methods::Distortion;

/// A real server takes no larger request.
const MAX_REQUEST: usize = 50 * 1024;

/// The routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/rpc", post(first).get(push::first))
        .route("/rpc/{place}", post(named).get(push::named))
        .layer(DefaultBodyLimit::max(MAX_REQUEST))
}

async fn first(app: State<Arc<App>>, headers: HeaderMap, body: Bytes) -> Response {
    answer(&app, Place::A, &headers, &body).await
}

async fn named(app: State<Arc<App>>, Path(place): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    match Place::named(&place) {
        Some(place) => answer(&app, place, &headers, &body).await,
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

async fn answer(app: &App, place: Place, headers: &HeaderMap, body: &[u8]) -> Response {
    let is_json = headers
        .get(header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .is_some_and(|value| value.starts_with("application/json"));
    if !is_json {
        let why = "Supplied content type is not allowed. Content-Type: application/json is required\n";
        return (StatusCode::UNSUPPORTED_MEDIA_TYPE, why).into_response();
    }
    let (fault, passes, turn) = {
        let mut state = app.lock();
        let index = place.index();
        let passes = state.limit.take(index, app.clock.now_ms());
        state.turns[index] += 1;
        (state.faults.rpc[index], passes, state.turns[index])
    };
    if !passes {
        return fault::too_many(body);
    }
    match fault {
        RpcFault::TooMany => fault::too_many(body),
        RpcFault::Broken => (StatusCode::INTERNAL_SERVER_ERROR, "Internal Server Error\n").into_response(),
        RpcFault::Hang => std::future::pending().await,
        RpcFault::Drip => fault::drip(),
        RpcFault::Bomb => fault::bomb(body, turn),
        RpcFault::Redirect => fault::redirect(&app.url),
        RpcFault::Garbage => fault::garbage(&json_text(app, place, body, Distortion::None), turn),
        RpcFault::Slow => {
            let text = json_text(app, place, body, Distortion::None);
            tokio::time::sleep(fault::SLOW).await;
            as_json(text)
        }
        RpcFault::Empty => as_json(json_text(app, place, body, Distortion::Empty)),
        RpcFault::Short => as_json(json_text(app, place, body, Distortion::Short)),
        RpcFault::Zeros => as_json(json_text(app, place, body, Distortion::Zeros)),
        RpcFault::Ok | RpcFault::Stale => as_json(json_text(app, place, body, Distortion::None)),
    }
}

fn as_json(text: String) -> Response {
    ([(header::CONTENT_TYPE, "application/json; charset=utf-8")], text).into_response()
}

fn json_text(app: &App, place: Place, body: &[u8], distortion: Distortion) -> String {
    let view = app.view(place);
    let answer = match serde_json::from_slice(body) {
        Err(_) => RpcError::parse().answer(&Value::Null),
        Ok(Value::Array(calls)) if calls.is_empty() => RpcError::invalid_request().answer(&Value::Null),
        Ok(Value::Array(calls)) => {
            calls.iter().map(|call| methods::answer(app, &view, distortion, call)).collect()
        }
        Ok(call) => methods::answer(app, &view, distortion, &call),
    };
    format!("{answer}\n")
}

/// A successful answer.
fn result(value: &Value, id: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "result": value, "id": id })
}
