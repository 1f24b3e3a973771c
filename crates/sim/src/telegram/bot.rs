//! What Telegram's servers keep for the bot: chats and their messages, waiting updates, the webhook.

use std::collections::{BTreeMap, VecDeque};

use serde_json::{Value, json};

use super::{Failure, Params};

/// All that is kept.
#[derive(Debug, Default)]
pub(crate) struct Telegram {
    chats: BTreeMap<i64, Chat>,
    /// Updates that the bot has not confirmed, each with its id.
    pub(super) updates: VecDeque<(i64, Value)>,
    last_update: i64,
    /// Kinds of updates that the bot wants; empty: all.
    pub(super) allowed: Vec<String>,
    pub(super) webhook: Option<Webhook>,
    commands: Value,
    /// Presses that are not answered yet: chat and message of each.
    pub(super) queries: BTreeMap<String, (i64, i64)>,
    last_query: u64,
    /// The newest call of `getUpdates`; an older one ends with a conflict.
    pub(super) poll: u64,
    /// Where an https webhook is really reached, `http://HOST:PORT`.
    pub(crate) reach: Option<String>,
}

/// A private chat, or a group where the id is negative.
#[derive(Debug, Default)]
pub(super) struct Chat {
    pub(super) blocked: bool,
    username: Option<String>,
    last_message: i64,
    /// What the bot wrote.
    pub(super) posts: BTreeMap<i64, Post>,
}

/// A message of the bot.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Post {
    /// As it was sent.
    pub(super) html: String,
    /// As it is read.
    pub(super) text: String,
    /// `reply_markup`, or null.
    pub(super) keyboard: Value,
}

/// Where updates are sent instead of being fetched.
#[derive(Clone, Debug)]
pub(super) struct Webhook {
    pub(super) url: String,
    pub(super) secret: Option<String>,
    /// Unix seconds and words of the last failure.
    pub(super) error: Option<(i64, String)>,
}

/// What a person does: writes, or presses a button of the bot's.
#[derive(Debug)]
pub(crate) struct Saying {
    pub(crate) chat: i64,
    pub(crate) username: Option<String>,
    pub(crate) language: Option<String>,
    /// Unix milliseconds.
    pub(crate) now_ms: i64,
}

/// `getMe`.
pub(super) fn me() -> Value {
    json!({
        "id": 110_000_001,
        "is_bot": true,
        "first_name": "Wakeful (simulated)",
        "username": "wakeful_sim_bot",
        "can_join_groups": true,
        "can_read_all_group_messages": false,
        "supports_inline_queries": false,
    })
}

/// `setMyCommands`: the list is kept when every entry is sound.
pub(super) fn set_commands(bot: &mut Telegram, params: &Params) -> Result<Value, Failure> {
    let Some(commands) = params.get("commands").and_then(Value::as_array) else {
        return Err(Failure::bad("parameter \"commands\" is required"));
    };
    for entry in commands {
        let name = entry["command"].as_str().unwrap_or_default();
        let sound = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || name.len() > 32 || !name.chars().all(sound) {
            return Err(Failure::bad("BOT_COMMAND_INVALID"));
        }
        if !(1..=256).contains(&entry["description"].as_str().unwrap_or_default().chars().count()) {
            return Err(Failure::bad("BOT_COMMAND_DESCRIPTION_INVALID"));
        }
    }
    bot.commands = Value::Array(commands.clone());
    Ok(Value::Bool(true))
}

impl Telegram {
    /// The chat with this id; it is there as soon as somebody names it.
    pub(super) fn chat(&mut self, id: i64) -> &mut Chat {
        self.chats.entry(id).or_default()
    }

    /// A person writes; answers the message's id.
    pub(crate) fn say(&mut self, who: &Saying, text: &str) -> i64 {
        let chat = self.chat(who.chat);
        // Whoever writes to a bot has unblocked it.
        chat.blocked = false;
        chat.username.clone_from(&who.username);
        chat.last_message += 1;
        let id = chat.last_message;
        let mut message = self.message(who.chat, id, text, who.now_ms);
        message["from"] = from(who);
        if text.starts_with('/') {
            let command = text.split_whitespace().next().unwrap_or(text);
            let length = command.encode_utf16().count();
            message["entities"] = json!([{ "offset": 0, "length": length, "type": "bot_command" }]);
        }
        self.update("message", &message);
        id
    }

