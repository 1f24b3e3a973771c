//! What a JSON-RPC answer says, read purely: an account list, accounts by name, or an error (network.md §6).
//!
//! A hostile answer costs no more than its own length: nesting is cut by the parser, lists by a count, and what
//! accounts inflate to by [`super::unpack`].

use std::{fmt, marker::PhantomData};

use domain::address::Address;
use serde::{
    Deserialize, Deserializer,
    de::{Error as _, SeqAccess, Visitor},
};

use super::{
    account::{Account, DataError, Packed},
    unpack::Unpacker,
};

/// How many accounts one list may hold: a hundred times the network of today.
const LONGEST_LIST: usize = 50_000;
/// How many accounts can be asked for by name in one call.
pub const MOST_KEYS: usize = 100;

/// Why an answer is none.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AnswerError {
    /// It is not the JSON-RPC answer to this call.
    #[error("{0}")]
    Garbage(String),
    /// A JSON-RPC error.
    #[error("{code}: {message}")]
    Refused {
        /// The error's code.
        code: i64,
        /// The error's words.
        message: String,
    },
    /// More, or longer accounts than the network has.
    #[error("accounts longer than any of the network")]
    TooLarge,
}

/// The answer to `getProgramAccounts` with its context.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Listed {
    /// The slot of the answer.
    pub slot: u64,
    /// The accounts in the order given.
    pub accounts: Vec<(Address, Account)>,
}

/// The answer to `getMultipleAccounts`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Named {
    /// The slot of the answer.
    pub slot: u64,
    /// One place for each key asked for; `None` = there is no such account.
    pub accounts: Vec<Option<Account>>,
}

#[derive(Deserialize)]
#[serde(bound(deserialize = "T: Deserialize<'de>"))]
struct Envelope<T> {
    id: Option<u64>,
    result: Option<T>,
    error: Option<Refusal>,
}

#[derive(Deserialize)]
struct Refusal {
    code: i64,
    #[serde(default)]
    message: String,
}

#[derive(Deserialize)]
struct At<T> {
    context: Context,
    value: T,
}

#[derive(Deserialize)]
pub(super) struct Context {
    pub(super) slot: u64,
}

#[derive(Deserialize)]
pub(super) struct Entry<'a> {
    pub(super) pubkey: Address,
    #[serde(borrow)]
    pub(super) account: Packed<'a>,
}

/// Reads the answer to the call `id` of `getProgramAccounts`.
///
/// # Errors
/// See [`AnswerError`]. An account whose bytes are broken is in the list all the same.
pub fn listed(body: &[u8], id: u64) -> Result<Listed, AnswerError> {
    let At { context, value } = result::<At<AtMost<Entry<'_>, LONGEST_LIST>>>(body, id)?;
    let mut unpacker = Unpacker::new();
    let unpacked = |entry: &Entry<'_>| Ok((entry.pubkey, honest(entry.account.unpack(&mut unpacker))?));
    let accounts = value.items.iter().map(unpacked).collect::<Result<_, _>>()?;
    Ok(Listed { slot: context.slot, accounts })
}

/// Reads the answer to the call `id` of `getMultipleAccounts` for `keys` keys.
///
/// # Errors
/// See [`AnswerError`]. An account whose bytes are broken is in its place all the same.
pub fn named(body: &[u8], id: u64, keys: usize) -> Result<Named, AnswerError> {
    let At { context, value } = result::<At<AtMost<Option<Packed<'_>>, MOST_KEYS>>>(body, id)?;
    if value.items.len() != keys {
        return Err(AnswerError::Garbage(format!("{} accounts for {keys} keys", value.items.len())));
    }
    let mut unpacker = Unpacker::new();
    let unpacked = |packed: &Option<Packed<'_>>| {
        packed.as_ref().map(|one| honest(one.unpack(&mut unpacker))).transpose()
    };
    let accounts = value.items.iter().map(unpacked).collect::<Result<_, _>>()?;
    Ok(Named { slot: context.slot, accounts })
}

/// One account that inflates without an end makes the whole answer hostile.
fn honest(account: Account) -> Result<Account, AnswerError> {
    if account.data == Err(DataError::TooLong) { Err(AnswerError::TooLarge) } else { Ok(account) }
}

fn result<'a, T: Deserialize<'a>>(body: &'a [u8], id: u64) -> Result<T, AnswerError> {
    let answer: Envelope<T> =
        serde_json::from_slice(body).map_err(|error| AnswerError::Garbage(error.to_string()))?;
    if let Some(Refusal { code, message }) = answer.error {
        return Err(AnswerError::Refused { code, message });
    }
    if answer.id != Some(id) {
        return Err(AnswerError::Garbage("an answer to another call".into()));
    }
    answer.result.ok_or_else(|| AnswerError::Garbage("neither a result nor an error".into()))
}

/// A list that is given up once it has more than `N` items.
struct AtMost<T, const N: usize> {
    items: Vec<T>,
}

impl<'de, T: Deserialize<'de>, const N: usize> Deserialize<'de> for AtMost<T, N> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Items<T, const N: usize>(PhantomData<T>);

        impl<'de, T: Deserialize<'de>, const N: usize> Visitor<'de> for Items<T, N> {
            type Value = AtMost<T, N>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "a list of at most {N}")
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Self::Value, A::Error> {
                let mut items = Vec::new();
                while let Some(item) = from.next_element()? {
                    if items.len() >= N {
                        return Err(A::Error::invalid_length(N.saturating_add(1), &self));
                    }
                    items.push(item);
                }
                Ok(AtMost { items })
            }
        }

        deserializer.deserialize_seq(Items(PhantomData))
    }
}
