//! Registering and signing in. Failures are counted before anything is hashed, and all take one time.

use axum::{
    Form, Json,
    extract::{FromRequest, Request, State},
    http::HeaderMap,
    response::Response,
};
use domain::{
    account::{Email, Role, check_password},
    session::EndReason,
};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use store::{Account, NewAccount, StoreError, Write};
use utoipa::ToSchema;

use super::{
    by_mail::{self, MailSent},
    credential::{invitation_hash, reset_hash},
    error::{ApiError, Problem},
    guessing::{self, Attempt},
    json::Body,
    session::SessionBody,
    sign_in::{SignIn, is_form},
    signed_in::SignedIn,
};
use crate::{
    app::App,
    config::Registration,
    passwords::{HashError, is_imported},
};

/// What a person signs in with. Old clients send the e-mail as `username`, in a form.
#[derive(Deserialize, ToSchema)]
pub struct Credentials {
    /// The e-mail.
    #[serde(alias = "username")]
    pub email: String,
    /// The password.
    #[schema(format = Password)]
    pub password: String,
}

/// What a person registers with.
#[derive(Deserialize, ToSchema)]
pub struct NewCredentials {
    /// The e-mail.
    #[serde(alias = "username")]
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
    let now = app.session_time.now();
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

/// A body that our web app sends as JSON, and that scripts and old clients may send as a form.
#[derive(Debug)]
pub struct JsonOrForm<T>(pub T);

impl<T: DeserializeOwned> FromRequest<App> for JsonOrForm<T> {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &App) -> Result<Self, ApiError> {
        if request.headers().contains_key("x-wakeful") || !is_form(request.headers()) {
            return Body::from_request(request, app).await.map(|Body(body)| Self(body));
        }
        let Form(body) = Form::from_request(request, app).await.map_err(|_| ApiError::WrongType {
            field: ".".to_owned(),
            expected: "a form takes username and password".to_owned(),
        })?;
        Ok(Self(body))
    }
}

async fn set_up(app: &App) -> Result<(), ApiError> {
    if app.store.read().await?.has_admin().await? { Ok(()) } else { Err(ApiError::SetupNeeded) }
}

/// Longer than any password that is stored: not worth a hash.
const LONGEST: usize = 1_024;

/// Signs in. An unknown e-mail and a wrong password get the same answer, which takes as long.
#[utoipa::path(post, path = "/api/auth/login", tag = "session", request_body = Credentials,
    responses((status = 200, body = SessionBody, description = "With X-Wakeful: 1; otherwise a Token and no cookie"),
        (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn login(
    State(app): State<App>,
    how: SignIn,
    JsonOrForm(credentials): JsonOrForm<Credentials>,
) -> Result<Response, ApiError> {
    set_up(&app).await?;
    let name = guessing::name_of(&credentials.email);
    let email = Email::parse(&credentials.email);
    let known = email.as_ref().and_then(|email| how.browser.id_for(&app, email));
    let attempt = Attempt::begin(&app, &name, known, how.from).await;
    attempt.admit().await?;
    let account = match &email {
        Some(email) => app.store.read().await?.account_by_email(email).await?,
        None => None,
    };
    if credentials.password.len() > LONGEST {
        return Err(attempt.fail(ApiError::WrongCredentials).await);
    }
    let stored = account.as_ref().map(|account| account.password_hash.clone());
    let imported = stored.as_deref().is_some_and(is_imported).then(|| credentials.password.clone());
    let matches = app.passwords.check(credentials.password, stored).await?;
    let Some(account) = account.filter(|_| matches) else {
        return Err(attempt.fail(ApiError::WrongCredentials).await);
    };
    if account.disabled.is_some() {
        return Err(attempt.fail_uncounted(ApiError::AccountDisabled).await);
    }
    let rehashed = match imported {
        Some(password) => Some(app.passwords.hash(password).await?),
        None => None,
    };
    let mut tx = app.store.write().await?;
    for key in attempt.forgiven() {
        tx.forget_attempts(key).await?;
    }
    if let Some(hash) = rehashed {
        tx.set_password_hash(&account.id, &hash).await?;
    }
    how.finish(&app, tx, &account).await
}

/// Makes an account, where `WAKEFUL_REGISTRATION` allows it, and signs in. Where anybody may register and there is a mail
/// server, a request without a code only sends a mail, and its answer does not say whether the e-mail has an account.
#[utoipa::path(post, path = "/api/auth/register", tag = "session", request_body = NewCredentials,
    responses((status = 200, body = SessionBody, description = "With X-Wakeful: 1; otherwise a Token and no cookie"),
        (status = 202, body = MailSent, description = "A mail says how to go on"),
        (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem), (status = 503, body = Problem)))]
