//! The simulator over real sockets, driven as a person would drive it.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod control;
mod endpoint;
mod faults;
mod harness;
mod hook;
mod life;
mod mail;
mod program;
mod push;
mod push_service;
mod rpc;
mod sender;
mod services;
mod shape;
mod telegram;
mod traps;
