//! The readers against recorded bytes, against servers that lie, and against the simulated network.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod accounts;
mod apis;
mod ended;
mod faults;
mod hostile;
mod network;
mod pool;
mod probes;
mod purses;
mod push;
mod pushed;
mod recorded;
mod served;
mod world;
