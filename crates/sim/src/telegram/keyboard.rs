//! `reply_markup`: the buttons under a message and what the Bot API refuses about them.

use axum::http::Uri;
use serde_json::Value;

use super::{Failure, Params};

/// The most bytes of a button's `callback_data`.
const DATA: usize = 64;

/// The keyboard of a call, or null.
pub(super) fn read(params: &Params) -> Result<Value, Failure> {
    let Some(markup) = params.get("reply_markup").filter(|markup| !markup.is_null()) else {
        return Ok(Value::Null);
    };
    // Clients that send forms put JSON into a text.
    let markup = match markup.as_str() {
        Some(text) => serde_json::from_str(text).map_err(|_| wrong())?,
        None => markup.clone(),
    };
    let rows = markup["inline_keyboard"].as_array().ok_or_else(wrong)?;
    for button in rows.iter().flat_map(|row| row.as_array().into_iter().flatten()) {
        check(button)?;
    }
    Ok(markup)
}

fn wrong() -> Failure {
    Failure::bad("object expected as reply markup")
}

fn check(button: &Value) -> Result<(), Failure> {
    if button["text"].as_str().is_none_or(|text| text.trim().is_empty()) {
        return Err(Failure::bad("inline keyboard button text must be non-empty"));
    }
    if let Some(data) = button["callback_data"].as_str() {
        return if (1..=DATA).contains(&data.len()) {
            Ok(())
        } else {
            Err(Failure::bad("BUTTON_DATA_INVALID"))
        };
    }
    let Some(url) = button["url"].as_str() else {
        return Err(Failure::bad("text buttons are unallowed in the inline keyboard"));
    };
    // A name without a dot is refused: a button to http://localhost makes the whole message fail.
    let host = url.parse::<Uri>().ok().and_then(|uri| uri.host().map(str::to_owned));
    if url.starts_with("tg://") || host.is_some_and(|host| host.contains('.')) {
        return Ok(());
    }
    Err(Failure::bad(format!("inline keyboard button URL '{url}' is invalid: Wrong HTTP URL")))
}

/// Whether a keyboard has a button with this `callback_data`.
pub(super) fn has(keyboard: &Value, data: &str) -> bool {
    let rows = keyboard["inline_keyboard"].as_array();
    let mut buttons = rows.into_iter().flatten().flat_map(|row| row.as_array().into_iter().flatten());
    buttons.any(|button| button["callback_data"] == data)
}
