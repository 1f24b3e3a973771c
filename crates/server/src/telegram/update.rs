//! What Telegram tells the bot, as far as the bot listens; everything else is `Other`.

use serde::Deserialize;
use serde_json::Value;

/// One update.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Update {
    /// Somebody wrote.
    Message {
        /// Where.
        chat: Chat,
        /// What.
        text: String,
    },
    /// Somebody pressed a button under one of our messages.
    Press {
        /// What the press is answered by.
        query: String,
        /// Where; `None` when the message is too old for Telegram to say.
        chat: Option<Chat>,
        /// The message.
        message: i64,
        /// Its text as it stands there, without its markup.
        text: String,
        /// What the button says to us.
        data: String,
        /// Who pressed.
        who: String,
    },
    /// The bot was let in or shut out.
    Membership {
        /// Where.
        chat: Chat,
        /// Whether it may write there now.
        member: bool,
    },
    /// A group became a supergroup and has another number.
    Moved {
        /// The number it had.
        from: i64,
        /// The number it has.
        to: i64,
    },
    /// Nothing that the bot listens to.
    Other,
}

/// A chat, as an update names it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Chat {
    /// Its number.
    pub id: i64,
    /// Whether others listen.
    pub group: bool,
    /// What people call it: the group's title, or the person's name. Plain text that somebody typed.
    pub name: String,
    /// Whether the person's Telegram speaks German.
    pub german: bool,
}

/// An update with its number; `None` when it has none.
#[must_use]
pub fn read(update: &Value) -> Option<(i64, Update)> {
    let id = update.get("update_id")?.as_i64()?;
    let wire = Wire::deserialize(update).unwrap_or_default();
    Some((id, wire.update().unwrap_or(Update::Other)))
}

#[derive(Default, Deserialize)]
struct Wire {
    message: Option<WireMessage>,
    callback_query: Option<WireQuery>,
    my_chat_member: Option<WireMember>,
}

#[derive(Deserialize)]
struct WireMessage {
    #[serde(default)]
    message_id: i64,
    chat: WireChat,
    from: Option<WireUser>,
    text: Option<String>,
    migrate_to_chat_id: Option<i64>,
}

#[derive(Deserialize)]
struct WireQuery {
    id: String,
    from: WireUser,
    message: Option<WireMessage>,
    data: Option<String>,
}

#[derive(Deserialize)]
struct WireMember {
    chat: WireChat,
    from: Option<WireUser>,
    new_chat_member: WireMembership,
}

#[derive(Deserialize)]
struct WireMembership {
    status: String,
    is_member: Option<bool>,
}

#[derive(Deserialize)]
struct WireChat {
    id: i64,
    #[serde(default, rename = "type")]
    kind: String,
    title: Option<String>,
    username: Option<String>,
    first_name: Option<String>,
}

#[derive(Deserialize)]
struct WireUser {
    username: Option<String>,
    first_name: Option<String>,
    language_code: Option<String>,
}

impl Wire {
    fn update(self) -> Option<Update> {
        if let Some(message) = self.message {
            if let Some(to) = message.migrate_to_chat_id {
                return Some(Update::Moved { from: message.chat.id, to });
            }
            return Some(Update::Message {
                chat: message.chat.read(message.from.as_ref()),
                text: message.text?,
            });
        }
        if let Some(press) = self.callback_query {
            let message = press.message;
            let (id, text) = message
                .as_ref()
                .map_or((0, ""), |known| (known.message_id, known.text.as_deref().unwrap_or("")));
            return Some(Update::Press {
                query: press.id,
                message: id,
                text: text.to_owned(),
                data: press.data?,
                who: press.from.name(),
                chat: message.map(|message| message.chat.read(Some(&press.from))),
            });
        }
        let member = self.my_chat_member?;
        let now = member.new_chat_member;
        let is_in = match now.status.as_str() {
            "left" | "kicked" => false,
            "restricted" => now.is_member.unwrap_or(false),
            _ => true,
        };
        Some(Update::Membership { chat: member.chat.read(member.from.as_ref()), member: is_in })
    }
}

impl WireChat {
    fn read(self, from: Option<&WireUser>) -> Chat {
        let own = user_name(self.username.as_deref(), self.first_name.as_deref());
        let name = self.title.or(own).or_else(|| from.map(WireUser::name)).unwrap_or_default();
        let language = from.and_then(|from| from.language_code.as_deref()).unwrap_or_default();
        Chat {
            id: self.id,
            group: !matches!(self.kind.as_str(), "" | "private"),
            name: one_line(&name),
            german: language.starts_with("de"),
        }
    }
}

impl WireUser {
    fn name(&self) -> String {
        user_name(self.username.as_deref(), self.first_name.as_deref())
            .map_or_else(String::new, |name| one_line(&name))
    }
}

fn user_name(username: Option<&str>, first: Option<&str>) -> Option<String> {
    username.map(|name| format!("@{name}")).or_else(|| first.map(str::to_owned))
}

/// A name as it may stand on a page: at most 64 characters, none that breaks the line or turns its direction.
fn one_line(name: &str) -> String {
    let plain = name
        .chars()
        .filter(|c| *c == ' ' || !c.is_whitespace() && domain::watch::name(&c.to_string()).is_ok());
    plain.take(64).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn update(body: Value) -> Update {
        let mut body = body;
        body["update_id"] = json!(7);
        let (id, update) = read(&body).unwrap();
        assert_eq!(id, 7);
        update
    }

    #[test]
    fn a_message_a_press_and_a_block_are_understood() {
        let private = json!({ "id": 42, "type": "private", "username": "ada", "first_name": "Ada" });
        let ada = json!({ "id": 42, "username": "ada", "first_name": "Ada", "language_code": "de-AT" });
        let chat = Chat { id: 42, group: false, name: "@ada".to_owned(), german: true };
        let message = json!({ "message_id": 3, "chat": private, "from": ada, "text": "/status" });
        assert_eq!(
            update(json!({ "message": message })),
            Update::Message { chat: chat.clone(), text: "/status".to_owned() }
        );
        let press = json!({ "id": "9", "from": ada, "message": message, "data": "m1:x" });
        let Update::Press { query, message: 3, data, chat: Some(there), who, .. } =
            update(json!({ "callback_query": press }))
        else {
            panic!()
        };
        assert_eq!((query.as_str(), data.as_str(), &there, who.as_str()), ("9", "m1:x", &chat, "@ada"));
        let member = |status: &str| {
            let body = json!({ "chat": private, "from": ada, "new_chat_member": { "status": status } });
            update(json!({ "my_chat_member": body }))
        };
        assert_eq!(member("kicked"), Update::Membership { chat: chat.clone(), member: false });
        assert_eq!(member("member"), Update::Membership { chat, member: true });
    }

    #[test]
    fn a_group_is_called_by_its_title_and_may_move() {
        let group = json!({ "id": -5, "type": "group", "title": "Cellar\n\u{202e}gang" });
        let said = update(json!({ "message": { "chat": group, "text": "x" } }));
        let Update::Message { chat, .. } = said else { panic!() };
        assert_eq!((chat.group, chat.name.as_str()), (true, "Cellargang"));
        let moved = json!({ "message": { "chat": group, "migrate_to_chat_id": -1007 } });
        assert_eq!(update(moved), Update::Moved { from: -5, to: -1007 });
    }

    #[test]
    fn what_nobody_listens_to_is_passed_over() {
        for body in [json!({}), json!({ "message": { "chat": { "id": 1 } } }), json!({ "message": 5 })] {
            assert_eq!(update(body), Update::Other);
        }
        assert_eq!(read(&json!({ "message": {} })), None);
    }
}
