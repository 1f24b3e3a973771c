//! Moves bytes to one JSON-RPC endpoint and back: every call has a timeout over headers and body, a cap on the body,
//! and says `confirmed`.

mod error;
pub(super) mod place;

use std::{
    fmt,
    sync::atomic::{AtomicBool, AtomicU64, Ordering},
    time::Duration,
};

use domain::{address::Address, why::Why};
use reqwest::{StatusCode, header};
use serde_json::{Value, json};

pub use error::RpcError;
use place::Place;
pub use place::UrlError;

use super::{
    answer::{self, AnswerError, Listed, Named},
    layout::Discriminator,
};

/// What one call may cost.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// From the request to the last byte of the answer.
    pub timeout: Duration,
    /// The longest answer, in bytes.
    pub body: usize,
    /// How long to wait before asking again an endpoint that has not reached a slot yet.
    pub slot_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            timeout: Duration::from_secs(10),
            body: 16 * 1024 * 1024,
            slot_wait: Duration::from_millis(400),
        }
    }
}

/// One JSON-RPC endpoint.
pub struct Rpc {
    client: reqwest::Client,
    place: Place,
    limits: Limits,
    /// The endpoint refused zstd once: it is not asked for it again.
    plain_only: AtomicBool,
    calls: AtomicU64,
}

/// Which accounts of a program to list.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// Whose accounts.
    pub program: Address,
    /// Their first eight bytes.
    pub discriminator: Discriminator,
    /// The size on chain, where all have the same.
    pub size: Option<u64>,
    /// Whether the accounts are worth compressing.
    pub packed: bool,
}

/// A part of each account that is listed, of those that have a certain byte somewhere.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// Where the byte stands, and what it is.
    pub byte: (usize, u8),
    /// Where the part begins, and its length in bytes.
    pub slice: (usize, usize),
}

/// How often an endpoint that lags is asked in all.
const SLOT_TRIES: u32 = 4;
/// "Minimum context slot has not been reached".
const BEHIND: i64 = -32016;
/// "Invalid params".
const INVALID_PARAMS: i64 = -32602;

impl Rpc {
    /// An endpoint at `url` (http or https; a key may stand in its path, query or user info, and is never shown).
    ///
    /// # Errors
    /// The URL cannot be used.
    pub fn new(url: &str, client: reqwest::Client, limits: Limits) -> Result<Self, UrlError> {
        let place = Place::parse(url)?;
        Ok(Self { client, place, limits, plain_only: AtomicBool::new(false), calls: AtomicU64::new(0) })
    }

    /// The endpoint as it may be shown: scheme, host and port, without path, query and user info.
    #[must_use]
    pub fn name(&self) -> &str {
        self.place.name()
    }

    /// How many calls were sent so far.
    #[must_use]
    pub fn calls(&self) -> u64 {
        self.calls.load(Ordering::Relaxed)
    }

    /// All accounts of a kind, at a slot not before `from`: `getProgramAccounts`.
    ///
    /// # Errors
    /// The call failed, or its answer is older.
    pub async fn list(&self, kind: Kind, from: Option<u64>) -> Result<Listed, RpcError> {
        let mut options = json!({ "withContext": true, "filters": filters(kind) });
        start_at(&mut options, from);
        let program = kind.program.to_string();
        if !kind.packed || self.plain_only.load(Ordering::Relaxed) {
            return self.list_as("base64", &program, options, from).await;
        }
        match self.list_as("base64+zstd", &program, options.clone(), from).await {
            Err(error) if refuses_encoding(&error) => {
                let listed = self.list_as("base64", &program, options, from).await?;
                self.plain_only.store(true, Ordering::Relaxed);
                Ok(listed)
            }
            outcome => outcome,
        }
    }

    /// A part of each account of a kind that has a certain byte, at a slot not before `from`: `getProgramAccounts`.
    ///
    /// # Errors
    /// The call failed, or its answer is older.
    pub async fn list_parts(&self, kind: Kind, part: Part, from: Option<u64>) -> Result<Listed, RpcError> {
        let (place, byte) = part.byte;
        let mut filters = filters(kind);
        filters.push(compare(place, &[byte]));
        let slice = json!({ "offset": part.slice.0, "length": part.slice.1 });
        let mut options = json!({ "withContext": true, "filters": filters, "dataSlice": slice });
        start_at(&mut options, from);
        self.list_as("base64", &kind.program.to_string(), options, from).await
    }

