//! Signed-in-ness as an argument type: a handler that takes [`SignedIn`] is only reached with a session, or an API token,
//! that our own store calls good.

use std::sync::Arc;

use axum::{
    extract::FromRequestParts,
    http::{HeaderMap, Method, request::Parts, uri::Authority},
};
use domain::{
    api_token::Scope,
    session::{Session, Verdict},
};
use store::{Member, Signed};

use super::{
    credential::{self, Age, By, Judged, Shown},
    csrf,
    error::ApiError,
    used::Used,
};
use crate::app::App;

/// Who asks.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Their session; `None` for an API token.
    pub session: Option<Session>,
    /// Their account.
    pub account: Member,
    /// The space whose nodes they see.
    pub space: String,
    /// Whether the store is out of reach and the answer comes from what was last shown.
    pub from_memory: bool,
}

/// Who asks about sessions: somebody with one of their own. API tokens are not accepted.
#[derive(Clone, Debug)]
pub struct OwnSession {
    /// The session, just read.
    pub session: Session,
    /// Its account.
    pub account: Member,
    /// How it was shown.
    pub by: By,
    /// All that was read.
    pub signed: Arc<Signed>,
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        if let Some(seen) = seen(parts, app)? {
            return Ok(seen);
        }
        let (account, space, session) = match Shown::of(app, &parts.headers) {
            Shown::ApiToken(text) => by_api_token(parts, app, &text).await?,
            _ => {
                let own = by_session(parts, app, Age::JustRead).await?;
                (own.account, own.signed.space.clone(), Some(own.session))
            }
        };
        Ok(Self { session, account, space: space.ok_or(ApiError::Forbidden)?, from_memory: false })
    }
}

/// While the store is out of reach, for a while: whoever was seen signed in may see again what was last shown, and nothing
/// else. `None`: the store is asked.
fn seen(parts: &Parts, app: &App) -> Result<Option<SignedIn>, ApiError> {
    let path = parts.uri.path();
    let is_node =
        path.strip_prefix("/api/nodes/").is_some_and(|rest| !rest.is_empty() && !rest.contains('/'));
    let is_shown = parts.method == Method::GET && (is_node || path == "/api/nodes" || path == "/api/network");
    if !is_shown || !app.revocations.is_in_memory(app.clock.boot()) {
        return Ok(None);
    }
    let Shown::Cookie(value) = Shown::of(app, &parts.headers) else { return Ok(None) };
    let own = own(parts, credential::by_memory(app, value)?)?;
    let space = own.signed.space.clone().ok_or(ApiError::Forbidden)?;
    Ok(Some(SignedIn { session: Some(own.session), account: own.account, space, from_memory: true }))
}

impl FromRequestParts<App> for OwnSession {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        by_session(parts, app, Age::Fresh).await
    }
}

async fn by_session(parts: &Parts, app: &App, age: Age) -> Result<OwnSession, ApiError> {
    let judged = credential::judge(app, &parts.headers, age).await?;
    if let Some(used) = parts.extensions.get::<Used>() {
        used.note(&judged);
    }
    own(parts, judged)
}

/// What stands before everything that a session does: it is the one that the client believes in, it goes on, and for a
/// change by cookie our own page sent it.
fn own(parts: &Parts, judged: Judged) -> Result<OwnSession, ApiError> {
    if judged.is_another(believed_sid(&parts.headers)) {
        return Err(ApiError::AccountSwitched);
    }
    if let Some(refusal) = judged.refusal() {
        return Err(refusal);
    }
    let (Verdict::Active(session), Some(signed)) = (judged.verdict, judged.signed) else {
        return Err(ApiError::Undecided);
    };
    if !parts.method.is_safe() && matches!(judged.by, By::Cookie(_)) {
        csrf::own_page(&parts.headers, parts.uri.authority().map(Authority::as_str))?;
    }
    let account = signed.member.clone().ok_or(ApiError::Undecided)?;
    Ok(OwnSession { session, account, by: judged.by, signed })
}

async fn by_api_token(
    parts: &Parts,
    app: &App,
    text: &str,
) -> Result<(Member, Option<String>, Option<Session>), ApiError> {
    let (id, token) = credential::judge_api_token(app, text).await?;
    if believed_sid(&parts.headers).is_some() {
        return Err(ApiError::AccountSwitched);
    }
    let needed = if parts.method.is_safe() { Scope::Read } else { Scope::Write };
    if !token.scopes.contains(&needed) {
        return Err(ApiError::ScopeMissing(needed));
    }
    if let Some(used) = parts.extensions.get::<Used>() {
        used.note_token(&id, token.last_used);
    }
    Ok((token.member, token.space, None))
}

/// The session that the client believes in, where it says so.
pub fn believed_sid(headers: &HeaderMap) -> Option<&str> {
    headers.get("session-id").and_then(|value| value.to_str().ok()).filter(|sid| !sid.is_empty())
}
