//! The rules against worlds that the tests make up.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod days;
mod worlds;
