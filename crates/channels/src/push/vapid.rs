//! Who we are to push services: a signed token per service (RFC 8292), used for half a day.

use std::{
    collections::HashMap,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::time::Timestamp;
use p256::ecdsa::{Signature, SigningKey, signature::Signer};
use serde_json::json;
use url::Url;

/// For how long a token is used, and for how long it says that it is good: less than the day that is allowed, so that a
/// clock that is some hours wrong still passes.
const USED: Duration = Duration::from_secs(6 * 3600);
const GOOD: Duration = Duration::from_secs(12 * 3600);
/// Services of which a token is kept: a browser names its own, and there are a handful.
const MOST: usize = 64;

/// The key pair, and what was signed with it of late.
#[derive(Clone)]
pub struct Vapid(Arc<Inner>);

struct Inner {
    key: SigningKey,
    public: String,
    contact: String,
    signed: Mutex<HashMap<String, (Timestamp, String)>>,
}

/// A text that is no key of VAPID.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the key of push messages cannot be read")]
pub struct BadKey;

impl Vapid {
    /// From the private key, 32 bytes as base64url; `contact` is a `mailto:` or `https:` URL at which a push service may
    /// reach the operator.
    ///
    /// # Errors
    /// It is no key.
    pub fn new(private: &str, contact: &str) -> Result<Self, BadKey> {
        let bytes = URL_SAFE_NO_PAD.decode(private).map_err(|_| BadKey)?;
        let key = SigningKey::from_slice(&bytes).map_err(|_| BadKey)?;
        let public = URL_SAFE_NO_PAD.encode(key.verifying_key().to_sec1_point(false).as_bytes());
        let signed = Mutex::new(HashMap::new());
        Ok(Self(Arc::new(Inner { key, public, contact: contact.to_owned(), signed })))
    }

    /// The public key, as a browser wants it to subscribe: base64url, uncompressed.
    #[must_use]
    pub fn public_key(&self) -> &str {
        &self.0.public
    }

    /// The `Authorization` of a request to this endpoint.
    pub(super) fn authorization(&self, endpoint: &Url, now: Timestamp) -> String {
        let origin = endpoint.origin().ascii_serialization();
        let mut signed = self.0.signed.lock().unwrap_or_else(PoisonError::into_inner);
        let known = signed.get(&origin).filter(|(at, _)| *at <= now && now.since(*at) < USED);
        let token = match known {
            Some((_, token)) => token.clone(),
            None => {
                if signed.len() >= MOST {
                    signed.clear();
                }
                let token = self.sign(&origin, now);
                signed.insert(origin, (now, token.clone()));
                token
            }
        };
        format!("vapid t={token}, k={}", self.0.public)
    }

    fn sign(&self, origin: &str, now: Timestamp) -> String {
        let part = |value: serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let head = part(json!({ "typ": "JWT", "alg": "ES256" }));
        let good_until = now.plus(GOOD).unix_seconds();
        let claims = part(json!({ "aud": origin, "exp": good_until, "sub": self.0.contact }));
        let text = format!("{head}.{claims}");
        let signature: Signature = self.0.key.sign(text.as_bytes());
        format!("{text}.{}", URL_SAFE_NO_PAD.encode(signature.to_bytes()))
    }
}

impl fmt::Debug for Vapid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Vapid").field("public", &self.0.public).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use p256::ecdsa::{VerifyingKey, signature::Verifier};
    use serde_json::Value;

    use super::*;

    const KEY: &str = "yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw";

    fn claims(vapid: &Vapid, authorization: &str) -> Value {
        let (token, key) = authorization.strip_prefix("vapid t=").unwrap().split_once(", k=").unwrap();
        assert_eq!(key, vapid.public_key());
        let key = VerifyingKey::from_sec1_bytes(&URL_SAFE_NO_PAD.decode(key).unwrap()).unwrap();
        let (text, signature) = token.rsplit_once('.').unwrap();
        let signature = Signature::from_slice(&URL_SAFE_NO_PAD.decode(signature).unwrap()).unwrap();
        key.verify(text.as_bytes(), &signature).unwrap();
        let claims = text.split_once('.').unwrap().1;
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(claims).unwrap()).unwrap()
    }

    #[test]
    fn a_token_names_the_service_and_is_used_for_a_while_only() {
        let vapid = Vapid::new(KEY, "mailto:ops@example.net").unwrap();
        let endpoint: Url = "https://push.example.net/send/abc".parse().unwrap();
        let start = Timestamp::from_unix_seconds(1_800_000_000);
        let first = vapid.authorization(&endpoint, start);
        let expected = json!({ "aud": "https://push.example.net", "exp": 1_800_043_200, "sub": "mailto:ops@example.net" });
        assert_eq!(claims(&vapid, &first), expected);
        let other: Url = "https://push.example.net/send/other".parse().unwrap();
        assert_eq!(vapid.authorization(&other, start.plus(Duration::from_secs(3600))), first);
        for later in [start.plus(USED), start.minus(Duration::from_secs(3600))] {
            let claims = claims(&vapid, &vapid.authorization(&endpoint, later));
            assert_eq!(claims["exp"], later.plus(GOOD).unix_seconds());
        }
    }

    #[test]
    fn what_is_no_key_is_told_and_a_key_is_not_shown() {
        for text in ["", "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
            assert_eq!(Vapid::new(text, "").err(), Some(BadKey), "{text}");
        }
        assert!(!format!("{:?}", Vapid::new(KEY, "").unwrap()).contains(KEY));
    }
}
