//! The programs' addresses, and the addresses that they derive (network.md §1.1, §1.7).

use curve25519_dalek::edwards::CompressedEdwardsY;
use domain::address::Address;
use sha2::{Digest, Sha256};

/// The SPL token program.
pub const TOKEN: Address = known(b"TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
/// The program that gives each wallet one token account per mint.
pub const ASSOCIATED_TOKEN: Address = known(b"ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

/// The programs of one Nosana network.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Programs {
    /// Markets, jobs and runs.
    pub jobs: Address,
    /// Stakes.
    pub staking: Address,
    /// The NOS token, 6 decimals.
    pub nos_mint: Address,
}

const fn known(base58: &[u8]) -> Address {
    Address::new(bs58::decode(base58).into_array_const_unwrap())
}

impl Programs {
    /// The network that pays.
    pub const MAINNET: Self = Self {
        jobs: known(b"nosJhNRqr2bc9g1nfGDcXXTXvYUmxD4cVwy2pMWhrYM"),
        staking: known(b"nosScmHY2uR24Zh751PmGj9ww9QRNHewh9H59AfrTJE"),
        nos_mint: known(b"nosXBVoaCTtYdLvKY6Csb4AC8JCdQKKAaWYtx2ZMoo7"),
    };

    /// The network for trials.
    pub const DEVNET: Self = Self {
        jobs: known(b"nosJTmGQxvwXy23vng5UjkTbfv91Bzf9jEuro78dAGR"),
        nos_mint: known(b"devr1BGQndEW5k5zfvG5FsLyZv1Ap73vNgAHcQ9sUVP"),
        ..Self::MAINNET
    };

    /// Where a wallet's stake lies; `None` with a chance of 2^-256.
    #[must_use]
    pub fn stake(&self, wallet: &Address) -> Option<Address> {
        derived(&[b"stake", self.nos_mint.bytes(), wallet.bytes()], &self.staking)
    }

    /// Where a wallet's NOS lie, and where jobs are paid to; `None` with a chance of 2^-256.
    #[must_use]
    pub fn nos_account(&self, wallet: &Address) -> Option<Address> {
        derived(&[wallet.bytes(), TOKEN.bytes(), self.nos_mint.bytes()], &ASSOCIATED_TOKEN)
    }
}

/// The address that a program derives from seeds: the first hash, by a bump counted down from 255, that is no point of
/// the curve and so can have no private key.
fn derived(seeds: &[&[u8]], program: &Address) -> Option<Address> {
    (0..=u8::MAX)
        .rev()
        .map(|bump| hash(seeds, bump, program))
        .find(|bytes| is_off_curve(*bytes))
        .map(Address::new)
}

fn hash(seeds: &[&[u8]], bump: u8, program: &Address) -> [u8; 32] {
    let mut hash = Sha256::new();
    for seed in seeds {
        hash.update(seed);
    }
    hash.update([bump]);
    hash.update(program.bytes());
    hash.update(b"ProgramDerivedAddress");
    hash.finalize().into()
}

fn is_off_curve(bytes: [u8; 32]) -> bool {
    CompressedEdwardsY(bytes).decompress().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(value: &serde_json::Value) -> Address {
        value.as_str().unwrap().parse().unwrap()
    }

    #[test]
    fn addresses_are_derived_as_the_programs_do() {
        let text = include_str!("../../../../fixtures/nosana/pda.json");
        let fixture: serde_json::Value = serde_json::from_str(text).unwrap();
        let vectors = fixture.get("vectors").unwrap().as_array().unwrap();
        assert_eq!(vectors.len(), 5);
        for vector in vectors {
            let owner = address(vector.get("owner").unwrap());
            let expected = |name: &str| vector.pointer(&format!("/{name}/address")).map(address);
            assert_eq!(Programs::MAINNET.stake(&owner), expected("stakeMainnet"));
            assert_eq!(Programs::DEVNET.stake(&owner), expected("stakeDevnet"));
            assert_eq!(Programs::MAINNET.nos_account(&owner), expected("nosAtaMainnet"));
        }
    }

    #[test]
    fn the_constants_are_the_published_ones() {
        let text = include_str!("../../../../fixtures/nosana/pda.json");
        let fixture: serde_json::Value = serde_json::from_str(text).unwrap();
        let constant = |name: &str| address(fixture.pointer(&format!("/constants/{name}")).unwrap());
        assert_eq!(Programs::MAINNET.jobs, constant("JOBS"));
        assert_eq!(Programs::MAINNET.staking, constant("STAKE"));
        assert_eq!(Programs::MAINNET.nos_mint, constant("MINT"));
        assert_eq!(Programs::DEVNET.nos_mint, constant("DEVMINT"));
        assert_eq!((TOKEN, ASSOCIATED_TOKEN), (constant("TOKEN"), constant("ATA")));
    }
}
