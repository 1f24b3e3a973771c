//! What a node is and when something is worth saying: plain types and pure functions, with `now` as an argument.
//!
//! Nothing here does I/O, reads a clock or draws a random number. The one idea: silence is not a verdict, so every
//! type that holds something read from outside has a place for *unknown, because, since*.

pub mod account;
pub mod act;
pub mod address;
pub mod alert;
pub mod api_token;
pub mod catalogue;
pub mod chain;
pub mod compare;
pub mod condition;
pub mod days;
pub mod destination;
pub mod endpoint;
pub mod event;
pub mod guessing;
pub mod job;
pub mod lookup;
pub mod market;
pub mod money;
pub mod network;
pub mod node;
pub mod reading;
pub mod reconcile;
pub mod rules;
pub mod run;
pub mod session;
pub mod session_time;
pub mod sight;
pub mod signing_key;
pub mod stake;
pub mod status;
pub mod time;
pub mod version;
pub mod watch;
pub mod watching;
pub mod why;
pub mod witness;
pub mod wording;
