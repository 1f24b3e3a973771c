//! Who sends: the `Authorization: vapid t=…, k=…` of RFC 8292.

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;

/// How far ahead a token may end, seconds.
const LONGEST: i64 = 24 * 3600;

/// A sender whose token holds.
#[derive(Debug)]
pub(super) struct Caller {
    /// The public key, URL-safe base64.
    pub(super) key: String,
    pub(super) claims: Value,
}

type Refused = (StatusCode, String);

fn refused(why: impl Into<String>) -> Refused {
    (StatusCode::FORBIDDEN, why.into())
}

/// Checks the header's token for this service (`origin`) at `now`, unix seconds.
pub(super) fn check(header: Option<&str>, origin: &str, now: i64) -> Result<Caller, Refused> {
    let missing = || (StatusCode::UNAUTHORIZED, "Authorization is not `vapid t=…, k=…`.".to_owned());
    let parts = header.and_then(|header| header.strip_prefix("vapid ")).ok_or_else(missing)?;
    let part =
        |name: &str| parts.split(',').find_map(|part| part.trim().strip_prefix(name)?.strip_prefix('='));
    let (token, key) = part("t").zip(part("k")).ok_or_else(missing)?;
    let [head, claims, signature] = token.split('.').collect::<Vec<_>>()[..] else {
        return Err(refused("The token has not three parts."));
    };
    if json(head)?["alg"] != "ES256" {
        return Err(refused("The token is not signed with ES256."));
    }
    let signed = format!("{head}.{claims}");
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(key)?)
        .verify(signed.as_bytes(), &decode(signature)?)
        .map_err(|_| refused("The token's signature does not hold."))?;
    let claims = json(claims)?;
    if claims["aud"] != origin {
        return Err(refused(format!("The token is for {}, not for {origin}.", claims["aud"])));
    }
    let ends = claims["exp"].as_i64().ok_or_else(|| refused("The token has no end."))?;
    if ends <= now {
        return Err(refused("The token has ended."));
    }
    if ends > now + LONGEST {
        return Err(refused("The token ends in more than 24 hours."));
    }
    let contact = |sub: &str| sub.starts_with("mailto:") || sub.starts_with("https:");
    if !claims["sub"].is_null() && !claims["sub"].as_str().is_some_and(contact) {
        return Err(refused("The token's sub is neither mailto: nor https:."));
    }
    Ok(Caller { key: key.to_owned(), claims })
}

fn decode(text: &str) -> Result<Vec<u8>, Refused> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| refused("A part is not URL-safe base64 without padding."))
}

fn json(text: &str) -> Result<Value, Refused> {
    serde_json::from_slice(&decode(text)?).map_err(|_| refused("A part of the token is no JSON."))
}
