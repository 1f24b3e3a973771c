//! The Bot API of Telegram, the few calls of it that we make (<https://core.telegram.org/bots/api>).

mod failure;
mod keyboard;
mod markup;

use std::{fmt, time::Duration};

use domain::alert::{
    outcome::{Answer, Outcome},
    words::Words,
};
use reqwest::Client;
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use url::Url;

use crate::exchange::{Answered, Exchange, PATIENCE, exchange};
pub use failure::Failure;
pub use keyboard::{Button, Keyboard, alert_keyboard};
pub use markup::{LONGEST, escape, html};

/// The public Bot API.
pub const PUBLIC_API: &str = "https://api.telegram.org";

/// A hundred updates, each with a text of 4,096 characters and what surrounds it.
const MOST: usize = 4 << 20;

/// What the bot wants to be told: what people write, what they press, and that it was let in or shut out.
const UPDATES: [&str; 3] = ["message", "callback_query", "my_chat_member"];

/// A bot, by its token. Prints without it.
#[derive(Clone)]
pub struct Bot {
    client: Client,
    base: String,
    token: String,
    patience: Duration,
}

/// Who a bot is.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq)]
pub struct Me {
    /// Its number.
    pub id: i64,
    /// Its name, without the `@`.
    pub username: String,
}

/// The shape of every answer.
#[derive(Deserialize)]
struct Envelope<T> {
    result: Option<T>,
}

#[derive(Deserialize)]
struct Sent {
    message_id: i64,
}

impl Bot {
    /// A bot at an API: the public one, or the operator's own.
    #[must_use]
    pub fn new(token: &str, api: &Url, client: Client) -> Self {
        Self {
            client,
            base: api.as_str().trim_end_matches('/').to_owned(),
            token: token.to_owned(),
            patience: PATIENCE,
        }
    }

    /// The same with another patience: from the request to the last byte of the answer.
    #[must_use]
    pub fn patient(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Whose token it is.
    ///
    /// # Errors
    /// See [`Failure`]; so everywhere.
    pub async fn get_me(&self) -> Result<Me, Failure> {
        self.call("getMe", &json!({}), Duration::ZERO).await
    }

    /// The updates from the number `offset` on, which confirms those before it; waits up to `wait` for the first one.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn get_updates(&self, offset: i64, wait: Duration) -> Result<Vec<Value>, Failure> {
        let body = json!({ "offset": offset, "timeout": wait.as_secs(), "allowed_updates": UPDATES });
        self.call("getUpdates", &body, wait).await
    }

    /// Has updates delivered to `url`, each with `secret` in `X-Telegram-Bot-Api-Secret-Token`.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn set_webhook(&self, url: &str, secret: &str) -> Result<(), Failure> {
        let body = json!({ "url": url, "secret_token": secret, "allowed_updates": UPDATES });
        self.call::<Value>("setWebhook", &body, Duration::ZERO).await.map(drop)
    }

    /// Has updates kept until they are asked for.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn delete_webhook(&self) -> Result<(), Failure> {
        self.call::<Value>("deleteWebhook", &json!({}), Duration::ZERO).await.map(drop)
    }

    /// Writes to a chat, in Telegram's HTML; the number of the message.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn send_message(
        &self,
        chat: i64,
        html: &str,
        keyboard: Option<&Keyboard>,
    ) -> Result<i64, Failure> {
        let body = message(json!({ "chat_id": chat }), html, keyboard);
        self.call("sendMessage", &body, Duration::ZERO).await.map(|sent: Sent| sent.message_id)
    }

    /// Writes a message anew. That it stands there already as wished is no failure.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn edit_message_text(
        &self,
        chat: i64,
        message_id: i64,
        html: &str,
        keyboard: Option<&Keyboard>,
    ) -> Result<(), Failure> {
        let body = message(json!({ "chat_id": chat, "message_id": message_id }), html, keyboard);
        match self.call::<Value>("editMessageText", &body, Duration::ZERO).await {
            Err(failure) if failure.detail.contains("message is not modified") => Ok(()),
            result => result.map(drop),
        }
    }

    /// Answers the press of a button with a few plain words.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn answer_callback_query(&self, query: &str, text: &str) -> Result<(), Failure> {
        let body = json!({ "callback_query_id": query, "text": text });
        self.call::<Value>("answerCallbackQuery", &body, Duration::ZERO).await.map(drop)
    }

    /// Names the commands that people are offered: word and description; in one language, or for every other one.
    ///
    /// # Errors
    /// See [`Failure`].
    pub async fn set_my_commands(
        &self,
        commands: &[(&str, &str)],
        language: Option<&str>,
    ) -> Result<(), Failure> {
        let commands = commands
            .iter()
            .map(|(command, description)| json!({ "command": command, "description": description }));
        let mut body = json!({ "commands": commands.collect::<Vec<_>>() });
        if let Some(language) = language {
            body["language_code"] = language.into();
        }
        self.call::<Value>("setMyCommands", &body, Duration::ZERO).await.map(drop)
    }

    /// Sends an alert to a chat; `page` is where the app can be opened, `message_id` what *I have seen it* is about.
    pub async fn send(&self, chat: i64, message_id: &str, words: &Words, page: Option<&Url>) -> Answer {
        let link = page.and_then(|page| page.join(&words.path).ok());
        let keyboard = alert_keyboard(words, message_id);
        let body = message(json!({ "chat_id": chat }), &html(words, link.as_ref()), keyboard.as_ref());
        let exchange = self.exchange("sendMessage", &body, Duration::ZERO).await;
        exchange.into_answer(|answered| failure::judge(answered, accepted), &[&self.token])
    }

    async fn exchange(&self, method: &str, body: &Value, wait: Duration) -> Exchange {
        let url = format!("{}/bot{}/{method}", self.base, self.token);
        exchange(self.client.post(url).json(body), self.patience + wait, MOST).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: &str,
        body: &Value,
        wait: Duration,
    ) -> Result<T, Failure> {
        let result = match self.exchange(method, body, wait).await {
            Exchange::Answered(answered) if answered.status == 200 => {
                return serde_json::from_slice::<Envelope<T>>(&answered.body)
                    .ok()
                    .and_then(|envelope| envelope.result)
                    .ok_or_else(|| Failure::garbage(answered.status));
            }
            other => other.into_answer(|answered| failure::judge(answered, accepted), &[&self.token]),
        };
        Err(result.into())
    }
}

fn accepted(answered: &Answered) -> Outcome {
    let sent = serde_json::from_slice::<Envelope<Sent>>(&answered.body).ok();
    let id = sent.and_then(|envelope| envelope.result).map(|sent| sent.message_id.to_string());
    Outcome::Accepted { id }
}

fn message(mut body: Value, html: &str, keyboard: Option<&Keyboard>) -> Value {
    body["text"] = html.into();
    body["parse_mode"] = "HTML".into();
    body["link_preview_options"] = json!({ "is_disabled": true });
    if let Some(keyboard) = keyboard {
        body["reply_markup"] = keyboard.to_json();
    }
    body
}

impl fmt::Debug for Bot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Bot").field("base", &self.base).finish_non_exhaustive()
    }
}
