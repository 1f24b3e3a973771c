//! What a successful sign-in makes: for our web app a session with its cookie and no token, for scripts a session with a
//! bearer token and no cookie.

use axum::{
    Json,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, header, request::Parts, uri::Authority},
    response::{IntoResponse, Response},
};
use domain::{
    session::{EndReason, Session},
    signing_key::TOKEN_LIFE,
    time::Timestamp,
};
use serde::Serialize;
use store::{Account, Member, NewSession, SigningKey, Write};
use utoipa::ToSchema;

use super::{
    client_address::ClientAddress,
    cookie,
    credential::{By, Shown, hash},
    csrf,
    error::ApiError,
    known_browser::KnownBrowser,
    session::{SessionBody, nonce, unstored},
};
use crate::{
    app::App,
    jwt::{self, Claims},
    keyring::Keyring,
};

/// How somebody signs in, before anything is known of them.
pub struct SignIn {
    /// Whether our web app asks, and gets a cookie.
    pub is_browser: bool,
    /// The browser, by its cookie *known*.
    pub browser: KnownBrowser,
    /// Whose address it comes from.
    pub from: ClientAddress,
    nonce: Option<String>,
    shown: Shown,
    old_cookies: Vec<HeaderValue>,
    label: String,
}

/// What scripts and old clients get.
#[derive(Debug, Serialize, ToSchema)]
pub struct Token {
    /// The bearer token: 30 days, or until its session ends.
    pub access_token: String,
    /// Always `bearer`.
    pub token_type: &'static str,
}

impl FromRequestParts<App> for SignIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let headers = &parts.headers;
        let is_browser = headers.contains_key("x-wakeful");
        let authority = parts.uri.authority().map(Authority::as_str);
        if is_browser {
            csrf::not_foreign(headers, authority)?;
        } else {
            csrf::not_named_foreign(headers, authority)?;
        }
        let label = headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let made = Self {
            is_browser,
            browser: KnownBrowser::of(app, headers),
            nonce: nonce(headers)?,
            shown: Shown::of(app, headers),
            old_cookies: cookie::take_back_old(app, headers),
            label: label.chars().filter(|c| !c.is_control()).take(200).collect(),
            from: match ClientAddress::from_request_parts(parts, app).await {
                Ok(from) => from,
                Err(never) => match never {},
            },
        };
        Ok(made)
    }
}

impl SignIn {
    /// Makes the session and answers with what names it. A session that this browser still had ends as replaced.
    ///
    /// # Errors
    /// When the store cannot be written: then nobody is signed in.
    pub async fn finish(self, app: &App, mut tx: Write, account: &Account) -> Result<Response, ApiError> {
        let now = app.session_time.now();
        let session = Session {
            sid: app.entropy.id(),
            account: account.id.clone(),
            created: now,
            last_seen: now,
            idle_end: now.plus(app.config.lifetimes.idle),
            absolute_end: now.plus(app.config.lifetimes.absolute),
            ended: None,
        };
        if self.is_browser {
            self.with_cookie(app, tx, account, session).await
        } else {
            let keys = tx.signing_keys().await?;
            let key = signing(&keys)?;
            let address = self.from.shortened();
            let row = NewSession { kid: Some(&key.kid), address_short: &address, ..self.row(&session) };
            tx.add_session(row, now).await?;
            tx.commit().await?;
            Ok(unstored(token(app, key, &session, now)?))
        }
    }

    fn row<'a>(&'a self, session: &'a Session) -> NewSession<'a> {
        NewSession {
            sid: &session.sid,
            account: &session.account,
            cookie_hash: None,
            kid: None,
            browser: None,
            idle_end: session.idle_end,
            absolute_end: session.absolute_end,
            label: &self.label,
            address_short: "",
        }
    }

