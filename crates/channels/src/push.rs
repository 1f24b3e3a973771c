//! Web Push (RFC 8030): a message for one browser, sealed for it, through its vendor's service.

mod seal;
mod vapid;

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    alert::{
        outcome::{Answer, Outcome},
        words::Words,
    },
    time::Timestamp,
};
use outbound::Guarded;
use p256::SecretKey;
use reqwest::{Method, header};
use ring::digest::{SHA256, digest};
use serde_json::json;
use url::Url;

use crate::{
    Random,
    exchange::{Answered, Exchange, PATIENCE, exchange},
    never,
};
use seal::{Browser, Fresh};
pub use vapid::{BadKey, Vapid};

/// Of the text before it is sealed: every service takes 4,096 bytes of sealed body, and some count otherwise.
const MOST: usize = 3000;
/// How long a service may keep a message for a device that is off, in seconds.
const KEPT_URGENT: u32 = 86_400;
const KEPT: u32 = 21_600;

/// The sender of push messages.
#[derive(Clone, Debug)]
pub struct Push {
    client: Guarded,
    vapid: Vapid,
    random: Random,
    patience: Duration,
}

/// A private key for [`Vapid`], made once: 32 bytes as base64url.
#[must_use]
pub fn new_key(random: &Random) -> String {
    URL_SAFE_NO_PAD.encode(secret(random).to_bytes())
}

fn secret(random: &Random) -> SecretKey {
    loop {
        // One in 2^32 draws is no key.
        if let Ok(key) = SecretKey::from_slice(&random.bytes::<32>()) {
            return key;
        }
    }
}

impl Push {
    /// A sender that signs with this key. Endpoints come from browsers: they are reached past the guard.
    #[must_use]
    pub fn new(client: Guarded, vapid: Vapid, random: Random) -> Self {
        Self { client, vapid, random, patience: PATIENCE }
    }

    /// The same with another patience: from the request to the last byte of the answer.
    #[must_use]
    pub fn patient(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The key that a browser needs to subscribe: base64url.
    #[must_use]
    pub fn public_key(&self) -> &str {
        self.vapid.public_key()
    }

    /// Sends to the subscription of these keys, both as base64url.
    pub async fn send(
        &self,
        (endpoint, p256dh, auth): (&str, &str, &str),
        message_id: &str,
        words: &Words,
        now: Timestamp,
    ) -> Answer {
        let key = |text: &str| URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok();
        let browser = key(p256dh).zip(key(auth)).and_then(|(public, auth)| Browser::read(&public, &auth));
        let (Ok(endpoint), Some(browser)) = (endpoint.parse::<Url>(), browser) else {
            return never(Outcome::Gone, "the subscription cannot be read");
        };
        let fresh = Fresh { key: secret(&self.random), salt: self.random.bytes() };
        let Ok(body) = browser.seal(&payload(message_id, words), &fresh) else {
            return never(Outcome::Refused, "the message is too long");
        };
        let authorization = self.vapid.authorization(&endpoint, now);
        let request = match self.client.request(Method::POST, endpoint) {
            Ok(request) => request,
            Err(private) => return never(Outcome::Later { after: None }, &private.to_string()),
        };
        let (kept, urgency) = if words.urgent { (KEPT_URGENT, "high") } else { (KEPT, "normal") };
        let request = request
            .header(header::AUTHORIZATION, authorization)
            .header(header::CONTENT_TYPE, "application/octet-stream")
            .header(header::CONTENT_ENCODING, "aes128gcm")
            .header("TTL", kept)
            .header("Urgency", urgency)
            .header("Topic", topic(&words.fold))
            .body(body);
        judged(exchange(request, self.patience, 16 << 10).await)
    }
}

/// What of a kind the service replaces while the device is off: 32 characters of base64url.
fn topic(fold: &str) -> String {
    let hash = digest(&SHA256, fold.as_bytes());
    URL_SAFE_NO_PAD.encode(hash.as_ref().get(..24).unwrap_or_default())
}

/// What the service worker is told; a body that is too long loses its last lines.
fn payload(message_id: &str, words: &Words) -> Vec<u8> {
    let title: String = words.title.chars().take(200).collect();
    let mut lines = words.lines.len();
    loop {
        let mut body = words.lines.get(..lines).unwrap_or_default().join("\n");
        if lines < words.lines.len() {
            body.push_str("\n…");
        }
        let payload = json!({
            "id": message_id, "title": title, "body": body, "tag": words.fold, "path": words.path,
            "node": words.node.map(|node| node.to_string()), "actions": words.actions,
            "at": words.at.millis(),
        });
        let payload = payload.to_string().into_bytes();
        if payload.len() <= MOST || lines == 0 {
            return payload;
        }
        lines -= 1;
    }
}

fn judged(exchange: Exchange) -> Answer {
    let judge = |answered: &Answered| {
        let outcome = match answered.status {
            200..300 => Outcome::Accepted { id: None },
            404 | 410 => Outcome::Gone,
            // A service that does not take our signature may be mended, by it or by a clock that is set.
            401 | 403 | 408 | 429 | 500.. => Outcome::Later { after: answered.after },
            _ => Outcome::Refused,
        };
        (outcome, answered.text())
    };
    exchange.into_answer(judge, &[])
}
