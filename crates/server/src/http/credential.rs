//! Which credential a request shows, and what it is worth now. An error of the store is *undecided*, never a no.

use std::sync::Arc;

use axum::http::{HeaderMap, header};
use data_encoding::HEXLOWER;
use domain::{
    api_token::ApiToken,
    session::{EndReason, TokenEnd, Verdict, decide},
    signing_key::KeyState,
    time::Timestamp,
};
use sha2::{Digest, Sha256};
use store::{Signed, SignedToken, StoreError};
use subtle::ConstantTimeEq;

use super::{cookie, error::ApiError};
use crate::{app::App, jwt, keyring::Sought};

/// What a request shows. Bearer wins over the cookie; other schemes (a proxy's Basic) are ignored, not judged.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Shown {
    /// Nothing.
    Nothing,
    /// Our cookie.
    Cookie(String),
    /// `Authorization: Bearer`, which is no API token.
    Bearer(String),
    /// `Authorization: Bearer wkf_…`.
    ApiToken(String),
}

/// How a session is shown.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum By {
    /// By the cookie with this value.
    Cookie(String),
    /// By a bearer token.
    Bearer,
}

/// What the credential of a session is worth.
#[derive(Clone, Debug)]
pub struct Judged {
    /// The verdict; never [`Verdict::Undecided`], which is an error here.
    pub verdict: Verdict,
    /// What the store holds of it.
    pub signed: Option<Arc<Signed>>,
    /// How it was shown.
    pub by: By,
}

/// Whether a row that was read up to two seconds ago will do.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Age {
    /// It will: for everything but the session itself.
    JustRead,
    /// It will not.
    Fresh,
}

impl Shown {
    /// What a request shows.
    pub fn of(app: &App, headers: &HeaderMap) -> Self {
        let value = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
        let bearer = value.and_then(|value| value.split_once(' '));
        match bearer.filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer")) {
            Some((_, token)) if ApiToken::is_meant(token.trim()) => Self::ApiToken(token.trim().to_owned()),
            Some((_, token)) => Self::Bearer(token.trim().to_owned()),
            None => cookie::shown(app, headers).map_or(Self::Nothing, Self::Cookie),
        }
    }
}

/// SHA-256 in hexadecimal: what the store keeps of a secret.
pub fn hash(secret: &str) -> String {
    HEXLOWER.encode(&Sha256::digest(secret.as_bytes()))
}

/// What the store keeps of an invitation's code.
pub fn invitation_hash(code: &str) -> String {
    hash(code)
}

/// What it keeps of a code that gives an account a new password. Never what an invitation is kept as: whoever was invited
/// long ago must not come to own the account that somebody made since.
pub fn reset_hash(code: &str) -> String {
    hash(&format!("reset {code}"))
}

/// Whatever the store says but a row is no word on the session: 503, and the client asks again.
pub fn undecided(app: &App, error: &StoreError) -> ApiError {
    tracing::warn!(%error, "a credential could not be judged");
    app.metrics.auth_undecided.one("store");
    ApiError::Undecided
}

/// Judges the session that a request shows.
///
/// # Errors
/// [`ApiError::Undecided`] and its kin when nobody could look; [`ApiError::TokenNotAccepted`] for an API token.
pub async fn judge(app: &App, headers: &HeaderMap, age: Age) -> Result<Judged, ApiError> {
    match Shown::of(app, headers) {
        Shown::Nothing => Ok(Judged::anonymous(false, By::Bearer)),
        Shown::Cookie(value) => by_cookie(app, value, age).await,
        Shown::Bearer(token) => by_bearer(app, &token, age).await,
        Shown::ApiToken(_) => Err(ApiError::TokenNotAccepted),
    }
}

async fn by_cookie(app: &App, value: String, age: Age) -> Result<Judged, ApiError> {
    let hashed = hash(&value);
    let by = By::Cookie(value);
    let boot = app.clock.boot();
    if let Some(judged) = just_read(app, &hashed, age, &by) {
        return Ok(judged);
    }
    let found = app.store.signed_by_cookie(&hashed).await.map_err(|error| undecided(app, &error))?;
    let Some(signed) = found.map(Arc::new) else { return Ok(Judged::anonymous(true, by)) };
    app.verdicts.put(hashed, signed.clone(), boot);
    Judged::of(app, signed, by)
}

/// The session of a cookie as this server last saw it: active, or undecided. For a server that is cut off from its store.
///
/// # Errors
/// [`ApiError::Undecided`] for every session that was not seen active, or that something may have ended since.
pub fn by_memory(app: &App, value: String) -> Result<Judged, ApiError> {
    // A revocation that is known of, and not by which sessions it ended: nobody is let in.
    let is_followed = app.verdicts.newest() == app.revocations.followed();
    let signed = app.verdicts.remembered(&hash(&value)).filter(|_| is_followed);
    let judged = Judged::of(app, signed.ok_or(ApiError::Undecided)?, By::Cookie(value))?;
    if matches!(judged.verdict, Verdict::Active(_)) { Ok(judged) } else { Err(ApiError::Undecided) }
}

