//! Telegram: a code that links a chat, the chats that are linked, and the address that Telegram may deliver to.

use std::time::Duration;

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use domain::destination::Channel;
use serde::Serialize;
use serde_json::Value;
use store::Destination;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use super::{
    destination::Pause,
    destinations::has_room,
    error::{ApiError, Problem},
    json::Body,
    query::Segment,
    signed_in::{OwnSession, SignedIn},
    time::rfc3339,
};
use crate::{
    app::App,
    telegram::{self, command::CODE_LENGTH},
};

/// How long a code links a chat.
const CODE_LIFE: Duration = Duration::from_secs(600);

/// The bot, and the chats that are linked.
#[derive(Debug, Serialize, ToSchema)]
pub struct TelegramBody {
    /// The bot's user name without the @; `null` while it is not configured or did not answer yet.
    pub bot: Option<String>,
    /// In the order in which they were linked.
    pub links: Vec<TelegramChat>,
}

/// A linked chat.
#[derive(Debug, Serialize, ToSchema)]
pub struct TelegramChat {
    /// Its id as a destination.
    pub id: String,
    /// The chat's name, or what the person calls it.
    pub name: String,
    /// When it was linked.
    pub linked_at: String,
    /// Since when and why nothing is sent there; `null` = it is told.
    pub paused: Option<Pause>,
}

/// A code that links one chat, once.
#[derive(Debug, Serialize, ToSchema)]
pub struct TelegramLink {
    /// To be sent to the bot as `/start CODE`.
    pub code: String,
    /// Opens Telegram with the bot and the code; `null` while the bot has not said its name.
    pub deep_link: Option<String>,
    /// Until when it is good: ten minutes.
    pub expires_at: String,
}

/// The bot, and the chats that are linked.
#[utoipa::path(get, path = "/api/telegram", operation_id = "telegram", tag = "alerts", security(("cookie" = [])),
    responses((status = 200, body = TelegramBody), (status = 401, body = Problem)))]
pub async fn list(State(app): State<App>, who: SignedIn) -> Result<Json<TelegramBody>, ApiError> {
    let destinations = app.store.read().await?.destinations(&who.space).await?;
    let chats = destinations.into_iter().filter(is_chat).map(|chat| TelegramChat {
        id: chat.id,
        name: chat.name,
        linked_at: rfc3339(chat.created),
        paused: chat.paused.map(|(since, why)| Pause { since: rfc3339(since), why }),
    });
    Ok(Json(TelegramBody { bot: app.telegram.me().map(|me| me.name), links: chats.collect() }))
}

fn is_chat(destination: &Destination) -> bool {
    destination.place.channel() == Channel::Telegram
}

/// Makes a code that links one chat within ten minutes. The account's code before it is void.
#[utoipa::path(post, path = "/api/telegram/link", tag = "alerts", security(("cookie" = [])),
    responses((status = 201, body = TelegramLink), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn link(
    State(app): State<App>,
    own: OwnSession,
) -> Result<(StatusCode, Json<TelegramLink>), ApiError> {
    let space = own.signed.space.clone().ok_or(ApiError::Forbidden)?;
    if app.config.telegram.is_none() {
        return Err(ApiError::TelegramOff);
    }
    let code = app.entropy.base32::<CODE_LENGTH>();
    let now = app.clock.now();
    let expires = now.plus(CODE_LIFE);
    let asked = store::TelegramLink { space, account: own.account.id };
    let mut tx = app.store.write().await?;
    has_room(&mut tx, &asked.space).await?;
    tx.add_telegram_link(&telegram::code_hash(&app, &code), &asked, expires, now).await?;
    tx.commit().await?;
    let deep_link = app.telegram.me().map(|me| format!("https://t.me/{}?start={code}", me.name));
    Ok((StatusCode::CREATED, Json(TelegramLink { code, deep_link, expires_at: rfc3339(expires) })))
}

/// Unlinks a chat: it hears nothing more.
#[utoipa::path(delete, path = "/api/telegram/{id}", operation_id = "unlink_telegram", tag = "alerts",
    security(("cookie" = [])),
    params(("id" = String, Path, description = "The chat's id as a destination")),
    responses((status = 204, description = "It hears nothing more"), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub async fn unlink(
    State(app): State<App>,
    who: SignedIn,
    Segment(id): Segment,
) -> Result<StatusCode, ApiError> {
    let mut tx = app.store.write().await?;
    tx.destination(&id).await?.filter(is_chat).ok_or(ApiError::NotFound)?;
    if !tx.remove_destination(&who.space, &id).await? {
        return Err(ApiError::NotFound);
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Where Telegram delivers, when it is told to (`WAKEFUL_TELEGRAM_WEBHOOK`). It shows the secret that it was given.
#[utoipa::path(post, path = "/api/telegram/webhook", tag = "alerts", request_body = Value,
    responses((status = 200, description = "Handled"), (status = 404, body = Problem),
        (status = 503, body = Problem, description = "Not handled: to be brought again")))]
pub async fn receive(
    State(app): State<App>,
    headers: HeaderMap,
    Body(update): Body<Value>,
) -> Result<StatusCode, ApiError> {
    let is_wanted = app.config.telegram.as_ref().is_some_and(|telegram| telegram.webhook);
    let shown = headers.get("x-telegram-bot-api-secret-token").map_or(&b""[..], |value| value.as_bytes());
    // Whoever does not know the secret learns not even that this exists.
    if !is_wanted || !bool::from(shown.ct_eq(telegram::webhook_secret(&app).as_bytes())) {
        return Err(ApiError::NotFound);
    }
    if app.telegram.deliver(update).await { Ok(StatusCode::OK) } else { Err(ApiError::Undecided) }
}
