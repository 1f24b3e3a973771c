//! The program `wakeful`: configuration, loops, HTTP API, embedded web app, command line.
//!
//! `http` and `loops` never know of each other: they meet in the store, in [`live`] and in [`look`].

pub mod admin;
pub mod alerts;
pub mod app;
pub mod catalogue;
pub mod cli;
pub mod clock;
pub mod command;
pub mod config;
pub mod entropy;
pub mod first_run;
pub mod http;
pub mod jwt;
pub mod keyring;
mod letters;
pub mod live;
pub mod look;
mod loops;
pub mod memory;
pub mod metrics;
pub mod passwords;
pub mod push;
pub mod reach;
pub mod revocations;
mod secret_key;
pub mod sending;
pub mod serve;
pub mod session_clock;
pub mod supervise;
pub mod telegram;
pub mod verdicts;
