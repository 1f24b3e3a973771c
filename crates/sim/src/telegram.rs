//! The Bot API under `/telegram/bot<token>/…`, with the JSON bodies of the real one.

mod bot;
mod delivering;
mod html;
mod keyboard;
mod polling;
mod sending;

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Path, Query, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Json, Response};
use axum::routing::any;
use serde_json::{Map, Value, json};

use crate::app::App;
use crate::faults::delivery::{Channel, Fault};

pub(crate) use bot::{Saying, Telegram};
pub(crate) use delivering::deliver;

/// The only token that is known; nothing outside a simulator takes it.
pub(crate) const TOKEN: &str = "110000001:a-simulated-bot-for-tests-and-demos";

/// Parameters of a call.
type Params = Map<String, Value>;

/// Why a call was refused.
#[derive(Debug, PartialEq, Eq)]
struct Failure {
    code: u16,
    description: String,
}

impl Failure {
    fn bad(description: impl AsRef<str>) -> Self {
        Self { code: 400, description: format!("Bad Request: {}", description.as_ref()) }
    }

    fn new(code: u16, description: &str) -> Self {
        Self { code, description: description.to_owned() }
    }
}

impl IntoResponse for Failure {
    fn into_response(self) -> Response {
        let Self { code, description } = self;
        let status = StatusCode::from_u16(code).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut body = json!({ "ok": false, "error_code": code, "description": description });
        if status != StatusCode::TOO_MANY_REQUESTS {
            return (status, Json(body)).into_response();
        }
        // The pause is short, so that a test need not wait.
        body["parameters"] = json!({ "retry_after": 2 });
        (status, [(header::RETRY_AFTER, "2")], Json(body)).into_response()
    }
}

/// The routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new().route("/telegram/{bot}/{method}", any(call))
}

async fn call(
    State(app): State<Arc<App>>,
    Path((bot, method)): Path<(String, String)>,
    Query(query): Query<Map<String, Value>>,
    body: Bytes,
) -> Response {
    if bot.strip_prefix("bot") != Some(TOKEN) {
        return Failure::new(401, "Unauthorized").into_response();
    }
    let mut params = query;
    if !body.is_empty() {
        match serde_json::from_slice::<Params>(&body) {
            Ok(given) => params.extend(given),
            Err(_) => return Failure::bad("can't parse request JSON object").into_response(),
        }
    }
    match answer(&app, &method, &params).await {
        Ok(result) => Json(json!({ "ok": true, "result": result })).into_response(),
        Err(failure) => failure.into_response(),
    }
}

async fn answer(app: &App, method: &str, params: &Params) -> Result<Value, Failure> {
    let way = app.way(Channel::Telegram);
    let sends = matches!(method, "sendMessage" | "editMessageText");
    if sends {
        way.delay().await;
    }
    match way.fault {
        Fault::TooMany => return Err(Failure::new(429, "Too Many Requests: retry after 2")),
        Fault::Broken => return Err(Failure::new(500, "Internal Server Error")),
        Fault::Blocked if sends => return Err(Failure::new(403, "Forbidden: bot was blocked by the user")),
        Fault::Hang => return std::future::pending().await,
        _ => {}
    }
    let done = match method {
        "getMe" => Ok(bot::me()),
        "getUpdates" => polling::get_updates(app, params).await,
        "setWebhook" => app.telegram(|bot, _| polling::set_webhook(bot, params)),
        "deleteWebhook" => app.telegram(|bot, _| Ok(polling::delete_webhook(bot, params))),
        "getWebhookInfo" => Ok(app.lock().telegram.webhook_info()),
        "sendMessage" => sending::send(app, params),
        "editMessageText" => sending::edit(app, params),
        "answerCallbackQuery" => sending::answer_query(app, params),
        "setMyCommands" => app.telegram(|bot, _| bot::set_commands(bot, params)),
        _ => Err(Failure::new(404, "Not Found")),
    };
    if sends && done.is_ok() {
        way.lose_answer().await;
    }
    done
}

/// A whole number, or its text.
fn integer(params: &Params, name: &str) -> Option<i64> {
    let value = params.get(name)?;
    value.as_i64().or_else(|| value.as_str()?.parse().ok())
}

/// A text; what is left out or null is empty.
fn text<'a>(params: &'a Params, name: &str) -> &'a str {
    params.get(name).and_then(Value::as_str).unwrap_or_default()
}
