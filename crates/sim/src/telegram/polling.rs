//! How the bot gets its updates: the long poll, or a webhook in its place.

use std::time::Duration;

use axum::http::Uri;
use serde_json::{Value, json};

use super::bot::{Telegram, Webhook};
use super::{Failure, Params, integer, text};
use crate::app::App;

/// The longest poll.
const LONGEST: u64 = 50;

/// `getUpdates`: what comes before the offset is confirmed; waits while there is nothing.
pub(super) async fn get_updates(app: &App, params: &Params) -> Result<Value, Failure> {
    let wait = integer(params, "timeout").and_then(|wait| u64::try_from(wait).ok()).unwrap_or(0).min(LONGEST);
    let mine = app.telegram(|bot, _| begin(bot, params))?;
    let found = async {
        loop {
            let bell = app.bell.notified();
            tokio::pin!(bell);
            bell.as_mut().enable();
            if let Some(answer) = look(&app.lock().telegram, mine, params) {
                return answer;
            }
            bell.await;
        }
    };
    let poll = async { tokio::time::timeout(Duration::from_secs(wait), found).await };
    match poll.await {
        Ok(answer) => answer,
        Err(_) => Ok(json!([])),
    }
}

fn begin(bot: &mut Telegram, params: &Params) -> Result<u64, Failure> {
    if bot.webhook.is_some() {
        return Err(Failure::new(
            409,
            "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first",
        ));
    }
    allow(bot, params);
    let offset = integer(params, "offset").unwrap_or(0);
    if offset < 0 {
        let keep = usize::try_from(offset.unsigned_abs()).unwrap_or(usize::MAX);
        let surplus = bot.updates.len().saturating_sub(keep);
        bot.updates.drain(..surplus);
    }
    bot.updates.retain(|(id, _)| *id >= offset);
    bot.poll += 1;
    Ok(bot.poll)
}

fn look(bot: &Telegram, mine: u64, params: &Params) -> Option<Result<Value, Failure>> {
    if bot.poll != mine {
        return Some(Err(Failure::new(
            409,
            "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running",
        )));
    }
    if bot.webhook.is_some() {
        return Some(Err(Failure::new(409, "Conflict: terminated by setWebhook request")));
    }
    let most =
        integer(params, "limit").and_then(|most| usize::try_from(most).ok()).unwrap_or(100).clamp(1, 100);
    let all: Vec<&Value> = bot.updates.iter().map(|(_, update)| update).take(most).collect();
    (!all.is_empty()).then(|| Ok(json!(all)))
}

fn allow(bot: &mut Telegram, params: &Params) {
    if let Some(kinds) = params.get("allowed_updates").and_then(Value::as_array) {
        bot.allowed = kinds.iter().filter_map(|kind| kind.as_str().map(str::to_owned)).collect();
    }
}

/// `setWebhook`; plain http is taken for this machine alone.
pub(super) fn set_webhook(bot: &mut Telegram, params: &Params) -> Result<Value, Failure> {
    let url = text(params, "url");
    if url.is_empty() {
        return Ok(delete_webhook(bot, params));
    }
    let uri: Uri = url.parse().map_err(|_| Failure::bad("bad webhook: invalid webhook URL specified"))?;
    let here = uri.host().is_some_and(|host| host == "127.0.0.1" || host == "localhost");
    if uri.scheme_str() != Some("https") && !here {
        return Err(Failure::bad("bad webhook: An HTTPS URL must be provided for webhook"));
    }
    let secret = text(params, "secret_token");
    let sound = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
    if secret.len() > 256 || !secret.chars().all(sound) {
        return Err(Failure::bad("secret token contains unallowed characters"));
    }
    allow(bot, params);
    drop_pending(bot, params);
    let secret = (!secret.is_empty()).then(|| secret.to_owned());
    bot.webhook = Some(Webhook { url: url.to_owned(), secret, error: None });
    Ok(Value::Bool(true))
}

/// `deleteWebhook`.
pub(super) fn delete_webhook(bot: &mut Telegram, params: &Params) -> Value {
    drop_pending(bot, params);
    bot.webhook = None;
    Value::Bool(true)
}

fn drop_pending(bot: &mut Telegram, params: &Params) {
    if params.get("drop_pending_updates").and_then(Value::as_bool) == Some(true) {
        bot.updates.clear();
    }
}
