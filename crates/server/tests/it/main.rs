//! The program against the simulated network: real sockets, real databases, real processes.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod bad_input;
mod blind;
mod configuration;
mod endpoints;
mod facts;
mod first_run;
mod headers;
mod house;
mod live;
mod nodes;
mod person;
mod push;
mod reconcile;
mod restart;
mod session;
mod several_rpcs;
mod soak;
mod tls;
mod truth;
mod world;
