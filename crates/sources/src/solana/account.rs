//! One account as an RPC answer holds it, and what it is once its bytes are read.

use std::borrow::Cow;

use domain::{address::Address, lookup::Lookup};
use serde::Deserialize;

use super::{layout::LayoutError, unpack::Unpacker};

/// An account. What the watch does not need is not read (`rentEpoch` does not fit a signed number).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// What it holds, in lamports.
    pub lamports: u64,
    /// The program it belongs to.
    pub owner: Address,
    /// Its bytes, as far as they were asked for.
    pub data: Result<Vec<u8>, DataError>,
}

/// Why an account's bytes cannot be had.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum DataError {
    /// An encoding that was not asked for.
    #[error("an encoding that was not asked for")]
    UnknownEncoding,
    /// It is not the base64 it should be.
    #[error("broken base64")]
    NotBase64,
    /// It is not the zstd frame it should be.
    #[error("a broken zstd frame")]
    NotZstd,
    /// Longer than any account that is asked for.
    #[error("longer than any account of the network")]
    TooLong,
}

/// The shape on the wire, borrowing its text from the answer.
#[derive(Deserialize)]
pub(super) struct Packed<'a> {
    lamports: u64,
    owner: Address,
    #[serde(borrow)]
    data: (Text<'a>, Text<'a>),
}

#[derive(Deserialize)]
struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

impl Packed<'_> {
    /// The account with its bytes.
    pub(super) fn unpack(&self, unpacker: &mut Unpacker) -> Account {
        let data = unpacker.unpack(&self.data.0.0, &self.data.1.0);
        Account { lamports: self.lamports, owner: self.owner, data }
    }
}

impl Account {
    /// Reads the account of a program. An account of another program is no account of this one.
    #[must_use]
    pub fn read<T>(
        &self,
        program: &Address,
        decode: impl FnOnce(&[u8]) -> Result<T, LayoutError>,
    ) -> Option<T> {
        let data = self.data.as_ref().ok().filter(|_| self.owner == *program)?;
        decode(data).ok()
    }

    /// Whether nothing is left of a program's account but perhaps lamports that somebody sent to its address: the
    /// system program has it back without data, or it bears the mark of a closed account.
    fn is_closed<T>(&self, program: &Address, decode: impl FnOnce(&[u8]) -> Result<T, LayoutError>) -> bool {
        match &self.data {
            Ok(data) if data.is_empty() => self.owner == Address::SYSTEM,
            Ok(data) => self.owner == *program && decode(data).err() == Some(LayoutError::Closed),
            Err(_) => false,
        }
    }
}

/// What a question for one account of a program, by its name, brought.
pub(super) fn lookup<T>(
    account: Option<&Account>,
    program: &Address,
    decode: impl Fn(&[u8]) -> Result<T, LayoutError>,
) -> Lookup<T> {
    let Some(account) = account else { return Lookup::Gone };
    match account.read(program, &decode) {
        Some(value) => Lookup::Found(value),
        None if account.is_closed(program, &decode) => Lookup::Gone,
        None => Lookup::Unreadable,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::solana::{Programs, run};

    const JOBS: Address = Programs::MAINNET.jobs;

    fn account(owner: Address, data: Vec<u8>) -> Account {
        Account { lamports: 1, owner, data: Ok(data) }
    }

    fn look(account: &Account) -> Lookup<domain::run::Run> {
        lookup(Some(account), &JOBS, run::decode)
    }

    #[test]
    fn only_the_chain_itself_can_say_that_an_account_is_gone() {
        assert_eq!(lookup(None, &JOBS, run::decode), Lookup::Gone);
        assert_eq!(look(&account(JOBS, vec![0xff; 120])), Lookup::Gone);
        // Somebody sent lamports to the address of a closed run.
        assert_eq!(look(&account(Address::SYSTEM, Vec::new())), Lookup::Gone);
    }

    #[test]
    fn what_cannot_be_read_is_not_gone() {
        assert_eq!(look(&account(JOBS, Vec::new())), Lookup::Unreadable);
        assert_eq!(look(&account(JOBS, vec![0; 120])), Lookup::Unreadable);
        assert_eq!(look(&account(Address::SYSTEM, vec![0xff; 120])), Lookup::Unreadable);
        let broken = Account { data: Err(DataError::NotBase64), ..account(JOBS, Vec::new()) };
        assert_eq!(look(&broken), Lookup::Unreadable);
    }

    #[test]
    fn a_run_of_another_program_is_no_run() {
        let mut data = run::DISCRIMINATOR.to_vec();
        data.resize(120, 1);
        assert!(matches!(look(&account(JOBS, data.clone())), Lookup::Found(_)));
        assert_eq!(look(&account(Address::new([9; 32]), data)), Lookup::Unreadable);
    }
}