    async fn with_cookie(
        self,
        app: &App,
        mut tx: Write,
        account: &Account,
        session: Session,
    ) -> Result<Response, ApiError> {
        let now = session.created;
        let replaced = self.replace(app, &mut tx, account, &session).await?;
        let credential = app.entropy.secret();
        let (browser, known) = self.browser.remember(app, &account.email);
        let (hashed, address) = (hash(&credential), self.from.shortened());
        let row = NewSession {
            cookie_hash: Some(&hashed),
            browser: Some(&browser),
            address_short: &address,
            ..self.row(&session)
        };
        tx.add_session(row, now).await?;
        let rev = tx.rev().await?;
        tx.commit().await?;
        app.ended(replaced, EndReason::Replaced, usize::from(replaced.is_some()));
        let time = app.session_time.now();
        let mut response =
            unstored(SessionBody::active(self.nonce.clone(), &session, &member(account), rev, time));
        for cookie in [cookie::hand_out(app, &credential), cookie::hand_out_known(app, &known)] {
            let cookie =
                cookie.ok_or_else(|| ApiError::Internal("a cookie could not be written".to_owned()))?;
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        for cookie in self.old_cookies {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
        Ok(response)
    }

    /// Ends the session that this browser shows. Where it shows none and yet had one that no reason ended, somebody was
    /// signed out by accident: the one number that must stay 0.
    async fn replace(
        &self,
        app: &App,
        tx: &mut Write,
        account: &Account,
        new: &Session,
    ) -> Result<Option<i64>, ApiError> {
        const LATELY: std::time::Duration = std::time::Duration::from_secs(86_400);
        let now = new.created;
        let shown = match &self.shown {
            Shown::Cookie(value) => tx.session_by_cookie(&hash(value)).await?,
            _ => None,
        };
        if let Some(session) = shown {
            if session.account == account.id {
                // The same person in the same browser: its push goes on.
                tx.move_destinations(&session.sid, &new.sid).await?;
            }
            let rev = tx.end_session(&session.sid, EndReason::Replaced, now).await?;
            return Ok(rev);
        }
        if let Some(browser) = self.browser.id_for(app, &account.email)
            && tx.has_open_session_in(&account.id, browser, now.minus(LATELY)).await?
        {
            app.metrics.accidental_logout.one();
            tracing::warn!(account = %account.id, "signed in again in a browser whose session no reason ended");
        }
        Ok(None)
    }
}

fn signing(keys: &[SigningKey]) -> Result<&SigningKey, ApiError> {
    Keyring::signing(keys).ok_or_else(|| ApiError::Internal("no key signs".to_owned()))
}

/// A bearer token that names a session, until 30 days from now.
///
/// # Errors
/// When the key cannot be used.
pub fn token(app: &App, key: &SigningKey, session: &Session, now: Timestamp) -> Result<Token, ApiError> {
    let (iss, aud) = app.token_names();
    let claims = Claims {
        iss,
        aud,
        sub: session.account.clone(),
        sid: session.sid.clone(),
        jti: app.entropy.id(),
        iat: now.unix_seconds(),
        exp: now.plus(TOKEN_LIFE).unix_seconds(),
    };
    let access_token = jwt::sign(&key.kid, &key.secret, &claims)
        .ok_or_else(|| ApiError::Internal(format!("the key {} cannot sign", key.kid)))?;
    Ok(Token { access_token, token_type: "bearer" })
}

/// A new token for a session that goes on, signed with the key that signs now.
///
/// # Errors
/// When the store cannot be written.
pub async fn next_token(app: &App, tx: &mut Write, session: &Session) -> Result<Token, ApiError> {
    let keys = tx.signing_keys().await?;
    let key = signing(&keys)?;
    tx.set_session_kid(&session.sid, &key.kid).await?;
    token(app, key, session, app.session_time.now())
}

/// What is shown of an account that was just read.
pub fn member(account: &Account) -> Member {
    Member {
        id: account.id.clone(),
        email: account.email.clone(),
        role: account.role,
        time_zone: account.time_zone.clone(),
        disabled: account.disabled,
    }
}

/// Hands the same cookie out again, where the session was shown by one.
pub fn restamp(app: &App, response: &mut Response, by: &By) {
    if let By::Cookie(value) = by
        && let Some(cookie) = cookie::hand_out(app, value)
    {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
}

impl IntoResponse for Token {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// Whether a header says that a body is a form.
pub fn is_form(headers: &HeaderMap) -> bool {
    let declared = headers.get(header::CONTENT_TYPE).map(HeaderValue::as_bytes);
    declared.is_some_and(|value| value.starts_with(b"application/x-www-form-urlencoded"))
}
