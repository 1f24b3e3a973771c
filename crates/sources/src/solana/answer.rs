//! What a JSON-RPC answer says, read purely: an account list, accounts by name, or an error (network.md §6).
//!
//! A hostile answer costs no more than its own length: nesting is cut by the parser, lists by a count, and what
//! accounts inflate to by a budget.

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
pub(super) struct Refusal {
    pub(super) code: i64,
    #[serde(default)]
    pub(super) message: String,
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

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "nosJhNRqr2bc9g1nfGDcXXTXvYUmxD4cVwy2pMWhrYM";

    fn account(data: &str) -> String {
        format!(
            r#"{{"data":["{data}","base64"],"lamports":1,"owner":"{KEY}","rentEpoch":18446744073709551615}}"#
        )
    }

    fn answer(value: &str) -> String {
        format!(r#"{{"jsonrpc":"2.0","id":7,"result":{{"context":{{"slot":5}},"value":{value}}}}}"#)
    }

    fn names(value: &str, keys: usize) -> Result<Named, AnswerError> {
        named(answer(value).as_bytes(), 7, keys)
    }

    fn is_garbage<T>(read: &Result<T, AnswerError>) -> bool {
        matches!(read, Err(AnswerError::Garbage(_)))
    }

    #[test]
    fn each_key_has_its_place_and_null_is_one() {
        let named = names(&format!("[{},null]", account("AAE=")), 2).unwrap();
        let data = |place: usize| named.accounts.get(place).unwrap().as_ref().map(|one| one.data.clone());
        assert_eq!((named.slot, data(0), data(1)), (5, Some(Ok(vec![0, 1])), None));
        assert!(is_garbage(&names("[null]", 2)));
        assert!(is_garbage(&names("[null,null,null]", 2)));
    }

    #[test]
    fn a_broken_account_leaves_the_others_readable() {
        let value = format!("[{},{}]", account("%"), account("AAE="));
        let accounts = names(&value, 2).unwrap().accounts;
        let data: Vec<_> = accounts.into_iter().flatten().map(|one| one.data).collect();
        assert_eq!(data, [Err(DataError::NotBase64), Ok(vec![0, 1])]);
    }

    #[test]
    fn an_account_without_an_end_makes_the_answer_hostile() {
        assert_eq!(names(&format!("[{}]", account(&"A".repeat(40_000))), 1), Err(AnswerError::TooLarge));
    }

    #[test]
    fn an_answer_to_another_call_is_none() {
        assert!(is_garbage(&named(answer("[null]").as_bytes(), 8, 1)));
        assert!(is_garbage(&named(br#"{"result":{"context":{"slot":5},"value":[null]}}"#, 7, 1)));
        assert!(is_garbage(&named(br#"{"id":7,"result":null}"#, 7, 1)));
    }

    #[test]
    fn an_error_counts_even_where_the_call_could_not_be_read() {
        let body = br#"{"jsonrpc":"2.0","error":{"code":-32700,"message":"Parse error"},"id":null}"#;
        let refused = AnswerError::Refused { code: -32700, message: "Parse error".into() };
        assert_eq!(named(body, 7, 1), Err(refused));
        assert_eq!(
            named(br#"{"error":{"code":1}}"#, 7, 1),
            Err(AnswerError::Refused { code: 1, message: String::new() })
        );
    }

    #[test]
    fn nesting_and_endless_lists_are_cut() {
        let deep = format!("{}{}", "[".repeat(500_000), "]".repeat(500_000));
        assert!(is_garbage(&names(&deep, 1)));
        // What is not asked for is stepped over without a stack.
        let beside = listed(answer(&format!(r#"[],"x":{deep}"#)).as_bytes(), 7);
        assert_eq!(beside, Ok(Listed { slot: 5, accounts: Vec::new() }));
        assert!(is_garbage(&names(&format!("[{}null]", "null,".repeat(1_000_000)), 100)));
    }
}
