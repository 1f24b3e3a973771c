//! Bearer tokens: JWTs of one algorithm, one type, one issuer and one audience (RFC 8725, RFC 9068), which only *name* a
//! session. The row decides.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use sha2::Sha256;

const ALGORITHM: &str = "HS256";
const TYPE: &str = "at+jwt";
/// Ours have some 500 bytes.
const LONGEST: usize = 2_048;

/// What a token says.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct Claims {
    /// This installation.
    pub iss: String,
    /// This installation's API.
    pub aud: String,
    /// The account.
    pub sub: String,
    /// The session.
    pub sid: String,
    /// The token's own id.
    pub jti: String,
    /// When it was made, in Unix seconds. It rejects nothing.
    pub iat: i64,
    /// When it ends, in Unix seconds.
    pub exp: i64,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: String,
    kid: String,
    /// Extensions that must be understood; we understand none.
    crit: Option<serde_json::Value>,
}

/// A token of the right form, whose signature was not looked at yet.
#[derive(Clone, Debug)]
pub struct Unverified<'a> {
    /// The key that is said to have signed it.
    pub kid: String,
    /// What it says.
    pub claims: Claims,
    signed: &'a str,
    signature: Vec<u8>,
}

/// Makes a token; `None` when the secret cannot be used.
#[must_use]
pub fn sign(kid: &str, secret: &str, claims: &Claims) -> Option<String> {
    let header = serde_json::json!({ "alg": ALGORITHM, "typ": TYPE, "kid": kid }).to_string();
    let claims = serde_json::to_string(claims).ok()?;
    let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
    let signature = mac(secret, &signed)?.finalize().into_bytes();
    Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// Reads a token of our algorithm, type, issuer and audience. `None`: it is none of ours, whoever signed it.
#[must_use]
pub fn read<'a>(token: &'a str, issuer: &str, audience: &str) -> Option<Unverified<'a>> {
    if token.len() > LONGEST {
        return None;
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let header: Header = part(header)?;
    let claims: Claims = part(claims)?;
    let is_ours = header.alg == ALGORITHM
        && header.typ.eq_ignore_ascii_case(TYPE)
        && header.crit.is_none()
        && claims.iss == issuer
        && claims.aud == audience;
    is_ours.then_some(Unverified {
        kid: header.kid,
        claims,
        signed,
        signature: URL_SAFE_NO_PAD.decode(signature).ok()?,
    })
}

impl Unverified<'_> {
    /// Whether this key signed it. Takes as long whatever the answer.
    #[must_use]
    pub fn is_signed_with(&self, secret: &str) -> bool {
        let Some(mut mac) = mac(secret, "") else { return false };
        mac.update(self.signed.as_bytes());
        mac.verify_slice(&self.signature).is_ok()
    }
}

fn part<T: DeserializeOwned>(text: &str) -> Option<T> {
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

fn mac(secret: &str, message: &str) -> Option<Hmac<Sha256>> {
    let secret = URL_SAFE_NO_PAD.decode(secret).ok().filter(|secret| secret.len() >= 32)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(&secret).ok()?;
    mac.update(message.as_bytes());
    Some(mac)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn claims() -> Claims {
        Claims {
            iss: "us".into(),
            aud: "our api".into(),
            sub: "ada".into(),
            sid: "s1".into(),
            jti: "t1".into(),
            iat: 0,
            exp: 60,
        }
    }

    fn secret(byte: u8) -> String {
        URL_SAFE_NO_PAD.encode([byte; 32])
    }

    fn forged(header: &str, claims: &Claims, key: u8) -> String {
        let claims = serde_json::to_string(claims).unwrap();
        let signed = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature = mac(&secret(key), &signed).unwrap().finalize().into_bytes();
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }

    #[test]
    fn a_token_is_read_back_and_only_its_own_key_signed_it() {
        let token = sign("k1", &secret(1), &claims()).unwrap();
        let read = read(&token, "us", "our api").unwrap();
        assert_eq!((read.kid.as_str(), &read.claims), ("k1", &claims()));
        assert!(read.is_signed_with(&secret(1)) && !read.is_signed_with(&secret(2)));
        assert_eq!(
            sign("k1", &URL_SAFE_NO_PAD.encode([1; 31]), &claims()),
            None,
            "a short secret signs nothing"
        );
    }

    #[test]
    fn the_example_of_rfc_7515_is_signed_as_printed_there() {
        let key = "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow";
        let signed = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ";
        let signature = mac(key, signed).unwrap().finalize().into_bytes();
        assert_eq!(URL_SAFE_NO_PAD.encode(signature), "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk");
    }

    #[test]
    fn another_algorithm_type_issuer_or_audience_is_none_of_ours() {
        for header in [
            r#"{"alg":"none","typ":"at+jwt","kid":"k1"}"#,
            r#"{"alg":"HS512","typ":"at+jwt","kid":"k1"}"#,
            r#"{"alg":"HS256","typ":"JWT","kid":"k1"}"#,
            r#"{"alg":"HS256","kid":"k1"}"#,
            r#"{"alg":"HS256","typ":"at+jwt"}"#,
            r#"{"alg":"HS256","typ":"at+jwt","kid":"k1","crit":["b64"]}"#,
        ] {
            assert!(read(&forged(header, &claims(), 1), "us", "our api").is_none(), "{header}");
        }
        let good = r#"{"alg":"HS256","typ":"at+jwt","kid":"k1"}"#;
        assert!(read(&forged(good, &claims(), 1), "us", "our api").is_some());
        for other in [Claims { iss: "them".into(), ..claims() }, Claims { aud: "theirs".into(), ..claims() }]
        {
            assert!(read(&forged(good, &other, 1), "us", "our api").is_none());
        }
    }

    proptest! {
        #[test]
        fn a_token_that_was_touched_anywhere_is_not_signed(at in 0usize..1_000, with in 0u8..64) {
            let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
            let token = sign("k1", &secret(1), &claims()).unwrap();
            let mut bytes = token.clone().into_bytes();
            let at = at % bytes.len();
            bytes[at] = alphabet[usize::from(with)];
            let touched = String::from_utf8(bytes).unwrap();
            let accepted = read(&touched, "us", "our api").is_some_and(|read| read.is_signed_with(&secret(1)));
            prop_assert_eq!(accepted, touched == token);
        }

        #[test]
        fn hostile_text_is_no_token(text in ".{0,300}") {
            prop_assert!(read(&text, "us", "our api").is_none());
        }
    }
}
