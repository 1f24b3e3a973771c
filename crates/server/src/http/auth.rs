//! Registering and signing in, for browsers: the answer is a cookie, never a token.

use axum::{
    Json,
    extract::State,
    http::{HeaderMap, Uri, header},
    response::Response,
};
use domain::{
    account::{Email, Role, check_password},
    session::{EndReason, Session},
};
use serde::{Deserialize, Serialize};
use store::{Account, NewAccount, NewSession, StoreError, Write};
use utoipa::ToSchema;

use super::{
    cookie, csrf,
    error::{ApiError, Problem},
    json::Body,
    session::{SessionBody, nonce, unstored},
    signed_in::SignedIn,
};
use crate::{app::App, config::Registration, passwords::HashError};

/// What a person signs in with.
#[derive(Deserialize, ToSchema)]
pub struct Credentials {
    /// The e-mail.
    pub email: String,
    /// The password.
    #[schema(format = Password)]
    pub password: String,
}

/// What a person registers with.
#[derive(Deserialize, ToSchema)]
pub struct NewCredentials {
    /// The e-mail.
    pub email: String,
    /// The password: 8 to 128 characters.
    #[schema(format = Password)]
    pub password: String,
    /// The invitation's code, where registering takes one.
    #[serde(default)]
    pub invitation: Option<String>,
}

/// Who is signed in.
#[derive(Debug, Serialize, ToSchema)]
pub struct Me {
    /// The account.
    pub id: String,
    /// The e-mail.
    pub email: String,
}

impl From<HashError> for ApiError {
    fn from(error: HashError) -> Self {
        match error {
            HashError::Busy => Self::Busy(2),
            HashError::Failed(cause) => Self::Internal(cause),
        }
    }
}

/// Reads a new account's e-mail and password.
pub fn new_credentials(email: &str, password: &str) -> Result<Email, ApiError> {
    let email = Email::parse(email).ok_or_else(|| ApiError::Field {
        field: "email",
        code: "email_invalid".to_owned(),
        detail: "This is no e-mail address. One looks like name@example.net.".to_owned(),
    })?;
    check_password(password).map_err(|error| ApiError::Field {
        field: "password",
        code: error.code().to_owned(),
        detail: error.to_string(),
    })?;
    Ok(email)
}

/// Makes an account with a space of its own.
pub async fn make_account(
    app: &App,
    tx: &mut Write,
    email: &Email,
    hash: String,
    role: Role,
) -> Result<Account, ApiError> {
    let now = app.clock.now();
    let (id, space) = (app.entropy.id(), app.entropy.id());
    let account = NewAccount { id: &id, email, password_hash: &hash, role, time_zone: "UTC" };
    match tx.add_account(account, &space, now).await {
        Err(StoreError::Conflict(constraint)) if constraint == "account_email_key" => {
            return Err(ApiError::EmailTaken);
        }
        other => other?,
    }
    tx.account(&id).await?.ok_or_else(|| ApiError::Internal("the account just made is not there".to_owned()))
}

/// Makes a session and hands out its cookie. A session that this browser still had ends as replaced.
pub async fn start_session(
    app: &App,
    mut tx: Write,
    account: &Account,
    headers: &HeaderMap,
) -> Result<Response, ApiError> {
    let now = app.clock.now();
    if let Some(before) = cookie::shown(app, headers)
        && let Some(session) = tx.session_by_cookie(&cookie::hash(&before)).await?
    {
        tx.end_session(&session.sid, EndReason::Replaced, now).await?;
    }
    let credential = app.entropy.secret();
    let sid = app.entropy.id();
    let session = Session {
        sid,
        account: account.id.clone(),
        created: now,
        last_seen: now,
        idle_end: now.plus(app.config.lifetimes.idle),
        absolute_end: now.plus(app.config.lifetimes.absolute),
        ended: None,
    };
    let label = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let label: String = label.chars().filter(|c| !c.is_control()).take(200).collect();
    let row = NewSession {
        sid: &session.sid,
        account: &session.account,
        cookie_hash: Some(&cookie::hash(&credential)),
        kid: None,
        browser: None,
        idle_end: session.idle_end,
        absolute_end: session.absolute_end,
        label: &label,
        address_short: "",
    };
    tx.add_session(row, now).await?;
    tx.commit().await?;
    let mut response = unstored(SessionBody::active(nonce(headers)?, session, account, now));
    let cookie =
        cookie::hand_out(app, &credential).ok_or_else(|| ApiError::Internal("a cookie".to_owned()))?;
    response.headers_mut().insert(header::SET_COOKIE, cookie);
    Ok(response)
}

async fn set_up(app: &App) -> Result<(), ApiError> {
    if app.store.read().await?.has_admin().await? { Ok(()) } else { Err(ApiError::SetupNeeded) }
}

/// Signs in. An unknown e-mail and a wrong password get the same answer, which takes as long.
#[utoipa::path(post, path = "/api/auth/login", tag = "session", request_body = Credentials,
    responses((status = 200, body = SessionBody), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn login(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Body(credentials): Body<Credentials>,
) -> Result<Response, ApiError> {
    csrf::not_foreign(&headers, uri.authority().map(axum::http::uri::Authority::as_str))?;
    nonce(&headers)?;
    set_up(&app).await?;
    let account = match Email::parse(&credentials.email) {
        Some(email) => app.store.read().await?.account_by_email(&email).await?,
        None => None,
    };
    // Longer than any password that is stored: not worth a hash.
    if credentials.password.len() > 1_024 {
        return Err(ApiError::WrongCredentials);
    }
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let matches = app.passwords.check(credentials.password, stored).await?;
    let account = account.filter(|_| matches).ok_or(ApiError::WrongCredentials)?;
    if account.disabled.is_some() {
        return Err(ApiError::AccountDisabled);
    }
    let tx = app.store.write().await?;
    start_session(&app, tx, &account, &headers).await
}

/// Makes an account, where `WAKEFUL_REGISTRATION` allows it, and signs in.
#[utoipa::path(post, path = "/api/auth/register", tag = "session", request_body = NewCredentials,
    responses((status = 200, body = SessionBody), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn register(
    State(app): State<App>,
    uri: Uri,
    headers: HeaderMap,
    Body(credentials): Body<NewCredentials>,
) -> Result<Response, ApiError> {
    csrf::not_foreign(&headers, uri.authority().map(axum::http::uri::Authority::as_str))?;
    nonce(&headers)?;
    set_up(&app).await?;
    let email = new_credentials(&credentials.email, &credentials.password)?;
    let invitation = match (app.config.registration, credentials.invitation) {
        (Registration::Closed, _) => return Err(ApiError::RegistrationClosed),
        (Registration::Open, _) => None,
        (Registration::Invite, None) => return Err(ApiError::InvitationNeeded),
        (Registration::Invite, Some(code)) => Some(cookie::hash(code.trim())),
    };
    let hash = app.passwords.hash(credentials.password).await?;
    let mut tx = app.store.write().await?;
    if let Some(code) = invitation
        && !tx.use_invitation(&code, &email, app.clock.now()).await?
    {
        return Err(ApiError::InvitationNeeded);
    }
    let account = make_account(&app, &mut tx, &email, hash, Role::Member).await?;
    start_session(&app, tx, &account, &headers).await
}

/// Who is signed in. 401 only when that is decided.
#[utoipa::path(get, path = "/api/auth/me", tag = "session",
    responses((status = 200, body = Me), (status = 401, body = Problem), (status = 503, body = Problem)))]
pub async fn me(who: SignedIn) -> Json<Me> {
    Json(Me { id: who.account.id, email: who.account.email.to_string() })
}