    async fn list_as(
        &self,
        encoding: &str,
        program: &str,
        mut options: Value,
        from: Option<u64>,
    ) -> Result<Listed, RpcError> {
        merge(&mut options, json!({ "encoding": encoding, "commitment": "confirmed" }));
        let listed = self.ask("getProgramAccounts", json!([program, options]), answer::listed).await?;
        self.not_before(listed.slot, from)?;
        Ok(listed)
    }

    /// At most 100 accounts by name and the first `length` bytes of each, at a slot not before `from`:
    /// `getMultipleAccounts`.
    ///
    /// # Errors
    /// The call failed, or its answer is older or of another length.
    pub async fn accounts(
        &self,
        keys: &[Address],
        length: usize,
        from: Option<u64>,
    ) -> Result<Named, RpcError> {
        // Whoever holds the key of a closed account can put a huge one in its place.
        let slice = json!({ "offset": 0, "length": length });
        let mut options = json!({ "encoding": "base64", "commitment": "confirmed", "dataSlice": slice });
        start_at(&mut options, from);
        let read = |body: &[u8], id| answer::named(body, id, keys.len());
        let named = self.ask("getMultipleAccounts", json!([keys, options]), read).await?;
        self.not_before(named.slot, from)?;
        Ok(named)
    }

    fn not_before(&self, slot: u64, from: Option<u64>) -> Result<(), RpcError> {
        if from.is_some_and(|from| slot < from) {
            return Err(self.place.error(Why::RpcStale, &format!("an answer of slot {slot}")));
        }
        Ok(())
    }

    /// One call; asked again for a moment while the endpoint lags behind the slot that was asked for.
    async fn ask<T>(
        &self,
        method: &str,
        params: Value,
        read: impl Fn(&[u8], u64) -> Result<T, AnswerError>,
    ) -> Result<T, RpcError> {
        let mut tries = 1;
        loop {
            let id = self.calls.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
            let call = json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params });
            let body = tokio::time::timeout(self.limits.timeout, self.send(call.to_string()))
                .await
                .map_err(|_| self.place.error(Why::RpcTimeout, "no full answer in time"))??;
            match read(&body, id) {
                Ok(answer) => return Ok(answer),
                Err(AnswerError::Refused { code: BEHIND, .. }) if tries < SLOT_TRIES => {
                    tries = tries.saturating_add(1);
                    tokio::time::sleep(self.limits.slot_wait).await;
                }
                Err(error) => return Err(self.place.misread(&error)),
            }
        }
    }

    async fn send(&self, call: String) -> Result<Vec<u8>, RpcError> {
        let request = self.client.post(self.place.url()).header(header::CONTENT_TYPE, "application/json");
        let response = request.body(call).send().await.map_err(|error| self.place.broken(&error))?;
        match response.status() {
            StatusCode::OK => {}
            status => return Err(self.place.status(status, response.headers())),
        }
        outbound::body(response, self.limits.body).await.map_err(|error| match error {
            outbound::BodyError::TooLarge => {
                self.place.error(Why::RpcTooLarge, &format!("more than {} bytes", self.limits.body))
            }
            outbound::BodyError::Broken(error) => self.place.broken(&error),
        })
    }
}

fn filters(kind: Kind) -> Vec<Value> {
    let size = kind.size.map(|size| json!({ "dataSize": size }));
    std::iter::once(compare(0, &kind.discriminator)).chain(size).collect()
}

fn compare(place: usize, bytes: &[u8]) -> Value {
    json!({ "memcmp": { "offset": place, "bytes": bs58::encode(bytes).into_string() } })
}

fn start_at(options: &mut Value, from: Option<u64>) {
    if let Some(slot) = from {
        merge(options, json!({ "minContextSlot": slot }));
    }
}

fn merge(options: &mut Value, more: Value) {
    if let (Value::Object(options), Value::Object(more)) = (options, more) {
        options.extend(more);
    }
}

fn refuses_encoding(error: &RpcError) -> bool {
    error.code.is_some_and(|code| code == INVALID_PARAMS || error.detail.contains("encoding"))
}

impl fmt::Debug for Rpc {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Rpc")
            .field("name", &self.name())
            .field("calls", &self.calls())
            .finish_non_exhaustive()
    }
}
