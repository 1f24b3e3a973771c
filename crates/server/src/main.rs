//! The program `wakeful`: reads what was asked for, then hands over.

use std::process::ExitCode;

use clap::Parser;
use server::{
    admin::Task,
    cli::{Cli, Command},
    command,
};

/// A round over ten thousand nodes needs some fifty megabytes for a second; this one gives them back
/// (docs/decisions/0014 says what was measured).
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a TLS provider was installed before");
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => return command::usage(&told),
    };
    match cli.command {
        None | Some(Command::Serve) => command::serve(cli.settings),
        Some(Command::Openapi) => command::openapi(),
        Some(Command::Healthcheck) => command::healthcheck(&cli.settings),
        Some(Command::Keys(command)) => command::admin(Task::Keys(command), cli.settings),
        Some(Command::Sessions(command)) => command::admin(Task::Sessions(command), cli.settings),
        Some(Command::Users(command)) => command::admin(Task::Users(command), cli.settings),
    }
}
