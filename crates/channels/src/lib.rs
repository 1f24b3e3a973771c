//! Sends words, and says what the provider answered. A channel tries once: it never retries, reads no clock and no
//! database.

mod exchange;
pub mod push;
mod random;
mod said;
pub mod telegram;

use domain::alert::outcome::{Answer, Outcome};

pub use random::Random;

/// The answer for what was never sent, and why.
fn never(outcome: Outcome, why: &str) -> Answer {
    Answer { outcome, status: None, detail: why.to_owned() }
}