async fn by_bearer(app: &App, token: &str, age: Age) -> Result<Judged, ApiError> {
    let (issuer, audience) = app.token_names();
    let Some(token) = jwt::read(token, &issuer, &audience) else {
        return Ok(Judged::anonymous(true, By::Bearer));
    };
    let boot = app.clock.boot();
    let key = match app.keyring.seek(&app.store, &token.kid, boot).await {
        Sought::Key(key) => key,
        Sought::Unknown => {
            app.metrics.unknown_kid.one();
            return Ok(Judged::token_ended(token.claims.sid, TokenEnd::UnknownKey, None));
        }
        Sought::CannotTell(wait) => {
            app.metrics.unknown_kid.one();
            app.metrics.auth_undecided.one("key");
            return Err(ApiError::UndecidedFor(u32::try_from(wait.as_secs() + 1).unwrap_or(5)));
        }
    };
    if !token.is_signed_with(&key.secret) {
        return Ok(Judged::anonymous(true, By::Bearer));
    }
    let claims = token.claims;
    let name = format!("{} {}", claims.sid, token.kid);
    let signed = match app.verdicts.get(&name, boot).filter(|_| age == Age::JustRead) {
        Some(signed) => signed,
        None => {
            let found = app.store.signed_by_token(&claims.sid, &token.kid).await;
            let found = found.map_err(|error| undecided(app, &error))?;
            // A token names a session of its own account that was made for tokens, or nothing.
            let named = found.filter(|row| !row.has_cookie && row.session.account == claims.sub);
            let Some(signed) = named.map(Arc::new) else { return Ok(Judged::anonymous(true, By::Bearer)) };
            app.verdicts.put(name, signed.clone(), boot);
            signed
        }
    };
    let judged = Judged::of(app, signed, By::Bearer)?;
    let is_active = matches!(judged.verdict, Verdict::Active(_));
    let state = judged.signed.as_ref().and_then(|signed| signed.key).unwrap_or(key.state);
    if is_active && !state.verifies() {
        let why =
            if state == KeyState::Compromised { TokenEnd::KeyCompromised } else { TokenEnd::UnknownKey };
        return Ok(Judged::token_ended(claims.sid, why, None));
    }
    let end = Timestamp::from_unix_seconds(claims.exp);
    if is_active && app.session_time.time().is_past(end.plus(LEEWAY)) {
        return Ok(Judged::token_ended(claims.sid, TokenEnd::Expired, Some(end)));
    }
    Ok(judged)
}

/// What clocks of several servers may differ by.
const LEEWAY: std::time::Duration = std::time::Duration::from_secs(60);

/// The verdict from a row that was just read, if that will do and says *active*. Anything else is asked anew.
fn just_read(app: &App, name: &str, age: Age, by: &By) -> Option<Judged> {
    let signed = app.verdicts.get(name, app.clock.boot()).filter(|_| age == Age::JustRead)?;
    let judged = Judged::of(app, signed, by.clone()).ok()?;
    matches!(judged.verdict, Verdict::Active(_)).then_some(judged)
}

impl Judged {
    fn anonymous(shown: bool, by: By) -> Self {
        Self { verdict: Verdict::Anonymous { shown }, signed: None, by }
    }

    fn token_ended(sid: String, why: TokenEnd, at: Option<Timestamp>) -> Self {
        Self { verdict: Verdict::TokenEnded { sid, why, at }, signed: None, by: By::Bearer }
    }

    fn of(app: &App, signed: Arc<Signed>, by: By) -> Result<Self, ApiError> {
        let mut verdict = decide(Some(signed.session.clone()), app.session_time.time());
        if let Verdict::Active(session) = &verdict {
            // A session without its account cannot be: its end would have been written with the account's.
            let member = signed.member.as_ref().ok_or(ApiError::Undecided)?;
            if let Some(since) = member.disabled {
                verdict = Verdict::Ended(session.clone(), EndReason::AccountDisabled, since);
            }
        }
        Ok(Self { verdict, signed: Some(signed), by })
    }

    /// The session that the credential names, whatever became of it.
    pub fn sid(&self) -> Option<&str> {
        match &self.verdict {
            Verdict::Active(session) | Verdict::Ended(session, ..) => Some(&session.sid),
            Verdict::TokenEnded { sid, .. } => Some(sid),
            Verdict::Anonymous { .. } | Verdict::Undecided => None,
        }
    }

    /// Whether the client believes in another session than its credential names.
    pub fn is_another(&self, believed: Option<&str>) -> bool {
        match (self.sid(), believed) {
            (Some(sid), Some(believed)) => sid != believed,
            _ => false,
        }
    }

    /// Why this is nobody who is signed in; `None` for an active session.
    pub fn refusal(&self) -> Option<ApiError> {
        match &self.verdict {
            Verdict::Active(_) => None,
            Verdict::Ended(_, reason, _) => Some(ApiError::SessionEnded(*reason)),
            Verdict::TokenEnded { why, .. } => Some(ApiError::TokenEnded(*why)),
            Verdict::Anonymous { shown: false } => Some(ApiError::NotSignedIn),
            Verdict::Anonymous { shown: true } => Some(ApiError::UnknownCredential),
            Verdict::Undecided => Some(ApiError::Undecided),
        }
    }
}

/// Judges an API token.
///
/// # Errors
/// [`ApiError::UnknownCredential`] for one that is no good, without saying why; undecided when nobody could look.
pub async fn judge_api_token(app: &App, text: &str) -> Result<(String, SignedToken), ApiError> {
    let token = ApiToken::parse(text).ok_or(ApiError::UnknownCredential)?;
    let found = app.store.signed_by_api_token(token.id).await.map_err(|error| undecided(app, &error))?;
    let named = found.ok_or(ApiError::UnknownCredential)?;
    let matches = bool::from(named.secret_hash.as_bytes().ct_eq(hash(token.secret).as_bytes()));
    let is_over = named.expires.is_some_and(|end| app.session_time.time().is_past(end));
    if !matches || named.revoked.is_some() || is_over || named.member.disabled.is_some() {
        return Err(ApiError::UnknownCredential);
    }
    Ok((token.id.to_owned(), named))
}
