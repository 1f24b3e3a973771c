//! The program against the simulated network: real sockets, real databases, real processes.

mod bad_input;
mod blind;
mod configuration;
mod first_run;
mod headers;
mod house;
mod live;
mod nodes;
mod person;
mod restart;
mod session;
mod truth;
mod world;
