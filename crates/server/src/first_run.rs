//! The first start: the set-up code that keeps strangers on the network from taking the house, or the administrator
//! that the configuration names.

use std::{fs, io, path::PathBuf};

use domain::account::Role;
use store::{NewAccount, StoreError};

use crate::{app::App, config::Config};

/// Where the store keeps the code until it is used.
pub const CODE: &str = "setup_code";

/// What is still to be done before somebody can sign in.
#[derive(Debug, Eq, PartialEq)]
pub enum FirstRun {
    /// Nothing: an administrator exists.
    Done,
    /// Somebody must open the set-up link with this code.
    Code(String),
}

/// Makes the configured administrator, or the set-up code with its file.
///
/// # Errors
/// What the store, the hashing or the file said.
pub async fn prepare(app: &App) -> Result<FirstRun, String> {
    let said = |error: StoreError| error.to_string();
    if app.store.read().await.map_err(said)?.has_admin().await.map_err(said)? {
        forget_code(&app.config);
        return Ok(FirstRun::Done);
    }
    if let Some(admin) = &app.config.admin {
        let hash = app.passwords.hash(admin.password.clone()).await.map_err(|error| format!("{error:?}"))?;
        let (id, space) = (app.entropy.id(), app.entropy.id());
        let account = NewAccount {
            id: &id,
            email: &admin.email,
            password_hash: &hash,
            role: Role::Admin,
            time_zone: "UTC",
        };
        let mut tx = app.store.write().await.map_err(said)?;
        tx.add_account(account, &space, app.clock.now()).await.map_err(said)?;
        tx.delete_meta(CODE).await.map_err(said)?;
        tx.commit().await.map_err(said)?;
        tracing::info!("made the administrator that the configuration names");
        return Ok(FirstRun::Done);
    }
    let mut tx = app.store.write().await.map_err(said)?;
    let code = tx.meta_or_insert(CODE, &app.entropy.base32::<20>()).await.map_err(said)?;
    tx.commit().await.map_err(said)?;
    write_code(&app.config, &code)
        .map_err(|error| format!("{}: {error}", code_file(&app.config).display()))?;
    Ok(FirstRun::Code(code))
}

fn code_file(config: &Config) -> PathBuf {
    config.data.join("setup-code")
}

/// Writes the code for whoever can read the data folder, and for nobody else.
fn write_code(config: &Config, code: &str) -> io::Result<()> {
    use std::{io::Write, os::unix::fs::OpenOptionsExt};
    fs::create_dir_all(&config.data)?;
    let file = code_file(config);
    // A file of before may have other permissions.
    let _ = fs::remove_file(&file);
    let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(file)?;
    writeln!(file, "{code}")
}

/// Removes the file once the code is used.
pub fn forget_code(config: &Config) {
    let _ = fs::remove_file(code_file(config));
}
