//! The program `wakeful`: reads what was asked for, then hands over.

use std::process::ExitCode;

use clap::Parser;
use server::{
    cli::{Cli, Command},
    command,
};

fn main() -> ExitCode {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a TLS provider was installed before");
    }
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(told) => return command::usage(&told),
    };
    match cli.command {
        None => command::serve(cli.settings),
        Some(Command::Serve(settings)) => command::serve(*settings),
        Some(Command::Openapi) => command::openapi(),
        Some(Command::Healthcheck { listen }) => command::healthcheck(&listen),
    }
}
