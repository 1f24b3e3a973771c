//! A server that sends Web Push: seals as RFC 8291 says and signs as RFC 8292 says.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use reqwest::{RequestBuilder, StatusCode};
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::agreement::{ECDH_P256, EphemeralPrivateKey, UnparsedPublicKey, agree_ephemeral};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use serde_json::{Value, json};

use crate::harness::{Net, text};

pub(crate) struct Sender {
    random: SystemRandom,
    key: EcdsaKeyPair,
}

struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

fn derive(salt: &[u8], secret: &[u8], info: &[&[u8]], length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    let extracted = Salt::new(HKDF_SHA256, salt).extract(secret);
    extracted.expand(info, Length(length)).unwrap().fill(&mut bytes).unwrap();
    bytes
}

impl Sender {
    pub(crate) fn new() -> Self {
        let random = SystemRandom::new();
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let document = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, document.as_ref(), &random).unwrap();
        Self { random, key }
    }

    pub(crate) fn public(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.key.public_key())
    }

    /// The header of a token with these claims.
    pub(crate) fn vapid(&self, claims: &Value) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", part(&json!({ "typ": "JWT", "alg": "ES256" })), part(claims));
        let signature = self.key.sign(&self.random, signed.as_bytes()).unwrap();
        format!("vapid t={signed}.{}, k={}", URL_SAFE_NO_PAD.encode(signature), self.public())
    }

    /// Claims that hold for an hour.
    pub(crate) fn claims(net: &Net, now: i64) -> Value {
        json!({ "aud": net.sim.url(), "exp": now + 3600, "sub": "mailto:watch@example.net" })
    }

    pub(crate) fn seal(&self, subscription: &Value, plain: &[u8]) -> Vec<u8> {
        let bytes = |value: &Value| URL_SAFE_NO_PAD.decode(text(value)).unwrap();
        let (theirs, auth) = (bytes(&subscription["keys"]["p256dh"]), bytes(&subscription["keys"]["auth"]));
        let mine = EphemeralPrivateKey::generate(&ECDH_P256, &self.random).unwrap();
        let public = mine.compute_public_key().unwrap().as_ref().to_vec();
        let secret = agree_ephemeral(mine, &UnparsedPublicKey::new(&ECDH_P256, &theirs), |shared| {
            derive(&auth, shared, &[b"WebPush: info\0", &theirs, &public], 32)
        })
        .unwrap();
        let salt = [7_u8; 16];
        let key = derive(&salt, &secret, &[b"Content-Encoding: aes128gcm\0"], 16);
        let nonce = derive(&salt, &secret, &[b"Content-Encoding: nonce\0"], 12);
        let mut record = [plain, &[2]].concat();
        LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).unwrap())
            .seal_in_place_append_tag(
                Nonce::try_assume_unique_for_key(&nonce).unwrap(),
                Aad::empty(),
                &mut record,
            )
            .unwrap();
        [&salt[..], &4096_u32.to_be_bytes(), &[65], &public, &record].concat()
    }

    /// A request that is right in every way.
    pub(crate) fn request(&self, net: &Net, subscription: &Value, now: i64) -> RequestBuilder {
        net.http
            .post(text(&subscription["endpoint"]))
            .header("Authorization", self.vapid(&Self::claims(net, now)))
            .header("TTL", "60")
            .header("Content-Encoding", "aes128gcm")
            .body(self.seal(subscription, b"{\"title\":\"silent\"}"))
    }
}

/// Sends and must be refused with this code; the sentence.
pub(crate) async fn refused(request: RequestBuilder, code: u16) -> String {
    let answer = request.send().await.unwrap();
    let status = answer.status();
    let body: Value = answer.json().await.unwrap();
    assert_eq!(status, StatusCode::from_u16(code).unwrap(), "{body}");
    text(&body["message"]).to_owned()
}
