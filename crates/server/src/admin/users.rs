//! `wakeful users`: accounts. Invitations and resets are links that work once, for one e-mail, for seven days.

use std::{io::BufRead, time::Duration};

use domain::account::{Email, Role, check_password};
use store::{NewAccount, StoreError};

use super::{Desk, account, email, said, table};
use crate::{
    cli::UsersCommand,
    config::Registration,
    first_run,
    http::{invitation_hash, reset_hash, rfc3339},
    passwords::Passwords,
};

/// How long a link works.
const LINK_FOR: Duration = Duration::from_secs(7 * 86_400);

pub(super) async fn run(desk: &Desk, command: UsersCommand) -> Result<String, String> {
    match command {
        UsersCommand::List => list(desk).await,
        UsersCommand::Add { email: text, admin } => add(desk, &email(&text)?, admin).await,
        UsersCommand::Invite { email: text } => invite(desk, &email(&text)?).await,
        UsersCommand::Disable { email: text } => disable(desk, &email(&text)?).await,
        UsersCommand::Enable { email: text } => enable(desk, &email(&text)?).await,
        UsersCommand::ResetPassword { email: text } => reset(desk, &email(&text)?).await,
    }
}

async fn list(desk: &Desk) -> Result<String, String> {
    let accounts = desk.store.read().await.map_err(said)?.accounts().await.map_err(said)?;
    let rows = accounts.into_iter().map(|account| {
        let state = if account.disabled.is_some() { "disabled" } else { "active" };
        vec![
            account.email.to_string(),
            account.role.word().to_owned(),
            state.to_owned(),
            rfc3339(account.created),
        ]
    });
    Ok(table(&["USER", "ROLE", "STATE", "CREATED"], &rows.collect::<Vec<_>>()))
}

/// Makes an account whose password is the first line of stdin: it stands in no list of processes and in no history.
async fn add(desk: &Desk, email: &Email, is_admin: bool) -> Result<String, String> {
    let mut password = String::new();
    std::io::stdin().lock().read_line(&mut password).map_err(|error| error.to_string())?;
    let password = password.trim_end_matches(['\r', '\n']);
    check_password(password).map_err(|error| {
        format!("the password, which is read from the standard input, cannot be used: {error}")
    })?;
    let hash = Passwords::new(desk.entropy.clone())?.hash(password.to_owned()).await;
    let hash = hash.map_err(|error| format!("{error:?}"))?;
    let role = if is_admin { Role::Admin } else { Role::Member };
    let (id, space) = (desk.entropy.id(), desk.entropy.id());
    let new = NewAccount { id: &id, email, password_hash: &hash, role, time_zone: "UTC" };
    let mut tx = desk.store.write().await.map_err(said)?;
    match tx.add_account(new, &space, desk.now).await {
        Err(StoreError::Conflict(name)) if name == "account_email_key" => {
            return Err(format!("{email} has an account"));
        }
        other => other.map_err(said)?,
    }
    if is_admin {
        tx.delete_meta(first_run::CODE).await.map_err(said)?;
    }
    tx.commit().await.map_err(said)?;
    if is_admin {
        first_run::forget_code(&desk.config);
    }
    Ok(format!("{email} can sign in\n"))
}

async fn invite(desk: &Desk, email: &Email) -> Result<String, String> {
    if desk.config.registration == Registration::Closed {
        return Err("WAKEFUL_REGISTRATION is closed: use `wakeful users add`, or set it to invite".to_owned());
    }
    let code = desk.entropy.base32::<20>();
    let mut tx = desk.store.write().await.map_err(said)?;
    if tx.account_by_email(email).await.map_err(said)?.is_some() {
        return Err(format!("{email} has an account: `wakeful users reset-password` makes a link to get in"));
    }
    let until = desk.now.plus(LINK_FOR);
    tx.add_invitation(&invitation_hash(&code), email, desk.now, until).await.map_err(said)?;
    tx.commit().await.map_err(said)?;
    Ok(desk.link("register", &code))
}

async fn disable(desk: &Desk, email: &Email) -> Result<String, String> {
    let mut tx = desk.store.write().await.map_err(said)?;
    let account = account(&mut tx, email).await?;
    let others = tx.accounts().await.map_err(said)?;
    let mut admins = others.iter().filter(|other| other.role == Role::Admin && other.disabled.is_none());
    if account.role == Role::Admin && admins.all(|admin| admin.id == account.id) {
        return Err(format!("{email} is the only administrator who can sign in"));
    }
    let ended = tx.disable_account(&account.id, desk.now).await.map_err(said)?.unwrap_or_default().len();
    tx.commit().await.map_err(said)?;
    Ok(format!("{email} cannot sign in any more, {ended} sessions ended\n"))
}

async fn enable(desk: &Desk, email: &Email) -> Result<String, String> {
    let mut tx = desk.store.write().await.map_err(said)?;
    let account = account(&mut tx, email).await?;
    tx.set_disabled(&account.id, None).await.map_err(said)?;
    tx.commit().await.map_err(said)?;
    Ok(format!("{email} can sign in\n"))
}

async fn reset(desk: &Desk, email: &Email) -> Result<String, String> {
    let code = desk.entropy.base32::<20>();
    let mut tx = desk.store.write().await.map_err(said)?;
    account(&mut tx, email).await?;
    let until = desk.now.plus(LINK_FOR);
    tx.add_invitation(&reset_hash(&code), email, desk.now, until).await.map_err(said)?;
    tx.commit().await.map_err(said)?;
    Ok(desk.link("register?reset", &code))
}

impl Desk {
    /// The page where a code is used. It stands behind the #, which browsers send to nobody.
    fn link(&self, page: &str, code: &str) -> String {
        format!("{}/{page}#{code}\n", self.config.public_base())
    }
}
