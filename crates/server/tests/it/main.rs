//! The program against the simulated network: real sockets, real databases, real processes.

#![expect(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod alert_history;
mod alerts;
mod alerts_in_time;
mod alerts_killed;
mod api_tokens;
mod bad_input;
mod blind;
mod commands;
mod configuration;
mod cut_off;
mod destinations;
mod endpoints;
mod facts;
mod first_run;
mod guessing;
mod headers;
mod house;
mod keys;
mod kill;
mod live;
mod long_trials;
mod nodes;
mod own_session;
mod person;
mod preferences;
mod push;
mod quiet;
mod reconcile;
mod registering;
mod repeats;
mod restart;
mod revocations;
mod session;
mod session_time;
mod several_rpcs;
mod soak;
mod store_faults;
mod telegram;
mod tls;
mod trials;
mod truth;
mod world;
