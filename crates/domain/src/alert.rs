//! From an event to the words that a person is sent: who wants it, when it goes, what goes together.
//!
//! `plan` makes one row per destination at the moment of the fact, `compose` turns the rows of one destination that wait
//! into messages, `schedule` says what follows an attempt to send one.

pub mod compose;
pub mod mute;
pub mod outcome;
pub mod plan;
pub mod preference;
pub mod quiet;
pub mod request;
pub mod schedule;
pub mod summary;
pub mod topic;
pub mod words;
pub mod zone;
