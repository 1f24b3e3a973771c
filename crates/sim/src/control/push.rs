//! `/sim/push/subscriptions`: a browser subscribes, or takes it back.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Json;
use serde::Deserialize;
use serde_json::Value;

use super::{Rejected, read};
use crate::app::App;

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// The VAPID key that may send, URL-safe base64; left out: any.
    #[serde(rename = "applicationServerKey")]
    server_key: Option<String>,
}

/// Endpoint and keys of a new subscription; the body may be empty.
pub(crate) async fn subscribe(State(app): State<Arc<App>>, body: Bytes) -> Result<Json<Value>, Rejected> {
    let wanted = if body.is_empty() { Wanted::default() } else { read(&body)? };
    Ok(Json(app.lock().push.subscribe(&app.url, wanted.server_key)))
}

/// From now on the push service says that it is gone.
pub(crate) async fn unsubscribe(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
) -> Result<StatusCode, Rejected> {
    let found = app.lock().push.unsubscribe(&id);
    if found { Ok(StatusCode::NO_CONTENT) } else { Err(Rejected::Absent("subscription")) }
}
