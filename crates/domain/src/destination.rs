//! Where a person is told: a channel, and the place in it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A way to reach a person.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Channel {
    /// A chat with the bot.
    Telegram,
    /// A browser's push service.
    Push,
    /// A mailbox.
    Email,
    /// The person's own server.
    Webhook,
}

/// A place in a channel, with all that is needed to send there. Its secrets are never printed.
#[derive(Clone, Eq, Hash, PartialEq, Serialize, Deserialize)]
#[serde(tag = "channel", rename_all = "snake_case")]
pub enum Place {
    /// A chat of Telegram.
    Telegram {
        /// Its id; negative for groups.
        chat: i64,
    },
    /// A push subscription (RFC 8030, RFC 8291).
    Push {
        /// The push service's URL: who knows it can send.
        endpoint: String,
        /// The browser's public key, base64url.
        p256dh: String,
        /// The browser's shared secret, base64url.
        auth: String,
    },
    /// A mailbox.
    Email {
        /// Its address.
        to: String,
    },
    /// A URL that takes our signed requests.
    Webhook {
        /// Where.
        url: String,
        /// With which we sign.
        secret: String,
    },
}

impl Channel {
    /// Every channel there is.
    pub const ALL: [Self; 4] = [Self::Telegram, Self::Push, Self::Email, Self::Webhook];

    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Telegram => "telegram",
            Self::Push => "push",
            Self::Email => "email",
            Self::Webhook => "webhook",
        }
    }

    /// The channel that a stored word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|channel| channel.word() == word)
    }
}

impl Place {
    /// Its channel.
    #[must_use]
    pub const fn channel(&self) -> Channel {
        match self {
            Self::Telegram { .. } => Channel::Telegram,
            Self::Push { .. } => Channel::Push,
            Self::Email { .. } => Channel::Email,
            Self::Webhook { .. } => Channel::Webhook,
        }
    }
}

impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Telegram { chat } => f.debug_struct("Telegram").field("chat", chat).finish(),
            Self::Push { .. } => f.debug_struct("Push").finish_non_exhaustive(),
            Self::Email { to } => f.debug_struct("Email").field("to", to).finish(),
            Self::Webhook { .. } => f.debug_struct("Webhook").finish_non_exhaustive(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_kept_under_its_channels_word_and_hides_its_secrets() {
        let places = [
            Place::Telegram { chat: -100 },
            Place::Push {
                endpoint: "https://p.example.net/hush".into(),
                p256dh: "hush".into(),
                auth: "hush".into(),
            },
            Place::Email { to: "a@example.net".into() },
            Place::Webhook { url: "https://h.example.net/hush".into(), secret: "hush".into() },
        ];
        for (place, channel) in places.into_iter().zip(Channel::ALL) {
            let json = serde_json::to_value(&place).unwrap();
            assert_eq!(json["channel"], channel.word());
            assert_eq!(serde_json::from_value::<Place>(json).unwrap(), place);
            assert_eq!((place.channel(), Channel::from_word(channel.word())), (channel, Some(channel)));
            assert!(!format!("{place:?}").contains("hush"));
        }
    }
}
