//! `/sim/telegram/…`: a person writes, presses a button, blocks the bot.

use std::sync::Arc;

use axum::body::Bytes;
use axum::extract::State;
use axum::response::Json;
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Rejected, read};
use crate::app::App;
use crate::telegram::Saying;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Say {
    chat_id: i64,
    username: Option<String>,
    language: Option<String>,
    text: Option<String>,
    /// The `callback_data` of a button that the bot sent.
    press: Option<String>,
    /// Whose button; else the newest message that has it.
    message_id: Option<i64>,
}

/// Writes `text`, or presses a button.
pub(crate) async fn say(State(app): State<Arc<App>>, body: Bytes) -> Result<Json<Value>, Rejected> {
    let said: Say = read(&body)?;
    let (chat, username, language) = (said.chat_id, said.username, said.language);
    let done = app.telegram(|bot, now_ms| {
        let who = Saying { chat, username, language, now_ms };
        match (said.text, said.press) {
            (Some(text), None) => Ok(json!({ "message_id": bot.say(&who, &text) })),
            (None, Some(data)) => {
                bot.press(&who, said.message_id, &data).map(|query| json!({ "callback_query_id": query }))
            }
            _ => Err("A person either says `text` or presses `press`.".to_owned()),
        }
    });
    done.map(Json).map_err(Rejected::Bad)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Block {
    chat_id: i64,
    blocked: bool,
}

/// Blocks the bot, or takes that back; writing to it takes it back as well.
pub(crate) async fn block(State(app): State<Arc<App>>, body: Bytes) -> Result<Json<Value>, Rejected> {
    let Block { chat_id, blocked } = read(&body)?;
    app.telegram(|bot, _| bot.block(chat_id, blocked));
    Ok(show(State(app)).await)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reach {
    /// `http://HOST:PORT`, or null: as the webhook's URL says.
    origin: Option<String>,
}

/// An https webhook is reached at this origin instead, without TLS.
pub(crate) async fn reach(State(app): State<Arc<App>>, body: Bytes) -> Result<Json<Value>, Rejected> {
    let Reach { origin } = read(&body)?;
    app.telegram(|bot, _| bot.reach = origin);
    Ok(show(State(app)).await)
}

/// Chats, commands and the webhook.
pub(crate) async fn show(State(app): State<Arc<App>>) -> Json<Value> {
    Json(app.lock().telegram.show())
}
