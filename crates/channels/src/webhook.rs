//! A person's own server: one signed JSON request (docs/webhook.md is its contract).

use std::time::Duration;

use data_encoding::HEXLOWER;
use domain::{
    alert::{
        outcome::{Answer, Outcome},
        words::Words,
    },
    time::Timestamp,
};
use outbound::Guarded;
use reqwest::{Method, header};
use ring::hmac;
use serde_json::json;
use url::Url;

use crate::{
    exchange::{Answered, PATIENCE, exchange},
    never,
};

/// The sender of webhooks.
#[derive(Clone, Debug)]
pub struct Webhook {
    client: Guarded,
    patience: Duration,
}

impl Webhook {
    /// A sender. The URLs are people's: they are reached past the guard, and redirects are not followed.
    #[must_use]
    pub const fn new(client: Guarded) -> Self {
        Self { client, patience: PATIENCE }
    }

    /// The same with another patience: from the request to the last byte of the answer.
    #[must_use]
    pub fn patient(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// Sends to a URL, signed with its secret. `page` is where the app can be opened.
    pub async fn send(
        &self,
        (url, secret): (&str, &str),
        message_id: &str,
        words: &Words,
        page: Option<&Url>,
        now: Timestamp,
    ) -> Answer {
        let Ok(url) = url.parse::<Url>() else {
            return never(Outcome::Gone, "the URL cannot be read");
        };
        let body = body(message_id, words, page);
        let said_at = now.unix_seconds().to_string();
        let signature = format!("v1={}", sign(secret, &said_at, &body));
        let request = match self.client.request(Method::POST, url) {
            Ok(request) => request,
            Err(private) => return never(Outcome::Later { after: None }, &private.to_string()),
        };
        let request = request
            .header(header::CONTENT_TYPE, "application/json")
            .header("Wakeful-Id", message_id)
            .header("Wakeful-Timestamp", said_at)
            .header("Wakeful-Signature", signature)
            .body(body);
        let judge = |answered: &Answered| {
            let outcome = match answered.status {
                200..300 => Outcome::Accepted { id: None },
                410 => Outcome::Gone,
                // A server that is being set up, or moved, answers 404 for a while.
                404 | 408 | 425 | 429 | 500.. => Outcome::Later { after: answered.after },
                _ => Outcome::Refused,
            };
            (outcome, answered.text())
        };
        exchange(request, self.patience, 16 << 10).await.into_answer(judge, &[secret])
    }
}

fn body(message_id: &str, words: &Words, page: Option<&Url>) -> String {
    let at = jiff::Timestamp::from_millisecond(words.at.millis()).unwrap_or_default();
    let url = page.and_then(|page| page.join(&words.path).ok());
    json!({
        "id": message_id,
        "kind": words.kind.word(),
        "at": format!("{at:.3}"),
        "node": words.node.map(|node| json!({ "address": node.to_string(), "name": words.name })),
        "title": words.title,
        "lines": words.lines,
        "url": url.map(String::from),
    })
    .to_string()
}

/// The signature of a body that was sent at a time, in hexadecimal.
fn sign(secret: &str, said_at: &str, body: &str) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA256, secret.as_bytes());
    let tag = hmac::sign(&key, format!("{said_at}.{body}").as_bytes());
    HEXLOWER.encode(tag.as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The example of docs/webhook.md, computed with another program: `printf %s TEXT | openssl dgst -sha256 -hmac SECRET`.
    #[test]
    fn the_signature_is_the_documented_one() {
        let signature = sign("whsec_example", "1800000000", r#"{"id":"m-1"}"#);
        assert_eq!(signature, "668a561d253927b803a028f934741d2c4c3b32bd23b3a3e0d3f4bdf03ee1bdca");
    }
}
