//! Solana: the network's accounts by JSON-RPC (network.md §1, §2).
//!
//! `rpc` moves bytes, `answer` and `account` unwrap them, the decoders read accounts purely, `scan`, `purse` and
//! `ended` ask one endpoint, `pool` the healthiest of several.
// Everything below reads bytes that a stranger wrote.
#![warn(clippy::indexing_slicing, clippy::arithmetic_side_effects)]

pub mod account;
pub mod address;
pub mod answer;
pub mod ended;
mod health;
pub mod job;
pub mod layout;
pub mod market;
mod pool;
mod purse;
pub mod push;
mod rpc;
pub mod run;
mod scan;
pub mod stake;
pub mod token;
mod unpack;
pub mod ws;

pub use address::Programs;
pub use ended::{EndedJob, EndedJobs, ended_jobs};
pub use health::{Health, Standing};
pub use pool::{EndpointState, Now, Pool, Unread};
pub use purse::{PurseRead, purses};
pub use push::{Push, PushLimits, Told};
pub use rpc::{Kind, Limits, Part, Rpc, RpcError, UrlError};
pub use scan::{NamedJob, jobs, scan};
