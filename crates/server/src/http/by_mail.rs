//! Registering where a mail decides: the answer is always the same, so that nobody learns who has an account here.

use std::time::Duration;

use axum::{
    Json,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use domain::{
    account::Email,
    alert::{outcome::Outcome, preference::Language, request},
    destination::Channel,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{client_address::ClientAddress, credential::invitation_hash, error::ApiError, often::Often};
use crate::{app::App, config::Registration};

const CODE_LENGTH: usize = 20;
/// How long the link of a mail is good.
const LINK_FOR: Duration = Duration::from_secs(7 * 86_400);
/// How long somebody waits for the mail server.
const PATIENCE: Duration = Duration::from_secs(15);
/// Mails that one address may ask for.
const OF_ADDRESS: Often = Often { word: "register-address", most: 10, within: Duration::from_secs(3_600) };
/// Mails to one mailbox. Further ones are silently left out: the answer stays the same.
const TO_MAILBOX: Often = Often { word: "register-mailbox", most: 3, within: Duration::from_secs(3_600) };

/// What is answered whether or not the e-mail has an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct MailSent {
    /// Always `mail_sent`: the mail says how to go on.
    pub state: &'static str,
}

/// Whether a mail decides about a registration without a code.
pub fn decides(app: &App) -> bool {
    app.config.registration == Registration::Open && app.channels.offers().contains(&Channel::Email)
}

/// Sends the mail: a link for somebody new, a hint for somebody who has an account.
///
/// # Errors
/// The mail server took it from nobody just now, or this address asked too often.
pub async fn register(
    app: &App,
    from: ClientAddress,
    headers: &HeaderMap,
    email: &Email,
) -> Result<Response, ApiError> {
    let now = app.session_time.now();
    let code = app.entropy.base32::<CODE_LENGTH>();
    let mut tx = app.store.write().await?;
    OF_ADDRESS.count(app, &mut tx, &from.network()).await?;
    let may_be_told = match TO_MAILBOX.count(app, &mut tx, email.as_str()).await {
        Ok(()) => true,
        Err(ApiError::TooOften(_)) => false,
        Err(error) => return Err(error),
    };
    let is_known = tx.account_by_email(email).await?.is_some();
    // Written in both cases, so that both take as long; the code of somebody who has an account goes nowhere.
    tx.add_invitation(&invitation_hash(&code), email, now, now.plus(LINK_FOR)).await?;
    tx.commit().await?;
    if may_be_told {
        let base = app.config.public_base();
        let language = language(headers);
        let words = if is_known {
            request::has_account(language, &format!("{base}/"), now)
        } else {
            request::register(language, &format!("{base}/register#{code}"), now)
        };
        let answer = tokio::time::timeout(PATIENCE, app.letters.send(email.to_string(), words)).await;
        match answer.ok().flatten().map(|answer| answer.outcome) {
            // What the mail server says of one mailbox is not passed on.
            Some(Outcome::Accepted { .. } | Outcome::Refused | Outcome::Gone | Outcome::Unclear) => {}
            Some(Outcome::Later { .. }) | None => return Err(ApiError::NoMail),
        }
    }
    Ok((StatusCode::ACCEPTED, Json(MailSent { state: "mail_sent" })).into_response())
}

/// The first language that the browser names.
fn language(headers: &HeaderMap) -> Language {
    let named =
        headers.get(header::ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let first = named.trim_start().get(..2).unwrap_or_default().to_ascii_lowercase();
    Language::from_word(&first).unwrap_or_default()
}
