//! What a client does with its own session: renew it, give the password again, sign out. None of it changes the
//! credential, and each may be repeated.

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, StatusCode, Uri, header, uri::Authority},
    response::{IntoResponse, Response},
};
use domain::session::{EndReason, Verdict};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    cookie,
    credential::{Age, By, Judged, judge},
    csrf,
    error::{ApiError, Problem},
    json::Body,
    password::check_again,
    session::{SessionBody, nonce, own_nonce, unstored},
    sign_in::{Token, next_token, restamp},
    signed_in::{OwnSession, believed_sid},
    used::Used,
};
use crate::app::App;

/// A session that was renewed; scripts get their next token with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Renewed {
    #[serde(flatten)]
    session: SessionBody,
    #[serde(flatten)]
    token: Option<Token>,
}

/// The password, given again.
#[derive(Deserialize, ToSchema)]
pub struct Again {
    /// The password of the account that is signed in.
    #[schema(format = Password)]
    pub password: String,
}

/// The credential that a changing request shows: the one that the client believes in, and for a cookie from our own page.
async fn shown(app: &App, headers: &HeaderMap, uri: &Uri) -> Result<Judged, ApiError> {
    let judged = judge(app, headers, Age::Fresh).await?;
    if judged.is_another(believed_sid(headers)) {
        return Err(ApiError::AccountSwitched);
    }
    // Who shows nothing has nothing that another site could misuse.
    if matches!(judged.by, By::Cookie(_)) {
        csrf::own_page(headers, uri.authority().map(Authority::as_str))?;
    }
    Ok(judged)
}

/// Moves the idle end and hands the same cookie out again; with a bearer token the answer has the next one, of the same
/// session. However often it is repeated, and however many answers are lost, it is one effect.
#[utoipa::path(post, path = "/api/session/renew", tag = "session",
    params(("Session-Nonce" = String, Header, description = "16 random bytes as base64url, echoed in the answer")),
    responses((status = 200, body = Renewed), (status = 400, body = Problem), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 503, body = Problem)))]
pub async fn renew(
    State(app): State<App>,
    Extension(used): Extension<Used>,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let nonce = Some(own_nonce(&headers)?);
    let mut judged = shown(&app, &headers, &uri).await?;
    let by = judged.by.clone();
    let now = app.session_time.now();
    let mut token = None;
    if let Verdict::Active(session) = &mut judged.verdict {
        let by_input = headers.get("x-wakeful-input").is_some_and(|value| value == "1");
        let slides = by_input || !app.config.lifetimes.only_input;
        let mut tx = app.store.write().await?;
        if slides {
            session.idle_end = session.idle_end.max(now.plus(app.config.lifetimes.idle));
            session.last_seen = session.last_seen.max(now);
            tx.touch_session(&session.sid, now, session.idle_end).await?;
        }
        if by == By::Bearer {
            token = Some(next_token(&app, &mut tx, session).await?);
        }
        tx.commit().await?;
        app.verdicts.forget(&session.sid);
    }
    used.note(&judged);
    let is_active = matches!(judged.verdict, Verdict::Active(_));
    let session = SessionBody::of(nonce, judged, now)?;
    let mut response = unstored(Json(Renewed { session, token }));
    if is_active {
        restamp(&app, &mut response, &by);
    }
    Ok(response)
}

/// Signs out. Doing it twice, or without a session, is fine.
#[utoipa::path(post, path = "/api/session/logout", tag = "session",
    responses((status = 204, description = "Signed out"), (status = 403, body = Problem), (status = 409, body = Problem)))]
pub async fn logout(State(app): State<App>, uri: Uri, headers: HeaderMap) -> Result<Response, ApiError> {
    let judged = shown(&app, &headers, &uri).await?;
    if let Verdict::Active(session) = &judged.verdict {
        let mut tx = app.store.write().await?;
        let rev = tx.end_session(&session.sid, EndReason::Logout, app.session_time.now()).await?;
        tx.commit().await?;
        app.ended(rev, EndReason::Logout, usize::from(rev.is_some()));
    }
    let mut response = StatusCode::NO_CONTENT.into_response();
    if matches!(judged.by, By::Cookie(_))
        && let Some(cookie) = cookie::take_back(&app)
    {
        response.headers_mut().insert(header::SET_COOKIE, cookie);
    }
    Ok(response)
}

/// Gives the password again: the same session goes on, with a new absolute end. A wrong password ends nothing.
#[utoipa::path(post, path = "/api/session/reauth", tag = "session", request_body = Again,
    responses((status = 200, body = SessionBody), (status = 401, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn reauth(
    State(app): State<App>,
    own: OwnSession,
    checked: check_again::Context,
    headers: HeaderMap,
    Body(again): Body<Again>,
) -> Result<Response, ApiError> {
    let nonce = nonce(&headers)?;
    checked.check(&app, &own, again.password, "password").await?;
    let now = app.session_time.now();
    let mut session = own.session;
    session.absolute_end = session.absolute_end.max(now.plus(app.config.lifetimes.absolute));
    session.idle_end = session.idle_end.max(now.plus(app.config.lifetimes.idle));
    let mut tx = app.store.write().await?;
    let goes_on = tx.extend_session(&session.sid, session.absolute_end).await?;
    tx.touch_session(&session.sid, now, session.idle_end).await?;
    let rev = tx.rev().await?;
    let row = tx.session(&session.sid).await?;
    tx.commit().await?;
    app.verdicts.forget(&session.sid);
    if let Some((reason, _)) = row.filter(|_| !goes_on).and_then(|row| row.ended) {
        return Err(ApiError::SessionEnded(reason));
    }
    let mut response = unstored(SessionBody::active(nonce, &session, &own.account, rev, now));
    restamp(&app, &mut response, &own.by);
    Ok(response)
}
