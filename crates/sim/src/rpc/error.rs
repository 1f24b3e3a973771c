//! Errors in the words and codes of a real validator.

use serde_json::{Value, json};

use crate::key::NotAKey;

/// A JSON-RPC error; it comes with HTTP status 200.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct RpcError {
    pub(crate) code: i64,
    pub(crate) message: String,
    pub(crate) data: Option<Value>,
}

impl RpcError {
    fn new(code: i64, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), data: None }
    }

    pub(crate) fn parse() -> Self {
        Self::new(-32700, "Parse error")
    }

    pub(crate) fn invalid_request() -> Self {
        Self::new(-32600, "Invalid request")
    }

    pub(crate) fn unknown_method() -> Self {
        Self::new(-32601, "Method not found")
    }

    pub(crate) fn params(message: impl Into<String>) -> Self {
        Self::new(-32602, message)
    }

    pub(crate) fn too_large_for_base58() -> Self {
        let why = "Encoded binary (base 58) data should be less than 128 bytes, please use Base64 encoding.";
        Self::new(-32600, why)
    }

    pub(crate) fn block_not_available(slot: u64) -> Self {
        Self::new(-32004, format!("Block not available for slot {slot}"))
    }

    pub(crate) fn slot_not_reached(slot: u64) -> Self {
        let mut error = Self::new(-32016, "Minimum context slot has not been reached");
        error.data = Some(json!({ "contextSlot": slot }));
        error
    }

    /// The whole answer.
    pub(crate) fn answer(&self, id: &Value) -> Value {
        let mut error = json!({ "code": self.code, "message": self.message });
        if let Some(data) = &self.data {
            error["data"] = data.clone();
        }
        json!({ "jsonrpc": "2.0", "error": error, "id": id })
    }
}

impl From<NotAKey> for RpcError {
    fn from(why: NotAKey) -> Self {
        Self::params(format!("Invalid param: {why:?}"))
    }
}
