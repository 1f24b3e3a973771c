//! The options object that most methods take last.

use serde::Deserialize;
use serde_json::Value;

use super::error::RpcError;
use super::filters::Filter;

/// How account data is written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
pub(crate) enum Encoding {
    /// Base58 without naming itself: the default of old.
    #[default]
    #[serde(rename = "binary")]
    Binary,
    #[serde(rename = "base58")]
    Base58,
    #[serde(rename = "base64")]
    Base64,
    #[serde(rename = "base64+zstd")]
    Base64Zstd,
    /// What cannot be parsed is base64; nothing here is parsed.
    #[serde(rename = "jsonParsed")]
    JsonParsed,
}

/// How sure the chain must be; the default is finalized.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Commitment {
    Processed,
    Confirmed,
    #[default]
    Finalized,
}

/// A part of the data.
#[derive(Clone, Copy, Debug, Deserialize)]
pub(crate) struct DataSlice {
    pub(crate) offset: usize,
    pub(crate) length: usize,
}

/// All options of all methods.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct Options {
    pub(crate) encoding: Option<Encoding>,
    pub(crate) commitment: Option<Commitment>,
    pub(crate) min_context_slot: Option<u64>,
    pub(crate) data_slice: Option<DataSlice>,
    pub(crate) filters: Option<Vec<Filter>>,
    pub(crate) with_context: Option<bool>,
    pub(crate) limit: Option<usize>,
    pub(crate) before: Option<String>,
    pub(crate) until: Option<String>,
}

impl Options {
    /// Reads them; absent and null mean the defaults.
    pub(crate) fn read(value: Option<&Value>) -> Result<Self, RpcError> {
        match value {
            None | Some(Value::Null) => Ok(Self::default()),
            Some(value) => Self::deserialize(value)
                .map_err(|error| RpcError::params(format!("Invalid params: {error}."))),
        }
    }

    /// Whether only what is finalized counts.
    pub(crate) fn finalized(&self) -> bool {
        self.commitment.unwrap_or_default() == Commitment::Finalized
    }
}
