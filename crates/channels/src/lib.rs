//! Sends words, and says what the provider answered. A channel tries once: it never retries, reads no clock and no
//! database.

mod exchange;
mod said;
pub mod telegram;
