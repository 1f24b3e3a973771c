//! A push service: hands out subscriptions, checks its callers, and opens what they send as a browser would.

mod sealed;
mod vapid;

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::post;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};

use crate::app::App;
use crate::faults::delivery::Channel;
use crate::messages::Message;
use sealed::Keys;

/// The largest body that is taken, as RFC 8030 asks for.
const LARGEST: usize = 4096;

/// Every subscription that was handed out.
#[derive(Debug)]
pub(crate) struct PushService {
    rng: StdRng,
    subscriptions: BTreeMap<String, Subscription>,
    taken: u64,
}

#[derive(Debug)]
struct Subscription {
    keys: Keys,
    /// The only VAPID key that may send here; none: any.
    server_key: Option<String>,
    /// The browser took it back.
    gone: bool,
}

/// Why nothing is delivered.
struct Refusal(StatusCode, String);

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let Self(status, message) = self;
        (status, Json(json!({ "code": status.as_u16(), "message": message }))).into_response()
    }
}

impl PushService {
    pub(crate) fn new(seed: u64) -> Self {
        // Not the network's own numbers: a subscription changes nothing about nodes and jobs.
        let rng = StdRng::seed_from_u64(seed ^ 0x7075_7368);
        Self { rng, subscriptions: BTreeMap::new(), taken: 0 }
    }

    /// A new subscription in the shape of a browser's `PushSubscription.toJSON()`.
    pub(crate) fn subscribe(&mut self, base: &str, server_key: Option<String>) -> Value {
        let keys = Keys::random(&mut self.rng);
        let id = URL_SAFE_NO_PAD.encode(self.rng.random::<[u8; 18]>());
        let shown = json!({
            "endpoint": format!("{base}/push/{id}"),
            "expirationTime": null,
            "keys": {
                "p256dh": URL_SAFE_NO_PAD.encode(keys.public()),
                "auth": URL_SAFE_NO_PAD.encode(keys.auth()),
            },
        });
        self.subscriptions.insert(id, Subscription { keys, server_key, gone: false });
        shown
    }

    /// Takes a subscription back; false: there is none of this id.
    pub(crate) fn unsubscribe(&mut self, id: &str) -> bool {
        self.subscriptions
            .get_mut(id)
            .is_some_and(|subscription| !std::mem::replace(&mut subscription.gone, true))
    }
}

/// The routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/push/{id}", post(take))
}

async fn take(
    State(app): State<Arc<App>>,
    Path(id): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let way = app.way(Channel::Push);
    way.delay().await;
    if let Some(refusal) = way.refusal(gone()).await {
        return refusal;
    }
    match accept(&app, &id, &headers, &body) {
        Ok(location) => {
            way.lose_answer().await;
            (StatusCode::CREATED, [(header::LOCATION, location)]).into_response()
        }
        Err(refusal) => refusal.into_response(),
    }
}

fn gone() -> Refusal {
    Refusal(StatusCode::GONE, "The subscription has been taken back.".to_owned())
}

fn bad(why: impl Into<String>) -> Refusal {
    Refusal(StatusCode::BAD_REQUEST, why.into())
}

fn accept(app: &App, id: &str, headers: &HeaderMap, body: &[u8]) -> Result<String, Refusal> {
    let now_ms = app.clock.now_ms();
    let mut state = app.lock();
    let service = &mut state.push;
    let Some(subscription) = service.subscriptions.get(id) else {
        return Err(Refusal(StatusCode::NOT_FOUND, "There is no such subscription.".to_owned()));
    };
    if subscription.gone {
        return Err(gone());
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let caller = vapid::check(text("authorization"), &app.url, now_ms / 1000)
        .map_err(|(status, why)| Refusal(status, why))?;
    if subscription.server_key.as_ref().is_some_and(|key| *key != caller.key) {
        let why = "The VAPID key is not the one of the subscription.";
        return Err(Refusal(StatusCode::FORBIDDEN, why.to_owned()));
    }
    let ttl: u64 =
        text("ttl").and_then(|ttl| ttl.parse().ok()).ok_or_else(|| bad("TTL is missing or no number."))?;
    let urgency = text("urgency").unwrap_or("normal");
    if !["very-low", "low", "normal", "high"].contains(&urgency) {
        return Err(bad(format!("Urgency {urgency:?} is unknown.")));
    }
    let topic = text("topic");
    let sound = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if topic.is_some_and(|topic| topic.is_empty() || topic.len() > 32 || !topic.chars().all(sound)) {
        return Err(bad("Topic is at most 32 characters of URL-safe base64."));
    }
    if text("content-encoding") != Some("aes128gcm") {
        return Err(bad("Content-Encoding is not aes128gcm."));
    }
    if body.len() > LARGEST {
        return Err(Refusal(StatusCode::PAYLOAD_TOO_LARGE, "The body is too large.".to_owned()));
    }
    // A real service cannot look inside; here a mistake is told at once.
    let plain = subscription.keys.open(body).map_err(bad)?;
    let plain = String::from_utf8_lossy(&plain).into_owned();
    service.taken += 1;
    let location = format!("{}/push/{id}/{}", app.url, service.taken);
    let meta = json!({
        "json": serde_json::from_str::<Value>(&plain).unwrap_or_default(),
        "ttl": ttl,
        "urgency": urgency,
        "topic": topic,
        "bytes": body.len(),
        "vapid": caller.claims,
        "vapid_key": caller.key,
        "location": location,
    });
    state.messages.add(Message { channel: "push", to: id.to_owned(), text: plain, at: now_ms, meta });
    Ok(location)
}
