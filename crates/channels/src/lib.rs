//! Sends words, and says what the provider answered. A channel tries once: it never retries, reads no clock and no
//! database.

pub mod email;
mod exchange;
pub mod push;
mod random;
mod said;
pub mod telegram;
pub mod webhook;

use domain::{
    alert::{
        outcome::{Answer, Outcome},
        words::Words,
    },
    destination::{Channel, Place},
    time::Timestamp,
};
use url::Url;

use self::{email::Mail, push::Push, telegram::Bot, webhook::Webhook};
pub use random::Random;

/// Every channel that the operator configured.
#[derive(Clone, Debug)]
pub struct Channels {
    /// Where the app can be opened, for links; `None`: messages carry none.
    pub page: Option<Url>,
    /// The bot of Telegram.
    pub telegram: Option<Bot>,
    /// The way to mailboxes.
    pub email: Option<Mail>,
    /// The way to browsers.
    pub push: Push,
    /// The way to people's own servers.
    pub webhook: Webhook,
}

impl Channels {
    /// The channels that can be used, in the order in which they are offered.
    #[must_use]
    pub fn offers(&self) -> Vec<Channel> {
        let can = |channel: &Channel| match channel {
            Channel::Telegram => self.telegram.is_some(),
            Channel::Email => self.email.is_some(),
            Channel::Push | Channel::Webhook => true,
        };
        Channel::ALL.into_iter().filter(can).collect()
    }

    /// Tries once to send a message, within half a minute. The id is told to every provider that folds copies by one.
    pub async fn send(&self, place: &Place, message_id: &str, words: &Words, now: Timestamp) -> Answer {
        let page = self.page.as_ref();
        match place {
            Place::Telegram { chat } => match &self.telegram {
                Some(bot) => bot.send(*chat, message_id, words, page).await,
                None => off(),
            },
            Place::Email { to } => match &self.email {
                Some(mail) => mail.send(to, message_id, words, page, now).await,
                None => off(),
            },
            Place::Push { endpoint, p256dh, auth } => {
                self.push.send((endpoint, p256dh, auth), message_id, words, now).await
            }
            Place::Webhook { url, secret } => {
                self.webhook.send((url, secret), message_id, words, page, now).await
            }
        }
    }
}

/// The operator may switch it on again.
fn off() -> Answer {
    never(Outcome::Later { after: None }, "this channel is not configured")
}

/// The answer for what was never sent, and why.
fn never(outcome: Outcome, why: &str) -> Answer {
    Answer { outcome, status: None, detail: why.to_owned() }
}
