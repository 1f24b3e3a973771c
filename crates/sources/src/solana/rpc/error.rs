//! Why a read of the chain brought nothing.

use std::{fmt, time::Duration};

use domain::why::Why;

/// A call that brought nothing that counts.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RpcError {
    /// The reason, as it is stored and shown.
    pub why: Why,
    /// What happened, for logs and the operator, on one line of at most 200 characters: the endpoint's scheme, host
    /// and port, never its key.
    pub detail: String,
    /// How long a throttling endpoint asks us to wait, at most an hour.
    pub retry_after: Option<Duration>,
    /// The JSON-RPC error's code, where there was one.
    pub code: Option<i64>,
}

impl fmt::Display for RpcError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.why, self.detail)
    }
}

impl std::error::Error for RpcError {}