pub async fn register(
    State(app): State<App>,
    how: SignIn,
    headers: HeaderMap,
    JsonOrForm(credentials): JsonOrForm<NewCredentials>,
) -> Result<Response, ApiError> {
    set_up(&app).await?;
    if let Some(code) = &credentials.invitation
        && let Some((mut tx, account)) = reset(&app, &credentials, code).await?
    {
        let rev = tx.rev().await?;
        let answer = how.finish(&app, tx, &account).await?;
        app.revocations.wake();
        app.verdicts.moved_to(rev);
        return Ok(answer);
    }
    // Judged before the fields: where nobody may register, nobody need mend an e-mail first.
    let invitation = match (app.config.registration, &credentials.invitation) {
        (Registration::Closed, _) => return Err(ApiError::RegistrationClosed),
        (Registration::Open, None) if by_mail::decides(&app) => {
            let email = new_credentials(&credentials.email, &credentials.password)?;
            return by_mail::register(&app, how.from, &headers, &email).await;
        }
        (Registration::Open, Some(code)) if by_mail::decides(&app) => Some(invitation_hash(code.trim())),
        (Registration::Open, _) => None,
        (Registration::Invite, None) => return Err(ApiError::InvitationNeeded),
        (Registration::Invite, Some(code)) => Some(invitation_hash(code.trim())),
    };
    let email = new_credentials(&credentials.email, &credentials.password)?;
    if app.store.read().await?.account_by_email(&email).await?.is_some() && invitation.is_none() {
        return Err(guessing::tell_taken(&app, how.from).await?);
    }
    let hash = app.passwords.hash(credentials.password).await?;
    let mut tx = app.store.write().await?;
    if let Some(code) = invitation
        && !tx.use_invitation(&code, &email, app.session_time.now()).await?
    {
        return Err(ApiError::InvitationNeeded);
    }
    let account = make_account(&app, &mut tx, &email, hash, Role::Member).await?;
    how.finish(&app, tx, &account).await
}

/// Uses a code that gives an account a new password: every session of before ends. `None`: it is no such code.
async fn reset(
    app: &App,
    credentials: &NewCredentials,
    code: &str,
) -> Result<Option<(Write, Account)>, ApiError> {
    let Some(email) = Email::parse(&credentials.email) else { return Ok(None) };
    let (code, now) = (reset_hash(code.trim()), app.session_time.now());
    let mut tx = app.store.read().await?;
    let is_one = tx.invitation(&code).await?.is_some();
    let Some(account) = tx.account_by_email(&email).await?.filter(|_| is_one) else { return Ok(None) };
    drop(tx);
    if account.disabled.is_some() {
        return Err(ApiError::AccountDisabled);
    }
    new_credentials(&credentials.email, &credentials.password)?;
    let hash = app.passwords.hash(credentials.password.clone()).await?;
    let mut tx = app.store.write().await?;
    if !tx.use_invitation(&code, &email, now).await? {
        return Ok(None);
    }
    tx.set_password_hash(&account.id, &hash).await?;
    let ended = tx.end_sessions_of(&account.id, None, EndReason::PasswordChanged, now).await?;
    app.metrics.ended(EndReason::PasswordChanged, ended.len());
    Ok(Some((tx, account)))
}

/// Who is signed in. 401 only when that is decided.
#[utoipa::path(get, path = "/api/auth/me", tag = "session",
    responses((status = 200, body = Me), (status = 401, body = Problem), (status = 503, body = Problem)))]
pub async fn me(who: SignedIn) -> Json<Me> {
    Json(Me { id: who.account.id, email: who.account.email.to_string() })
}
