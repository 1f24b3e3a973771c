//! What a subscriber asked for, and the notification of a change to him.

use std::sync::Arc;

use serde_json::{Value, json};

use super::account;
use super::error::RpcError;
use super::filters::Filters;
use super::options::Options;
use crate::key::Key;
use crate::ledger::{Account, Frame};

/// An account that differs between two frames.
#[derive(Debug)]
pub(crate) struct Change {
    key: Key,
    /// Without it the account was closed.
    account: Option<Arc<Account>>,
}

impl Change {
    /// In the order of the addresses, the closed ones last.
    pub(crate) fn between(before: &Frame, now: &Frame) -> Vec<Self> {
        let changed = now
            .accounts
            .iter()
            .filter(|(key, account)| before.accounts.get(*key).is_none_or(|old| !Arc::ptr_eq(old, account)));
        let closed = before.accounts.keys().filter(|key| !now.accounts.contains_key(*key));
        changed
            .map(|(key, account)| Self { key: *key, account: Some(Arc::clone(account)) })
            .chain(closed.map(|key| Self { key: *key, account: None }))
            .collect()
    }
}

#[derive(Debug)]
enum Target {
    Account(Key),
    Program(Key, Filters),
}

/// One subscription of one connection.
#[derive(Debug)]
pub(crate) struct Subscription {
    pub(crate) id: u64,
    target: Target,
    options: Options,
}

impl Subscription {
    /// From the parameters of `accountSubscribe`.
    pub(crate) fn to_account(params: &[Value]) -> Result<Self, RpcError> {
        Ok(Self { id: 0, target: Target::Account(key(params)?), options: Options::read(params.get(1))? })
    }

    /// From the parameters of `programSubscribe`.
    pub(crate) fn to_program(params: &[Value]) -> Result<Self, RpcError> {
        let options = Options::read(params.get(1))?;
        let filters = Filters::read(options.filters.as_deref())?;
        Ok(Self { id: 0, target: Target::Program(key(params)?, filters), options })
    }

    /// Whether it is told only of what is finalized.
    pub(crate) fn finalized(&self) -> bool {
        self.options.finalized()
    }

    /// The notification, if the change concerns it. A program's subscriber is not told of a closed account: its
    /// owner has become the system program.
    pub(crate) fn notification(&self, change: &Change, slot: u64) -> Option<Value> {
        let (method, value) = match (&self.target, &change.account) {
            (Target::Account(key), Some(account)) if *key == change.key => {
                ("accountNotification", account::to_json(account, &self.options, false))
            }
            (Target::Account(key), None) if *key == change.key => {
                ("accountNotification", account::closed(&self.options))
            }
            (Target::Program(program, filters), Some(account))
                if account.owner == *program && filters.hold(&account.data) =>
            {
                let written = account::to_json(account, &self.options, false);
                let value = written.map(|account| json!({ "pubkey": change.key, "account": account }));
                ("programNotification", value)
            }
            _ => return None,
        };
        let result = json!({ "context": { "slot": slot }, "value": value.ok()? });
        let params = json!({ "result": result, "subscription": self.id });
        Some(json!({ "jsonrpc": "2.0", "method": method, "params": params }))
    }
}

fn key(params: &[Value]) -> Result<Key, RpcError> {
    let text = params.first().and_then(Value::as_str);
    let text = text.ok_or_else(|| RpcError::params("`params` should have at least 1 argument(s)"))?;
    Ok(text.parse()?)
}
