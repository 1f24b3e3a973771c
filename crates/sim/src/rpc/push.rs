//! The push side of the RPC: accountSubscribe and programSubscribe over WebSocket.

use std::sync::Arc;

use axum::extract::{Path, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use crate::app::App;
use crate::faults::Place;

type Upgrade = Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>;

pub(crate) async fn first(app: State<Arc<App>>, upgrade: Upgrade) -> Response {
    open(app, Place::A, upgrade)
}

pub(crate) async fn named(app: State<Arc<App>>, Path(place): Path<String>, upgrade: Upgrade) -> Response {
    match Place::named(&place) {
        Some(place) => open(app, place, upgrade),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn open(State(_app): State<Arc<App>>, _place: Place, _upgrade: Upgrade) -> Response {
    let why = "Used HTTP Method is not allowed. POST or OPTIONS is required\n";
    (StatusCode::METHOD_NOT_ALLOWED, why).into_response()
}
