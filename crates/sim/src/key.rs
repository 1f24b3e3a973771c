//! A Solana address: 32 bytes, written in base58.

use std::fmt;
use std::str::FromStr;

use rand::{Rng, RngExt};
use serde::{Serialize, Serializer};

use crate::pda::on_curve;

/// 32 raw bytes of a public key or a derived address.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key(pub(crate) [u8; 32]);

/// The system program, also "nobody" in account fields: 32 zero bytes.
pub(crate) const SYSTEM: Key = Key([0; 32]);
/// The jobs program (markets, jobs, runs).
pub(crate) const JOBS: Key = from_base58(b"nosJhNRqr2bc9g1nfGDcXXTXvYUmxD4cVwy2pMWhrYM");
/// The staking program.
pub(crate) const STAKING: Key = from_base58(b"nosScmHY2uR24Zh751PmGj9ww9QRNHewh9H59AfrTJE");
/// The NOS mint.
pub(crate) const MINT: Key = from_base58(b"nosXBVoaCTtYdLvKY6Csb4AC8JCdQKKAaWYtx2ZMoo7");
/// The SPL token program.
pub(crate) const TOKEN: Key = from_base58(b"TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
/// The associated token account program.
pub(crate) const ATA: Key = from_base58(b"ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

const fn from_base58(text: &[u8]) -> Key {
    Key(bs58::decode(text).into_array_const_unwrap::<32>())
}

/// Why a text is no address, in the words of the RPC server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum NotAKey {
    /// Not base58.
    Invalid,
    /// Base58, but not 32 bytes.
    WrongSize,
}

impl Key {
    /// Any 32 bytes: an account's address.
    pub(crate) fn random(rng: &mut impl Rng) -> Self {
        Self(rng.random())
    }

    /// A point on the curve: somebody could hold its private key, as with every wallet.
    pub(crate) fn wallet(rng: &mut impl Rng) -> Self {
        loop {
            let key = Self::random(rng);
            if on_curve(&key.0) {
                return key;
            }
        }
    }
}

impl FromStr for Key {
    type Err = NotAKey;

    fn from_str(text: &str) -> Result<Self, NotAKey> {
        let mut bytes = [0; 32];
        match bs58::decode(text).onto(&mut bytes) {
            Ok(32) => Ok(Self(bytes)),
            Ok(_) | Err(bs58::decode::Error::BufferTooSmall) => Err(NotAKey::WrongSize),
            Err(_) => Err(NotAKey::Invalid),
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode(self.0).into_string())
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Key {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
