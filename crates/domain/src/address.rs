//! A Solana public key: the id of a node, a market, a run and a job.

mod base58;

use std::{fmt, str::FromStr};

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Visitor};

/// 32 bytes, written in base58. A node *is* a wallet: this is its id on the chain, in APIs and in its host name.
#[derive(Clone, Copy, Eq, Hash, Ord, PartialEq, PartialOrd, Default)]
pub struct Address([u8; 32]);

/// Why a text is no address. The position is counted in characters from 1, as a person counts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum AddressError {
    /// Nothing was given.
    Empty,
    /// A character that base58 does not have.
    NotBase58 {
        /// Where, from 1.
        position: usize,
        /// Which.
        character: char,
    },
    /// Base58, but not of 32 bytes.
    WrongLength {
        /// How many characters there are; an address has 32 to 44.
        characters: usize,
        /// How many bytes they stand for, when that can be told.
        bytes: Option<usize>,
    },
}

const LONGEST: usize = 44;

impl Address {
    /// The system program, `111…`: "nobody" in account fields.
    pub const SYSTEM: Self = Self([0; 32]);

    /// From raw bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The raw bytes.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl FromStr for Address {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        if let Some(bytes) = base58::decode(text) {
            return Ok(Self(bytes));
        }
        // What is no address is looked at again, to say why.
        if text.is_empty() {
            return Err(AddressError::Empty);
        }
        // Judged before decoding: base58 takes time that grows with the square of the length.
        let wrong = text
            .chars()
            .take(LONGEST + 1)
            .enumerate()
            .find(|(_, c)| !c.is_ascii_alphanumeric() || matches!(c, '0' | 'O' | 'I' | 'l'));
        if let Some((index, character)) = wrong {
            return Err(AddressError::NotBase58 { position: index + 1, character });
        }
        if text.len() > LONGEST {
            return Err(AddressError::WrongLength { characters: text.chars().count(), bytes: None });
        }
        let bytes = bs58::decode(text)
            .into_vec()
            .map_err(|_| AddressError::WrongLength { characters: text.len(), bytes: None })?;
        let length = bytes.len();
        let bytes = bytes
            .try_into()
            .map_err(|_| AddressError::WrongLength { characters: text.len(), bytes: Some(length) })?;
        Ok(Self(bytes))
    }
}

impl AddressError {
    /// The stable code of the API.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Empty => "address_empty",
            Self::NotBase58 { .. } => "address_not_base58",
            Self::WrongLength { .. } => "address_wrong_length",
        }
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("The address is empty. A node's address has 32 to 44 characters."),
            Self::NotBase58 { position, character: '0' } => {
                write!(f, "Character {position} is a zero. Node addresses have none; it may be an o.")
            }
            Self::NotBase58 { position, character: 'O' } => {
                write!(f, "Character {position} is a capital O. Node addresses have none; it may be an o.")
            }
            Self::NotBase58 { position, character: character @ ('I' | 'l') } => {
                write!(
                    f,
                    "Character {position} is {character:?}. Node addresses have none; it may be a 1 or an i."
                )
            }
            Self::NotBase58 { position, character } => {
                write!(
                    f,
                    "Character {position} is {character:?}. Node addresses have letters and digits only."
                )
            }
            Self::WrongLength { characters, bytes: Some(bytes) } => write!(
                f,
                "These {characters} characters stand for {bytes} bytes. A node's address is exactly 32 bytes."
            ),
            Self::WrongLength { characters, bytes: None } => {
                write!(f, "The address has {characters} characters. A node's address has 32 to 44.")
            }
        }
    }
}

impl std::error::Error for AddressError {}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&bs58::encode(self.0).into_string())
    }
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl Serialize for Address {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Address {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;

        impl Visitor<'_> for Text {
            type Value = Address;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<Address, E> {
                text.parse().map_err(E::custom)
            }
        }

        deserializer.deserialize_str(Text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_wrong_character_is_named_by_its_place() {
        let error = "9fTx2YwKcQe7Zr4mNbV0Ua3sPjHdLgRk8WoCyB5nEu1q".parse::<Address>().unwrap_err();
        assert_eq!(error, AddressError::NotBase58 { position: 20, character: '0' });
        assert_eq!(error.to_string(), "Character 20 is a zero. Node addresses have none; it may be an o.");
    }

    #[test]
    fn forty_four_ones_are_forty_four_bytes_and_no_address() {
        let error = "1".repeat(44).parse::<Address>().unwrap_err();
        assert_eq!(error, AddressError::WrongLength { characters: 44, bytes: Some(44) });
    }

    #[test]
    fn a_book_is_refused_without_being_decoded() {
        let error = "a".repeat(1_000_000).parse::<Address>().unwrap_err();
        assert_eq!(error, AddressError::WrongLength { characters: 1_000_000, bytes: None });
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes: [u8; 32]) {
            let address = Address::new(bytes);
            prop_assert_eq!(address.to_string().parse::<Address>(), Ok(address));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,80}") {
            let _ = text.parse::<Address>();
        }
    }
}
