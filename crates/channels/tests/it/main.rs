//! Every channel against real servers on real sockets: the simulated world's, and ones that answer as a test says.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod email;
mod ends;
mod private_mail;
mod push;
mod telegram;
mod webhook;
