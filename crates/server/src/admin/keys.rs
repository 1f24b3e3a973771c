//! `wakeful keys`: the ring that signs bearer tokens. No cookie depends on it.

use domain::signing_key::PENDING_FOR;

use super::{Desk, said, table};
use crate::{cli::KeysCommand, http::rfc3339};

pub(super) async fn run(desk: &Desk, command: KeysCommand) -> Result<String, String> {
    match command {
        KeysCommand::List => list(desk).await,
        KeysCommand::Rotate => rotate(desk).await,
        KeysCommand::Compromise { kid } => compromise(desk, &kid).await,
    }
}

async fn list(desk: &Desk) -> Result<String, String> {
    let keys = desk.store.read().await.map_err(said)?.signing_keys().await.map_err(said)?;
    let rows = keys
        .into_iter()
        .map(|key| vec![key.kid, key.state.word().to_owned(), rfc3339(key.created), rfc3339(key.changed)]);
    Ok(table(&["KID", "STATE", "CREATED", "SINCE"], &rows.collect::<Vec<_>>()))
}

async fn rotate(desk: &Desk) -> Result<String, String> {
    let (kid, secret) = (desk.entropy.base32::<12>(), desk.entropy.secret());
    let mut tx = desk.store.write().await.map_err(said)?;
    tx.rotate_keys((&kid, &secret), desk.now).await.map_err(said)?;
    tx.commit().await.map_err(said)?;
    let seconds = PENDING_FOR.as_secs();
    Ok(format!("{kid} verifies now and signs in {seconds} s; the key before it goes on verifying\n"))
}

async fn compromise(desk: &Desk, kid: &str) -> Result<String, String> {
    let (next, secret) = (desk.entropy.base32::<12>(), desk.entropy.secret());
    let mut tx = desk.store.write().await.map_err(said)?;
    let done = tx.compromise_key(kid, (&next, &secret), desk.now).await.map_err(said)?;
    let done = done.ok_or_else(|| format!("there is no key {kid}: `wakeful keys list` names them"))?;
    tx.commit().await.map_err(said)?;
    let ended = done.ended.len();
    let signs = if done.replaced { format!("; {next} signs from now on") } else { String::new() };
    Ok(format!("{kid} is good for nothing any more, {ended} token sessions ended{signs}; cookies go on\n"))
}
