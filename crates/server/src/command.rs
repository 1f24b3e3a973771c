//! The commands: each returns what the process exits with.

use std::{fs, io::Write, process::ExitCode, time::Duration};

use clap::error::ErrorKind;
use tokio::{net::TcpListener, signal::unix::SignalKind};
use tokio_util::sync::CancellationToken;

use crate::{
    admin::{self, Task},
    cli::Settings,
    clock::Clock,
    config::{Config, ConfigError, LogFormat},
    entropy::Entropy,
    first_run::FirstRun,
    http,
    serve::{Server, build},
};

/// EX_CONFIG of sysexits.h: a configuration that cannot be used.
const EX_CONFIG: u8 = 78;

/// Where a server listens that was told nothing.
const LISTEN: &str = "127.0.0.1:8080";

/// What was typed was no command: help and version are no mistakes.
#[must_use]
pub fn usage(told: &clap::Error) -> ExitCode {
    let _ = told.print();
    match told.kind() {
        ErrorKind::DisplayHelp | ErrorKind::DisplayVersion => ExitCode::SUCCESS,
        _ => ExitCode::from(EX_CONFIG),
    }
}

/// `wakeful serve`.
#[must_use]
pub fn serve(settings: Settings) -> ExitCode {
    let config = match with_secret_files(settings).and_then(|settings| Config::from_settings(&settings)) {
        Ok(config) => config,
        Err(error) => {
            say_error(&error.to_string());
            return ExitCode::from(EX_CONFIG);
        }
    };
    start_log(&config);
    finish(run(config))
}

/// The commands that work on the store.
#[must_use]
pub fn admin(task: Task, settings: Settings) -> ExitCode {
    let config = match with_secret_files(settings).and_then(|settings| Config::from_settings(&settings)) {
        Ok(config) => config,
        Err(error) => {
            say_error(&error.to_string());
            return ExitCode::from(EX_CONFIG);
        }
    };
    finish(async {
        say(&admin::run(task, config).await?);
        Ok(())
    })
}

/// `wakeful openapi`.
#[must_use]
pub fn openapi() -> ExitCode {
    say(&http::openapi());
    ExitCode::SUCCESS
}

/// `wakeful healthcheck`.
#[must_use]
pub fn healthcheck(settings: &Settings) -> ExitCode {
    let listen = settings.listen.as_deref().filter(|listen| !listen.is_empty()).unwrap_or(LISTEN);
    let asked = async {
        let client = reqwest::Client::builder().no_proxy().timeout(Duration::from_secs(5)).build();
        let response = client
            .map_err(|error| error.to_string())?
            .get(format!("http://{listen}/api/health"))
            .send()
            .await;
        let response = response.map_err(|error| format!("nothing answers at {listen}: {error}"))?;
        let body: serde_json::Value = response.json().await.map_err(|error| error.to_string())?;
        if body["kind"] == "wakeful.health" && body["status"] == "healthy" {
            return Ok(());
        }
        Err(format!("something else answers at {listen}"))
    };
    finish(asked)
}

#[tokio::main]
async fn finish(work: impl Future<Output = Result<(), String>>) -> ExitCode {
    match work.await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say_error(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(config: Config) -> Result<(), String> {
    let stop = CancellationToken::new();
    let entropy = Entropy::system()?;
    let listen = config.listen;
    let public_url = config.public_url.clone();
    let server = build(config, Clock::system(), entropy, stop.clone()).await?;
    let listener =
        TcpListener::bind(listen).await.map_err(|error| format!("cannot listen on {listen}: {error}"))?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let url = public_url
        .map_or_else(|| format!("http://{address}"), |url| url.as_str().trim_end_matches('/').to_owned());
    announce(&server, &url);
    say(&format!("listening on http://{address}\n"));
    let signalled = wait_for_signal()?;
    let (served, ()) = tokio::join!(server.run(listener), async {
        tokio::select! {
            () = signalled => tracing::info!("told to stop"),
            () = stop.cancelled() => {}
        }
        stop.cancel();
    });
    served.map_err(|error| error.to_string())
}

fn announce(server: &Server, url: &str) {
    if let FirstRun::Code(code) = &server.first_run {
        say(&format!("set up: {url}/setup#{code}\n"));
    }
}

fn wait_for_signal() -> Result<impl Future<Output = ()>, String> {
    let listen = |kind| tokio::signal::unix::signal(kind).map_err(|error| error.to_string());
    let (mut terminate, mut interrupt) = (listen(SignalKind::terminate())?, listen(SignalKind::interrupt())?);
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

/// Reads the `…_FILE` settings into their plain ones.
fn with_secret_files(mut settings: Settings) -> Result<Settings, ConfigError> {
    let files = [
        ("WAKEFUL_DATABASE_URL_FILE", settings.database_url_file.take(), &mut settings.database_url),
        ("WAKEFUL_SOLANA_RPC_FILE", settings.solana_rpc_file.take(), &mut settings.solana_rpc),
        ("WAKEFUL_SOLANA_WS_FILE", settings.solana_ws_file.take(), &mut settings.solana_ws),
        ("WAKEFUL_TELEGRAM_TOKEN_FILE", settings.telegram_token_file.take(), &mut settings.telegram_token),
        ("WAKEFUL_SMTP_URL_FILE", settings.smtp_url_file.take(), &mut settings.smtp_url),
        ("WAKEFUL_ADMIN_PASSWORD_FILE", settings.admin_password_file.take(), &mut settings.admin_password),
        ("SECRET_KEY_FILE", settings.secret_key_file.take(), &mut settings.secret_key),
    ];
    for (variable, path, value) in files {
        let Some(path) = path.filter(|path| !path.is_empty()) else { continue };
        let text = fs::read_to_string(&path).map_err(|error| ConfigError {
            variable,
            value: Some(path.clone()),
            accepted: format!("a file that can be read ({error})"),
        })?;
        *value = Some(text.trim_end_matches(['\r', '\n']).to_owned());
    }
    Ok(settings)
}

fn start_log(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::try_new(&config.log).unwrap_or_default();
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first.
    let _ = match config.log_format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
}

/// What the program prints on stdout is a contract; a closed stdout is no reason to stop.
fn say(text: &str) {
    let mut out = std::io::stdout().lock();
    let _ = out.write_all(text.as_bytes()).and_then(|()| out.flush());
}

fn say_error(text: &str) {
    let _ = writeln!(std::io::stderr().lock(), "wakeful: {text}");
}
