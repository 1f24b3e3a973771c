//! The methods, one function each, on the chain as one endpoint sees it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::account;
use super::error::RpcError;
use super::filters::Filters;
use super::options::Options;
use super::result;
use crate::app::{App, View};
use crate::key::{Key, MINT, TOKEN};
use crate::ledger::{Account, Frame};

/// The genesis hash of the cluster whose programs are played.
const GENESIS: &str = "5eykt4UsFv8P8NJdTREpY1vzqKqZKvdpKuc147dw2N9d";
/// Keys that one call may name.
const MAX_KEYS: usize = 100;
/// Signatures that one call may bring.
const MAX_SIGNATURES: usize = 1_000;

/// How answers are falsified while a fault is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Distortion {
    None,
    /// Lists are empty.
    Empty,
    /// Lists are cut to their first half.
    Short,
    /// Data is all zero.
    Zeros,
}

struct Call<'a> {
    app: &'a App,
    view: &'a View,
    distortion: Distortion,
    params: &'a [Value],
}

/// Answers one call, whatever it is.
pub(crate) fn answer(app: &App, view: &View, distortion: Distortion, call: &Value) -> Value {
    let id = call.get("id").unwrap_or(&Value::Null);
    let Some(method) = call.get("method").and_then(Value::as_str) else {
        return RpcError::invalid_request().answer(id);
    };
    app.lock().requests.count_method(method);
    let params = match call.get("params") {
        None | Some(Value::Null) => &[][..],
        Some(Value::Array(params)) => params,
        Some(_) => return RpcError::params("`params` should be an array").answer(id),
    };
    let call = Call { app, view, distortion, params };
    match call.dispatch(method) {
        Ok(value) => result(&value, id),
        Err(error) => error.answer(id),
    }
}

