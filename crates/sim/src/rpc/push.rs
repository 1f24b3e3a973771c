//! The push side of the RPC: one WebSocket connection and what it is told.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::extract::ws::{Message, WebSocket};
use axum::extract::{Path, State, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::Value;

use super::error::RpcError;
use super::result;
use super::subscription::{Change, Subscription};
use crate::app::App;
use crate::faults::{Place, WsFault};
use crate::ledger::Frame;

/// How often changes are looked for: a quarter of a slot.
const LOOK: Duration = Duration::from_millis(100);

type Upgrade = Result<WebSocketUpgrade, WebSocketUpgradeRejection>;

pub(crate) async fn first(State(app): State<Arc<App>>, upgrade: Upgrade) -> Response {
    open(app, Place::A, upgrade)
}

pub(crate) async fn named(
    State(app): State<Arc<App>>,
    Path(place): Path<String>,
    upgrade: Upgrade,
) -> Response {
    match Place::named(&place) {
        Some(place) => open(app, place, upgrade),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}

fn open(app: Arc<App>, place: Place, upgrade: Upgrade) -> Response {
    match upgrade {
        Ok(upgrade) => upgrade.on_upgrade(move |socket| Connection::open(app, place).run(socket)),
        Err(_) => {
            let why = "Used HTTP Method is not allowed. POST or OPTIONS is required\n";
            (StatusCode::METHOD_NOT_ALLOWED, why).into_response()
        }
    }
}

struct Connection {
    app: Arc<App>,
    place: Place,
    subscriptions: Vec<Subscription>,
    /// What was told last: confirmed, then finalized.
    seen: [Arc<Frame>; 2],
}

impl Connection {
    fn open(app: Arc<App>, place: Place) -> Self {
        let view = app.view(place);
        Self { app, place, subscriptions: Vec::new(), seen: [view.confirmed, view.finalized] }
    }

    async fn run(mut self, mut socket: WebSocket) {
        let mut looks = tokio::time::interval(LOOK);
        let stop = self.app.stop.clone();
        loop {
            let texts = tokio::select! {
                () = stop.cancelled() => return,
                _ = looks.tick() => match self.fault() {
                    // Dropped without a closing word.
                    WsFault::Drop => return,
                    WsFault::Silent => {
                        self.news();
                        Vec::new()
                    }
                    WsFault::Ok => self.news(),
                },
                message = socket.recv() => match message {
                    Some(Ok(Message::Text(text))) => vec![self.answer(text.as_bytes())],
                    Some(Ok(Message::Binary(bytes))) => vec![self.answer(&bytes)],
                    Some(Ok(Message::Ping(_) | Message::Pong(_))) => Vec::new(),
                    Some(Ok(Message::Close(_)) | Err(_)) | None => return,
                },
            };
            for text in texts {
                if socket.send(Message::Text(text.to_string().into())).await.is_err() {
                    return;
                }
            }
        }
    }

    fn fault(&self) -> WsFault {
        self.app.lock().faults.ws
    }

    fn answer(&mut self, text: &[u8]) -> Value {
        let Ok(call) = serde_json::from_slice::<Value>(text) else {
            return RpcError::parse().answer(&Value::Null);
        };
        let id = call.get("id").unwrap_or(&Value::Null);
        let Some(method) = call.get("method").and_then(Value::as_str) else {
            return RpcError::invalid_request().answer(id);
        };
        self.app.lock().requests.count_method(method);
        let params = call.get("params").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        match self.act(method, params) {
            Ok(value) => result(&value, id),
            Err(error) => error.answer(id),
        }
    }

    fn act(&mut self, method: &str, params: &[Value]) -> Result<Value, RpcError> {
        let mut made = match method {
            "accountSubscribe" => Subscription::to_account(params)?,
            "programSubscribe" => Subscription::to_program(params)?,
            "accountUnsubscribe" | "programUnsubscribe" => return self.unsubscribe(params),
            _ => return Err(RpcError::unknown_method()),
        };
        made.id = self.app.next_subscription();
        let id = made.id.into();
        self.subscriptions.push(made);
        Ok(id)
    }

    fn unsubscribe(&mut self, params: &[Value]) -> Result<Value, RpcError> {
        let id = params.first().and_then(Value::as_u64);
        let place = self.subscriptions.iter().position(|subscription| Some(subscription.id) == id);
        let place = place.ok_or_else(|| RpcError::params("Invalid subscription id."))?;
        self.subscriptions.remove(place);
        Ok(true.into())
    }

    /// What changed since the last look, for each subscription that cares.
    fn news(&mut self) -> Vec<Value> {
        let view = self.app.view(self.place);
        let mut texts = Vec::new();
        for finalized in [false, true] {
            let now = view.frame(finalized);
            let before = std::mem::replace(&mut self.seen[usize::from(finalized)], Arc::clone(now));
            if Arc::ptr_eq(&before, now) {
                continue;
            }
            let slot = self.app.clock.slot(view.at_ms).saturating_sub(if finalized { 32 } else { 0 });
            let changes = Change::between(&before, now);
            for subscription in self.subscriptions.iter().filter(|s| s.finalized() == finalized) {
                texts.extend(changes.iter().filter_map(|change| subscription.notification(change, slot)));
            }
        }
        texts
    }
}
