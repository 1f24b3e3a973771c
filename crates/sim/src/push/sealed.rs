//! The keys of one subscription, and how they open a message: RFC 8291 over one record of RFC 8188.

use p256::PublicKey;
use p256::SecretKey;
use p256::elliptic_curve::sec1::ToSec1Point;
use rand::RngExt;
use rand::rngs::StdRng;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hkdf::{HKDF_SHA256, KeyType, Salt};

/// Salt, record size and the length of the sender's key stand before that key.
const HEAD: usize = 21;
/// An uncompressed point.
const POINT: usize = 65;

/// What only the browser knows.
#[derive(Debug)]
pub(super) struct Keys {
    private: SecretKey,
    auth: [u8; 16],
}

/// So many bytes are wanted.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// HKDF: extract, then expand to `N` bytes.
fn derive<const N: usize>(salt: &[u8], secret: &[u8], info: &[&[u8]]) -> Option<[u8; N]> {
    let mut bytes = [0; N];
    let extracted = Salt::new(HKDF_SHA256, salt).extract(secret);
    extracted.expand(info, Length(N)).ok()?.fill(&mut bytes).ok()?;
    Some(bytes)
}

impl Keys {
    pub(super) fn random(rng: &mut StdRng) -> Self {
        loop {
            // All but a handful of 32-byte numbers are private keys.
            if let Ok(private) = SecretKey::from_slice(&rng.random::<[u8; 32]>()) {
                return Self { private, auth: rng.random() };
            }
        }
    }

    /// `p256dh`: an uncompressed point.
    pub(super) fn public(&self) -> Vec<u8> {
        self.private.public_key().to_sec1_point(false).as_bytes().to_vec()
    }

    /// `auth`.
    pub(super) fn auth(&self) -> [u8; 16] {
        self.auth
    }

    /// The plain text of a body; the error is a sentence.
    pub(super) fn open(&self, body: &[u8]) -> Result<Vec<u8>, &'static str> {
        let (head, rest) = body.split_at_checked(HEAD).ok_or("The body is shorter than its header.")?;
        let (salt, size) = head.split_at(16);
        let size = u32::from_be_bytes([size[0], size[1], size[2], size[3]]);
        if usize::from(head[20]) != POINT {
            return Err("The key id is no uncompressed point.");
        }
        let (sender, sealed) = rest.split_at_checked(POINT).ok_or("The body is shorter than its key id.")?;
        if u32::try_from(sealed.len()).is_ok_and(|sealed| sealed > size) {
            return Err("The body has more than one record.");
        }
        let key = PublicKey::from_sec1_bytes(sender).map_err(|_| "The key id is no point of the curve.")?;
        let shared = p256::ecdh::diffie_hellman(self.private.to_nonzero_scalar(), key.as_affine());
        let mut record = sealed.to_vec();
        let plain = self.unseal(salt, sender, shared.raw_secret_bytes(), &mut record);
        let plain = plain.ok_or("The subscription's keys do not open the body.")?;
        // The last record's text ends with 2, then zeros.
        let end = plain.iter().rposition(|byte| *byte != 0).filter(|end| plain[*end] == 2);
        end.map(|end| plain[..end].to_vec()).ok_or("The record has no end.")
    }

    fn unseal<'a>(
        &self,
        salt: &[u8],
        sender: &[u8],
        shared: &[u8],
        record: &'a mut [u8],
    ) -> Option<&'a [u8]> {
        let secret: [u8; 32] = derive(&self.auth, shared, &[b"WebPush: info\0", &self.public(), sender])?;
        let key: [u8; 16] = derive(salt, &secret, &[b"Content-Encoding: aes128gcm\0"])?;
        let nonce: [u8; 12] = derive(salt, &secret, &[b"Content-Encoding: nonce\0"])?;
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key).ok()?);
        let plain = key.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::empty(), record).ok()?;
        Some(plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// The keys and the body of RFC 8291, appendix A.
    #[test]
    fn the_example_of_the_standard_opens() {
        let keys = Keys {
            private: SecretKey::from_slice(&bytes("q1dXpw3UpT5VOmu_cf_v6ih07Aems3njxI-JWgLcM94")).unwrap(),
            auth: bytes("BTBZMqHH6r4Tts7J_aSIgg").try_into().unwrap(),
        };
        let public =
            "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4";
        assert_eq!(keys.public(), bytes(public));
        let mut body = bytes(
            "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8w\
             EqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN",
        );
        assert_eq!(keys.open(&body).unwrap(), b"When I grow up, I want to be a watermelon");
        let last = body.len() - 1;
        body[last] ^= 1;
        assert_eq!(keys.open(&body).unwrap_err(), "The subscription's keys do not open the body.");
        assert!(keys.open(&body[..40]).is_err());
    }
}