impl Call<'_> {
    fn dispatch(&self, method: &str) -> Result<Value, RpcError> {
        match method {
            "getProgramAccounts" => self.program_accounts(),
            "getMultipleAccounts" => self.multiple_accounts(),
            "getAccountInfo" => self.account_info(),
            "getBalance" => self.balance(),
            "getTokenAccountsByOwner" => self.token_accounts_by_owner(),
            "getSignaturesForAddress" => self.signatures(),
            "getSlot" => self.options(0).and_then(|options| Ok(json!(self.slot(&options)?))),
            "getBlockTime" => self.block_time(),
            "getVersion" => Ok(json!({ "feature-set": 1_620_780_344, "solana-core": "3.1.8" })),
            "getGenesisHash" => Ok(json!(GENESIS)),
            "getHealth" => Ok(json!("ok")),
            _ => Err(RpcError::unknown_method()),
        }
    }

    fn options(&self, index: usize) -> Result<Options, RpcError> {
        Options::read(self.params.get(index))
    }

    fn key(&self, index: usize) -> Result<Key, RpcError> {
        match self.params.get(index) {
            None => Err(RpcError::params(format!("`params` should have at least {} argument(s)", index + 1))),
            Some(Value::String(text)) => Ok(text.parse()?),
            Some(other) => {
                Err(RpcError::params(format!("Invalid params: invalid type: {other}, expected a string.")))
            }
        }
    }

    /// The slot of the commitment, once the asked one is reached.
    fn slot(&self, options: &Options) -> Result<u64, RpcError> {
        let slot = self.app.clock.slot(self.view.known_ms(false));
        let slot = if options.finalized() { slot.saturating_sub(32) } else { slot };
        match options.min_context_slot {
            Some(least) if least > slot => Err(RpcError::slot_not_reached(slot)),
            _ => Ok(slot),
        }
    }

    fn frame(&self, options: &Options) -> &Arc<Frame> {
        self.view.frame(options.finalized())
    }

    fn with_context(slot: u64, value: &Value) -> Value {
        json!({ "context": { "apiVersion": "3.1.8", "slot": slot }, "value": value })
    }

    fn written(&self, account: Option<&Arc<Account>>, options: &Options) -> Result<Value, RpcError> {
        account.map_or(Ok(Value::Null), |account| {
            account::to_json(account, options, self.distortion == Distortion::Zeros)
        })
    }

    fn program_accounts(&self) -> Result<Value, RpcError> {
        let (program, options) = (self.key(0)?, self.options(1)?);
        let filters = Filters::read(options.filters.as_deref())?;
        let slot = self.slot(&options)?;
        let accounts = &self.frame(&options).accounts;
        let found: Vec<_> =
            accounts.iter().filter(|(_, a)| a.owner == program && filters.hold(&a.data)).collect();
        let shown = match self.distortion {
            Distortion::Empty => 0,
            Distortion::Short => found.len() / 2,
            Distortion::None | Distortion::Zeros => found.len(),
        };
        let list = self.list(&found[..shown], &options)?;
        Ok(if options.with_context == Some(true) { Self::with_context(slot, &list) } else { list })
    }

    fn list(&self, found: &[(&Key, &Arc<Account>)], options: &Options) -> Result<Value, RpcError> {
        let entry = |(key, account): &(&Key, &Arc<Account>)| {
            Ok(json!({ "account": self.written(Some(account), options)?, "pubkey": key }))
        };
        found.iter().map(entry).collect()
    }

    fn multiple_accounts(&self) -> Result<Value, RpcError> {
        let options = self.options(1)?;
        let keys: Vec<String> = match self.params.first() {
            None => return Err(RpcError::params("`params` should have at least 1 argument(s)")),
            Some(keys) => serde_json::from_value(keys.clone())
                .map_err(|error| RpcError::params(format!("Invalid params: {error}.")))?,
        };
        if keys.len() > MAX_KEYS {
            return Err(RpcError::params(format!("Too many inputs provided; max {MAX_KEYS}")));
        }
        let keys: Vec<Key> = keys.iter().map(|key| key.parse()).collect::<Result<_, _>>()?;
        let slot = self.slot(&options)?;
        let accounts = &self.frame(&options).accounts;
        let list: Result<Value, _> =
            keys.iter().map(|key| self.written(accounts.get(key), &options)).collect();
        Ok(Self::with_context(slot, &list?))
    }

    fn account_info(&self) -> Result<Value, RpcError> {
        let (key, options) = (self.key(0)?, self.options(1)?);
        let slot = self.slot(&options)?;
        let account = self.written(self.frame(&options).accounts.get(&key), &options)?;
        Ok(Self::with_context(slot, &account))
    }

    fn balance(&self) -> Result<Value, RpcError> {
        let (key, options) = (self.key(0)?, self.options(1)?);
        let slot = self.slot(&options)?;
        let lamports = self.frame(&options).accounts.get(&key).map_or(0, |account| account.lamports);
        Ok(Self::with_context(slot, &json!(lamports)))
    }

    fn token_accounts_by_owner(&self) -> Result<Value, RpcError> {
        let (owner, options) = (self.key(0)?, self.options(2)?);
        let asked = |field: &str| self.params.get(1).and_then(|by| by.get(field)).and_then(Value::as_str);
        let (mint, program) = (asked("mint"), asked("programId"));
        if mint.is_none() && program.is_none() {
            return Err(RpcError::params("Invalid params: expected mint or programId."));
        }
        let (mint, program): (Key, Key) =
            (mint.map_or(Ok(MINT), str::parse)?, program.map_or(Ok(TOKEN), str::parse)?);
        let slot = self.slot(&options)?;
        let accounts = &self.frame(&options).accounts;
        let found: Vec<_> = accounts
            .iter()
            .filter(|(_, a)| a.owner == TOKEN && program == TOKEN)
            .filter(|(_, a)| a.data.get(..32) == Some(&mint.0) && a.data.get(32..64) == Some(&owner.0))
            .collect();
        Ok(Self::with_context(slot, &self.list(&found, &options)?))
    }

    fn signatures(&self) -> Result<Value, RpcError> {
        let (key, options) = (self.key(0)?, self.options(1)?);
        let known_ms = self.view.known_ms(options.finalized());
        let state = self.app.lock();
        let mut acts: Vec<_> = state
            .world
            .acts
            .iter()
            .rev()
            .filter(|act| act.at_ms <= known_ms && act.accounts.contains(&key))
            .collect();
        let place = |signature: &str| acts.iter().position(|act| act.signature == signature);
        let from = options.before.as_deref().and_then(place).map_or(0, |index| index + 1);
        let to = options.until.as_deref().and_then(place).unwrap_or(acts.len()).max(from);
        acts = acts[from..to].to_vec();
        acts.truncate(options.limit.unwrap_or(MAX_SIGNATURES).min(MAX_SIGNATURES));
        let one = |act: &&crate::world::Act| {
            json!({
                "blockTime": act.at_ms.div_euclid(1000),
                "confirmationStatus": if act.at_ms <= self.view.known_ms(true) { "finalized" } else { "confirmed" },
                "err": null,
                "memo": null,
                "signature": act.signature,
                "slot": self.app.clock.slot(act.at_ms),
            })
        };
        Ok(acts.iter().map(one).collect())
    }

    fn block_time(&self) -> Result<Value, RpcError> {
        let Some(slot) = self.params.first().and_then(Value::as_u64) else {
            return Err(RpcError::params("Invalid params: expected u64."));
        };
        if slot > self.app.clock.slot(self.view.at_ms) {
            return Err(RpcError::block_not_available(slot));
        }
        Ok(json!(self.app.clock.slot_began_ms(slot).div_euclid(1000)))
    }
}
