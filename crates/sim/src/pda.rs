//! Derived addresses: sha256 over seeds, a bump and the program, off the ed25519 curve.

use curve25519_dalek::edwards::CompressedEdwardsY;
use sha2::{Digest, Sha256};

use crate::key::{ATA, JOBS, Key, MINT, STAKING, TOKEN};

/// Whether the bytes are a point of the curve, so that a private key may exist.
pub(crate) fn on_curve(bytes: &[u8; 32]) -> bool {
    CompressedEdwardsY(*bytes).decompress().is_some()
}

/// The first address off the curve, counting the bump down from 255.
pub(crate) fn derive(seeds: &[&[u8]], program: &Key) -> (Key, u8) {
    for bump in (0..=u8::MAX).rev() {
        let mut hash = Sha256::new();
        for seed in seeds {
            hash.update(seed);
        }
        hash.update([bump]);
        hash.update(program.0);
        hash.update(b"ProgramDerivedAddress");
        let bytes: [u8; 32] = hash.finalize().into();
        if !on_curve(&bytes) {
            return (Key(bytes), bump);
        }
    }
    // Each bump fails with probability one half: 2^-256.
    (*program, 0)
}

/// The stake account of a wallet.
pub(crate) fn stake_account(owner: &Key) -> Key {
    derive(&[b"stake", &MINT.0, &owner.0], &STAKING).0
}

/// The vault of a stake account, and its bump.
pub(crate) fn stake_vault(owner: &Key) -> (Key, u8) {
    derive(&[b"vault", &MINT.0, &owner.0], &STAKING)
}

/// The wallet's own NOS token account, into which jobs are paid.
pub(crate) fn nos_account(owner: &Key) -> Key {
    derive(&[&owner.0, &TOKEN.0, &MINT.0], &ATA).0
}

/// The vault of a market, and its bump.
pub(crate) fn market_vault(market: &Key) -> (Key, u8) {
    derive(&[&market.0, &MINT.0], &JOBS)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::Value;

    #[test]
    fn vectors_of_the_network_are_reproduced() {
        let text = include_str!("../../../fixtures/nosana/pda.json");
        let vectors: Value = serde_json::from_str(text).unwrap();
        let vectors = vectors["vectors"].as_array().unwrap();
        assert_eq!(vectors.len(), 5);
        for vector in vectors {
            let owner: Key = vector["owner"].as_str().unwrap().parse().unwrap();
            let same = |what: &str, key: Key| assert_eq!(vector[what]["address"], key.to_string(), "{what}");
            same("stakeMainnet", stake_account(&owner));
            same("nosAtaMainnet", nos_account(&owner));
            let (_, bump) = derive(&[b"stake", &MINT.0, &owner.0], &STAKING);
            assert_eq!(vector["stakeMainnet"]["bump"], bump);
        }
    }

    #[test]
    fn derived_addresses_are_off_the_curve_and_wallets_are_on_it() {
        let wallet: Key = "67qvHLKGmM62RLevcGRde1aWhEPU3njDiemvX6RZEX6i".parse().unwrap();
        assert!(on_curve(&wallet.0));
        assert!(!on_curve(&stake_account(&wallet).0));
        assert!(!on_curve(&nos_account(&wallet).0));
    }
}
