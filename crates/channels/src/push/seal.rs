//! Encryption for one browser: RFC 8291 over RFC 8188, in one record.

use p256::{PublicKey, SecretKey, ecdh::diffie_hellman, elliptic_curve::sec1::ToSec1Point};
use ring::{
    aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey},
    error::Unspecified,
    hkdf::{HKDF_SHA256, KeyType, Salt},
};

/// The record size that is announced: what every push service takes as a body.
const RECORD: u32 = 4096;

/// A browser's keys, as its subscription names them.
pub struct Browser {
    public: PublicKey,
    auth: [u8; 16],
}

/// What must never be the same twice.
pub struct Fresh {
    /// Our side of the key exchange.
    pub key: SecretKey,
    /// The salt of the record.
    pub salt: [u8; 16],
}

impl Browser {
    /// Reads them; `None`: they are no keys.
    pub fn read(p256dh: &[u8], auth: &[u8]) -> Option<Self> {
        Some(Self { public: PublicKey::from_sec1_bytes(p256dh).ok()?, auth: auth.try_into().ok()? })
    }

    /// Seals a text, so that only this browser opens it.
    ///
    /// # Errors
    /// The text is longer than one record.
    pub fn seal(&self, text: &[u8], fresh: &Fresh) -> Result<Vec<u8>, Unspecified> {
        let ours = fresh.key.public_key().to_sec1_point(false);
        let theirs = self.public.to_sec1_point(false);
        let shared = diffie_hellman(fresh.key.to_nonzero_scalar(), self.public.as_affine());
        let mut input = [0; 32];
        Salt::new(HKDF_SHA256, &self.auth)
            .extract(shared.raw_secret_bytes())
            .expand(&[b"WebPush: info\0", theirs.as_bytes(), ours.as_bytes()], Length(32))?
            .fill(&mut input)?;
        let (mut key, mut nonce) = ([0; 16], [0; 12]);
        let keys = Salt::new(HKDF_SHA256, &fresh.salt).extract(&input);
        keys.expand(&[b"Content-Encoding: aes128gcm\0"], Length(16))?.fill(&mut key)?;
        keys.expand(&[b"Content-Encoding: nonce\0"], Length(12))?.fill(&mut nonce)?;

        let mut record = text.to_vec();
        // The delimiter of the last record.
        record.push(2);
        let key = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &key)?);
        key.seal_in_place_append_tag(Nonce::assume_unique_for_key(nonce), Aad::empty(), &mut record)?;
        if record.len() > usize::try_from(RECORD).unwrap_or(0) {
            return Err(Unspecified);
        }
        let length = u8::try_from(ours.len()).map_err(|_| Unspecified)?;
        Ok([&fresh.salt[..], &RECORD.to_be_bytes(), &[length], ours.as_bytes(), &record].concat())
    }
}

/// How many bytes are asked of the key derivation.
#[derive(Clone, Copy)]
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};

    use super::*;

    fn bytes(text: &str) -> Vec<u8> {
        URL_SAFE_NO_PAD.decode(text).unwrap()
    }

    /// RFC 8291, section 5 and appendix A.
    #[test]
    fn the_example_of_the_rfc_is_sealed_as_there() {
        let browser = Browser::read(
            &bytes("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
            &bytes("BTBZMqHH6r4Tts7J_aSIgg"),
        )
        .unwrap();
        let fresh = Fresh {
            key: SecretKey::from_slice(&bytes("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")).unwrap(),
            salt: bytes("DGv6ra1nlYgDCS1FRnbzlw").try_into().unwrap(),
        };
        let sealed = browser.seal(b"When I grow up, I want to be a watermelon", &fresh).unwrap();
        let expected = "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27ml\
                        mlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPT\
                        pK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN";
        assert_eq!(URL_SAFE_NO_PAD.encode(&sealed), expected);
        assert!(browser.seal(&[0; 5000], &fresh).is_err());
    }

    #[test]
    fn what_is_no_key_is_told() {
        assert!(Browser::read(&[4; 65], &[0; 16]).is_none());
        assert!(Browser::read(&[], &[]).is_none());
    }
}
