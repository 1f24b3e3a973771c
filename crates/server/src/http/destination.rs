//! A destination on the wire: where somebody is told, never with what would let another speak there.

use domain::destination::Place;
use store::Destination;
use url::Url;

use super::time::rfc3339;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Where the person is told.
#[derive(Debug, Serialize, ToSchema)]
pub struct Destinations {
    /// In the order in which they were added.
    pub destinations: Vec<DestinationBody>,
    /// The channels that this installation can send through: `telegram`, `push`, `email`, `webhook`.
    pub offers: Vec<&'static str>,
    /// The Telegram bot, where there is one.
    pub telegram: TelegramOffer,
    /// The public key that a browser subscribes to push with, as base64url.
    pub vapid_key: String,
    /// How many there may be.
    pub limit: usize,
}

/// The Telegram bot.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct TelegramOffer {
    /// Its user name without the @; `null` while it is not configured or did not answer yet.
    pub bot: Option<String>,
}

/// One destination.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Destination)]
pub struct DestinationBody {
    /// Its id.
    pub id: String,
    /// `telegram`, `push`, `email` or `webhook`.
    pub channel: &'static str,
    /// What the person calls it.
    pub name: String,
    /// Where it leads: the chat, the e-mail address, the host of a URL.
    pub detail: String,
    /// When it was added.
    pub created: String,
    /// Whether its reader agreed to be told. An e-mail address that did not yet gets nothing but the mail with its code.
    pub confirmed: bool,
    /// Since when and why nothing is sent there; `null` = it is told.
    pub paused: Option<Pause>,
    /// When something last arrived there.
    pub last_delivered: Option<String>,
    /// How many alerts wait to be sent there.
    pub waiting: u32,
    /// Whether it is the push of the session that asks.
    pub current: bool,
}

/// A pause.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Pause {
    /// Since when.
    pub since: String,
    /// `person` (paused by hand), or what made us stop: the provider's own words.
    pub why: String,
}

impl DestinationBody {
    /// A destination as the holder of the session `sid` sees it, with how much waits for it.
    pub fn new(destination: &Destination, waiting: i64, sid: Option<&str>) -> Self {
        Self {
            id: destination.id.clone(),
            channel: destination.place.channel().word(),
            name: destination.name.clone(),
            detail: masked(&destination.place),
            created: rfc3339(destination.created),
            confirmed: destination.confirmed,
            paused: destination
                .paused
                .as_ref()
                .map(|(since, why)| Pause { since: rfc3339(*since), why: why.clone() }),
            last_delivered: destination.last_sent.map(rfc3339),
            waiting: u32::try_from(waiting).unwrap_or(0),
            current: sid.is_some() && destination.session.as_deref() == sid,
        }
    }
}

/// As much of a place as tells it from others: the path of a URL is a secret.
pub fn masked(place: &Place) -> String {
    let host = |url: &str| {
        Url::parse(url).ok().and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default()
    };
    match place {
        Place::Telegram { chat } => chat.to_string(),
        Place::Push { endpoint, .. } => host(endpoint),
        Place::Email { to } => to.clone(),
        Place::Webhook { url, .. } => host(url),
    }
}

/// A destination that was just added.
#[derive(Debug, Serialize, ToSchema)]
pub struct AddedDestination {
    /// What is listed of it.
    #[serde(flatten)]
    pub destination: DestinationBody,
    /// What a webhook's receiver checks signatures with: shown now, and never again.
    pub secret: Option<String>,
}

/// A destination to be added. A Telegram chat adds itself (`POST /api/telegram/link`).
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewDestination {
    /// `email`, `webhook` or `push`.
    pub channel: String,
    /// What the person calls it, up to 80 characters; made from the place when left out.
    #[serde(default)]
    pub name: Option<String>,
    /// The e-mail address.
    #[serde(default)]
    pub to: Option<String>,
    /// The webhook's URL, https.
    #[serde(default)]
    pub url: Option<String>,
    /// The push subscription's endpoint, https.
    #[serde(default)]
    pub endpoint: Option<String>,
    /// The push subscription's keys.
    #[serde(default)]
    pub keys: Option<PushKeys>,
}

/// The keys of a push subscription, as `PushSubscription.toJSON()` gives them.
#[derive(Deserialize, ToSchema)]
pub struct PushKeys {
    /// The browser's public key: 65 bytes as base64url.
    pub p256dh: String,
    /// The shared secret: 16 bytes as base64url.
    pub auth: String,
}

impl std::fmt::Debug for PushKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("PushKeys(…)")
    }
}

/// What to change; what is left out stays.
#[derive(Debug, Deserialize, ToSchema)]
pub struct EditDestination {
    /// The name.
    #[serde(default)]
    pub name: Option<String>,
    /// Whether it is silent until it is resumed.
    #[serde(default)]
    pub paused: Option<bool>,
}

/// The code of a confirmation mail.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Confirmation {
    /// As the mail said.
    pub code: String,
}

/// How a test message fared.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TestOutcome {
    /// `accepted`, `later`, `unclear`, `refused` or `gone`.
    pub outcome: String,
    /// The provider's status, where there was one.
    pub status: Option<u16>,
    /// The provider's own words.
    pub detail: String,
    /// How long the provider took, in milliseconds.
    pub ms: u32,
}
