//! `wakeful sessions`: who is signed in where, and ending it.

use domain::session::EndReason;

use super::{Desk, account, email, said, table};
use crate::{
    cli::{SessionsCommand, Whose},
    http::rfc3339,
};

pub(super) async fn run(desk: &Desk, command: SessionsCommand) -> Result<String, String> {
    match command {
        SessionsCommand::List { user } => list(desk, user.as_deref()).await,
        SessionsCommand::End(whose) => end(desk, whose).await,
    }
}

async fn list(desk: &Desk, user: Option<&str>) -> Result<String, String> {
    let mut tx = desk.store.read().await.map_err(said)?;
    let accounts = match user {
        Some(user) => vec![account(&mut tx, &email(user)?).await?],
        None => tx.accounts().await.map_err(said)?,
    };
    let mut rows = Vec::new();
    for account in accounts {
        for device in tx.devices(&account.id).await.map_err(said)? {
            let session = device.session;
            let state = session.ended.map_or_else(|| "active".to_owned(), |(why, _)| why.word().to_owned());
            let (created, seen) = (rfc3339(session.created), rfc3339(session.last_seen));
            rows.push(vec![
                session.sid,
                account.email.to_string(),
                state,
                created,
                seen,
                device.address_short,
                device.label,
            ]);
        }
    }
    Ok(table(&["SESSION", "USER", "STATE", "CREATED", "LAST SEEN", "FROM", "DEVICE"], &rows))
}

async fn end(desk: &Desk, whose: Whose) -> Result<String, String> {
    let mut tx = desk.store.write().await.map_err(said)?;
    let mut ended = 0;
    if let Some(sid) = &whose.session {
        if tx.session(sid).await.map_err(said)?.is_none() {
            return Err(format!("there is no session {sid}: `wakeful sessions list` names them"));
        }
        let rev = tx.end_session(sid, EndReason::Revoked, desk.now).await.map_err(said)?;
        ended += usize::from(rev.is_some());
    } else {
        let accounts = match &whose.user {
            Some(user) => vec![account(&mut tx, &email(user)?).await?],
            None => tx.accounts().await.map_err(said)?,
        };
        for account in accounts {
            let all = tx.end_sessions_of(&account.id, None, EndReason::RevokedAll, desk.now).await;
            ended += all.map_err(said)?.len();
        }
    }
    tx.commit().await.map_err(said)?;
    Ok(format!("{ended} sessions ended\n"))
}
