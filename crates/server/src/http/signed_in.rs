//! Signed-in-ness as an argument type: a handler that takes [`SignedIn`] is only reached with a session that our own
//! store calls active.

use std::sync::{Arc, OnceLock};

use axum::{
    extract::{FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, request::Parts},
    middleware::Next,
    response::Response,
};
use domain::{
    session::{Session, Verdict, decide},
    time::Timestamp,
};
use store::{Account, StoreError};

use super::{cookie, csrf, error::ApiError};
use crate::app::App;

/// Who asks.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// Their session.
    pub session: Session,
    /// Their account.
    pub account: Account,
    /// The space whose nodes they see.
    pub space: String,
}

/// Where the extractor leaves the session for what comes after the answer.
#[derive(Clone, Debug, Default)]
pub struct Used(Arc<OnceLock<Session>>);

impl Used {
    /// This request was made with that session.
    pub fn note(&self, session: &Session) {
        let _ = self.0.set(session.clone());
    }
}

/// What a credential is worth now. An error of the store is *undecided*, never a no.
pub async fn verdict(
    app: &App,
    headers: &HeaderMap,
    now: Timestamp,
) -> Result<(Verdict, Option<Account>), ApiError> {
    let Some(credential) = cookie::shown(app, headers) else {
        return Ok((Verdict::Anonymous { shown: false }, None));
    };
    // Whatever the store says but a row is no word on the session: 503, and the client asks again.
    let undecided = |error: StoreError| {
        tracing::warn!(%error, "a session could not be decided");
        ApiError::Undecided
    };
    let mut tx = app.store.read().await.map_err(undecided)?;
    let row = tx.session_by_cookie(&cookie::hash(&credential)).await.map_err(undecided)?;
    let account = match &row {
        Some(session) => tx.account(&session.account).await.map_err(undecided)?,
        None => None,
    };
    Ok((decide(row, domain::session_time::SessionTime { now, is_trusted: true }), account))
}

impl FromRequestParts<App> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let authority = parts.uri.authority().map(axum::http::uri::Authority::as_str);
        let (verdict, account) = verdict(app, &parts.headers, app.clock.now()).await?;
        let session = match verdict {
            Verdict::Active(session) => session,
            Verdict::Ended(_, reason, _) => return Err(ApiError::SessionEnded(reason)),
            Verdict::Anonymous { .. } | Verdict::TokenEnded { .. } => return Err(ApiError::NotSignedIn),
            Verdict::Undecided => return Err(ApiError::Undecided),
        };
        let account = account.ok_or(ApiError::Undecided)?;
        if believed_sid(&parts.headers).is_some_and(|sid| sid != session.sid) {
            return Err(ApiError::AccountSwitched);
        }
        if !parts.method.is_safe() {
            csrf::own_page(&parts.headers, authority)?;
        }
        let space = app.store.read().await?.memberships(&account.id).await?.into_iter().next();
        let space = space.ok_or(ApiError::Forbidden)?.space;
        if let Some(used) = parts.extensions.get::<Used>() {
            used.note(&session);
        }
        Ok(Self { session, account, space })
    }
}

/// The session that the page believes in.
pub fn believed_sid(headers: &HeaderMap) -> Option<&str> {
    headers.get("session-id").and_then(|value| value.to_str().ok()).filter(|sid| !sid.is_empty())
}

/// After the answer: the verdict as a hint, and the idle end moved. A touch that fails is never an error.
pub async fn after(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let used = Used::default();
    request.extensions_mut().insert(used.clone());
    let mut response = next.run(request).await;
    let Some(session) = used.0.get() else { return response };
    let hint = format!("v=1; active; {}; 0", session.sid);
    if let Ok(hint) = HeaderValue::from_str(&hint) {
        response.headers_mut().insert("session-verdict", hint);
    }
    let now = app.clock.now();
    if let Some(idle_end) = session.touched(now, app.config.lifetimes, true)
        && let Err(error) = touch(&app, &session.sid, now, idle_end).await
    {
        tracing::debug!(%error, "a session could not be touched; it is tried at its next use");
    }
    response
}

async fn touch(app: &App, sid: &str, now: Timestamp, idle_end: Timestamp) -> Result<(), store::StoreError> {
    let mut tx = app.store.write().await?;
    tx.touch_session(sid, now, idle_end).await?;
    tx.commit().await
}
