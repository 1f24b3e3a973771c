//! What the bot sends: messages, edits of them, answers to pressed buttons.

use serde_json::{Value, json};

use super::bot::Post;
use super::html::{self, Read};
use super::{Failure, Params, integer, keyboard, text};
use crate::app::App;
use crate::messages::Message;

/// The most UTF-16 units of a message as it is read.
const LONGEST: usize = 4096;

/// A message's text as it is read, checked.
fn body(params: &Params) -> Result<Read, Failure> {
    let raw = text(params, "text");
    let read = match text(params, "parse_mode") {
        "" => Read { text: raw.trim().to_owned(), links: Vec::new() },
        mode if mode.eq_ignore_ascii_case("html") => {
            html::read(raw).map_err(|why| Failure::bad(format!("can't parse entities: {why}")))?
        }
        _ => return Err(Failure::bad("unsupported parse_mode")),
    };
    if read.text.is_empty() {
        return Err(Failure::bad("message text is empty"));
    }
    if read.text.encode_utf16().count() > LONGEST {
        return Err(Failure::bad("message is too long"));
    }
    Ok(read)
}

/// `sendMessage`.
pub(super) fn send(app: &App, params: &Params) -> Result<Value, Failure> {
    let chat = integer(params, "chat_id").ok_or_else(|| Failure::bad("chat_id is empty"))?;
    let read = body(params)?;
    let keyboard = keyboard::read(params)?;
    let now_ms = app.clock.now_ms();
    let mut state = app.lock();
    if state.telegram.chat(chat).blocked {
        return Err(Failure::new(403, "Forbidden: bot was blocked by the user"));
    }
    let html = text(params, "text").to_owned();
    let post = Post { html: html.clone(), text: read.text.clone(), keyboard: keyboard.clone() };
    let id = state.telegram.post(chat, post);
    let meta = json!({
        "message_id": id,
        "html": html,
        "links": read.links,
        "keyboard": keyboard,
        "silent": params.get("disable_notification").and_then(Value::as_bool).unwrap_or(false),
        "edits": 0,
        "answers": [],
    });
    let mut told = state.telegram.message(chat, id, &read.text, now_ms);
    told["from"] = super::bot::me();
    state.messages.add(Message {
        channel: "telegram",
        to: chat.to_string(),
        text: read.text,
        at: now_ms,
        meta,
    });
    Ok(told)
}

/// `editMessageText`.
pub(super) fn edit(app: &App, params: &Params) -> Result<Value, Failure> {
    let chat = integer(params, "chat_id").ok_or_else(|| Failure::bad("chat_id is empty"))?;
    let id =
        integer(params, "message_id").ok_or_else(|| Failure::bad("message identifier is not specified"))?;
    let read = body(params)?;
    let keyboard = keyboard::read(params)?;
    let now_ms = app.clock.now_ms();
    let mut state = app.lock();
    let Some(post) = state.telegram.chat(chat).posts.get_mut(&id) else {
        return Err(Failure::bad("message to edit not found"));
    };
    let html = text(params, "text").to_owned();
    let new = Post { html: html.clone(), text: read.text.clone(), keyboard: keyboard.clone() };
    if *post == new {
        return Err(Failure::bad(
            "message is not modified: specified new message content and reply markup are exactly the same as a \
             current content and reply markup of the message",
        ));
    }
    *post = new;
    if let Some(message) = state.messages.of_chat(chat, id) {
        message.text.clone_from(&read.text);
        message.meta["html"] = json!(html);
        message.meta["keyboard"] = keyboard;
        message.meta["edits"] = json!(message.meta["edits"].as_u64().unwrap_or(0) + 1);
    }
    let mut told = state.telegram.message(chat, id, &read.text, now_ms);
    told["from"] = super::bot::me();
    told["edit_date"] = json!(now_ms / 1000);
    Ok(told)
}

/// `answerCallbackQuery`: each press is answered once.
pub(super) fn answer_query(app: &App, params: &Params) -> Result<Value, Failure> {
    let mut state = app.lock();
    let Some((chat, id)) = state.telegram.queries.remove(text(params, "callback_query_id")) else {
        return Err(Failure::bad("query is too old and response timeout expired or query ID is invalid"));
    };
    if let Some(answers) =
        state.messages.of_chat(chat, id).and_then(|message| message.meta["answers"].as_array_mut())
    {
        answers.push(json!(text(params, "text")));
    }
    Ok(Value::Bool(true))
}