    /// A person presses a button; without a message's number the newest message that has it.
    pub(crate) fn press(&mut self, who: &Saying, message: Option<i64>, data: &str) -> Result<String, String> {
        let chat = self.chat(who.chat);
        let mut posts = chat.posts.iter().rev();
        let found = posts.find(|(id, post)| {
            message.is_none_or(|wanted| wanted == **id) && super::keyboard::has(&post.keyboard, data)
        });
        let Some((id, post)) = found else { return Err(format!("No message has a button {data:?}.")) };
        let (id, post) = (*id, post.clone());
        self.last_query += 1;
        let query = format!("{}", 4_000_000_000_000_000_u64 + self.last_query);
        self.queries.insert(query.clone(), (who.chat, id));
        let mut message = self.message(who.chat, id, &post.text, who.now_ms);
        message["from"] = me();
        message["reply_markup"] = post.keyboard;
        let pressed = json!({
            "id": query,
            "from": from(who),
            "message": message,
            "chat_instance": format!("{}", who.chat.unsigned_abs()),
            "data": data,
        });
        self.update("callback_query", &pressed);
        Ok(query)
    }

    /// Whether the person of a chat has blocked the bot.
    pub(crate) fn block(&mut self, chat: i64, blocked: bool) {
        self.chat(chat).blocked = blocked;
    }

    /// Adds what the bot wrote; answers its number.
    pub(super) fn post(&mut self, chat: i64, post: Post) -> i64 {
        let chat = self.chat(chat);
        chat.last_message += 1;
        chat.posts.insert(chat.last_message, post);
        chat.last_message
    }

    /// A message as updates and answers show it.
    pub(super) fn message(&mut self, chat: i64, id: i64, text: &str, now_ms: i64) -> Value {
        let username = self.chat(chat).username.clone();
        let place = if chat < 0 {
            json!({ "id": chat, "type": "group", "title": "A group" })
        } else {
            json!({ "id": chat, "type": "private", "first_name": name(username.as_deref()), "username": username })
        };
        json!({ "message_id": id, "date": now_ms / 1000, "chat": place, "text": text })
    }

    fn update(&mut self, kind: &str, body: &Value) {
        if !self.allowed.is_empty() && !self.allowed.iter().any(|allowed| allowed == kind) {
            return;
        }
        self.last_update += 1;
        let id = 700_000_000 + self.last_update;
        self.updates.push_back((id, json!({ "update_id": id, kind: body })));
    }

    /// `getWebhookInfo`.
    pub(super) fn webhook_info(&self) -> Value {
        let hook = self.webhook.as_ref();
        let mut info = json!({
            "url": hook.map_or("", |hook| hook.url.as_str()),
            "has_custom_certificate": false,
            "pending_update_count": self.updates.len(),
        });
        if let Some((at, why)) = hook.and_then(|hook| hook.error.as_ref()) {
            info["last_error_date"] = json!(at);
            info["last_error_message"] = json!(why);
        }
        info
    }

    /// What tests and curious people look at.
    pub(crate) fn show(&self) -> Value {
        let chats = self
            .chats
            .iter()
            .map(|(id, chat)| json!({ "id": id, "username": chat.username, "blocked": chat.blocked }));
        json!({
            "bot": "wakeful_sim_bot",
            "chats": chats.collect::<Vec<_>>(),
            "commands": self.commands,
            "webhook": self.webhook_info(),
        })
    }
}

fn name(username: Option<&str>) -> &str {
    username.unwrap_or("Somebody")
}

fn from(who: &Saying) -> Value {
    json!({
        "id": who.chat.unsigned_abs(),
        "is_bot": false,
        "first_name": name(who.username.as_deref()),
        "username": who.username,
        "language_code": who.language,
    })
}
