//! `GET /api/session`: 200 for every decided state, echoing the nonce that was asked with.

use axum::{
    Extension, Json,
    extract::State,
    http::{HeaderMap, HeaderValue, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use domain::{
    session::{EndReason, Session, TokenEnd, Verdict},
    time::Timestamp,
};
use serde::Serialize;
use store::Member;
use utoipa::ToSchema;

use super::{
    credential::{Age, Judged, judge},
    error::ApiError,
    signed_in,
    time::rfc3339,
    used::Used,
};
use crate::app::App;

/// The server's word on a session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Session)]
pub struct SessionBody {
    /// The version of this shape.
    pub v: u8,
    /// Always `wakeful.session`: nobody else says so by accident.
    pub kind: &'static str,
    /// The nonce of the request; `null` where none was sent.
    pub nonce: Option<String>,
    /// `active`, `ended` or `anonymous`.
    pub state: &'static str,
    /// The session.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sid: Option<String>,
    /// Whose it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user: Option<User>,
    /// Seconds until it ends without use.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idle_in: Option<u64>,
    /// Seconds until it ends without the password.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub abs_in: Option<u64>,
    /// The number of the last revocation that was taken into account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rev: Option<i64>,
    /// The program's version.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub build: Option<&'static str>,
    /// How often to ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hints: Option<Hints>,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    /// `none` or `unknown`: whether a credential was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub credential: Option<&'static str>,
}

/// A signed-in person.
#[derive(Debug, Serialize, ToSchema)]
pub struct User {
    /// The account.
    pub id: String,
    /// What they sign in with.
    pub email: String,
    /// `admin` or `member`.
    pub role: &'static str,
    /// IANA name of their time zone.
    pub time_zone: String,
}

/// How often a client asks, in seconds.
#[derive(Debug, Serialize, ToSchema)]
pub struct Hints {
    /// `GET /api/session`.
    pub verify_s: u32,
    /// `GET /api/health`.
    pub health_s: u32,
}

impl User {
    /// The person of an account.
    pub fn new(account: &Member) -> Self {
        Self {
            id: account.id.clone(),
            email: account.email.to_string(),
            role: account.role.word(),
            time_zone: account.time_zone.clone(),
        }
    }
}

impl SessionBody {
    const fn plain(nonce: Option<String>, state: &'static str) -> Self {
        Self {
            v: 1,
            kind: "wakeful.session",
            nonce,
            state,
            sid: None,
            user: None,
            idle_in: None,
            abs_in: None,
            rev: None,
            build: None,
            hints: None,
            reason: None,
            ended_at: None,
            credential: None,
        }
    }

    /// A session that goes on.
    pub fn active(
        nonce: Option<String>,
        session: &Session,
        account: &Member,
        rev: i64,
        now: Timestamp,
    ) -> Self {
        Self {
            idle_in: Some(session.idle_end.since(now).as_secs()),
            abs_in: Some(session.absolute_end.since(now).as_secs()),
            sid: Some(session.sid.clone()),
            user: Some(User::new(account)),
            rev: Some(rev),
            build: Some(env!("CARGO_PKG_VERSION")),
            hints: Some(Hints { verify_s: 300, health_s: 30 }),
            ..Self::plain(nonce, "active")
        }
    }

    fn ended(nonce: Option<String>, session: Session, reason: EndReason, at: Timestamp) -> Self {
        Self {
            sid: Some(session.sid),
            reason: Some(reason.word()),
            ended_at: Some(rfc3339(at)),
            ..Self::plain(nonce, "ended")
        }
    }

    fn token_ended(nonce: Option<String>, sid: String, why: TokenEnd, at: Option<Timestamp>) -> Self {
        Self {
            sid: Some(sid),
            reason: Some(why.word()),
            ended_at: at.map(rfc3339),
            ..Self::plain(nonce, "ended")
        }
    }

    /// The answer to a credential that was judged.
    ///
    /// # Errors
    /// When it could not be decided.
    pub fn of(nonce: Option<String>, judged: Judged, now: Timestamp) -> Result<Self, ApiError> {
        Ok(match (judged.verdict, judged.signed) {
            (Verdict::Active(session), Some(signed)) => {
                let account = signed.member.as_ref().ok_or(ApiError::Undecided)?;
                Self::active(nonce, &session, account, signed.rev, now)
            }
            (Verdict::Ended(session, reason, at), _) => Self::ended(nonce, session, reason, at),
            (Verdict::TokenEnded { sid, why, at }, _) => Self::token_ended(nonce, sid, why, at),
            (Verdict::Anonymous { shown }, _) => Self::anonymous(nonce, shown),
            (Verdict::Active(_) | Verdict::Undecided, _) => return Err(ApiError::Undecided),
        })
    }

    fn anonymous(nonce: Option<String>, shown: bool) -> Self {
        Self { credential: Some(if shown { "unknown" } else { "none" }), ..Self::plain(nonce, "anonymous") }
    }
}

impl IntoResponse for SessionBody {
    fn into_response(self) -> Response {
        Json(self).into_response()
    }
}

/// The nonce that a question about the session must carry.
///
/// # Errors
/// When there is none, or it is not one.
pub fn own_nonce(headers: &HeaderMap) -> Result<String, ApiError> {
    nonce(headers)?.ok_or_else(wrong_nonce)
}

/// The nonce of a request: 16 bytes as base64url.
///
/// # Errors
/// When one was sent that is not.
pub fn nonce(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get("session-nonce") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    let sound = text.len() <= 24
        && URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).is_ok_and(|bytes| bytes.len() == 16);
    if sound { Ok(Some(text.to_owned())) } else { Err(wrong_nonce()) }
}

fn wrong_nonce() -> ApiError {
    let expected = "it takes 16 bytes as base64url, new for each request".to_owned();
    ApiError::WrongNonce(expected)
}

/// Answers something about a session, which must never be stored by anybody.
pub fn unstored(body: impl IntoResponse) -> Response {
    let mut response = body.into_response();
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(header::VARY, HeaderValue::from_static("Cookie, Authorization"));
    response
}

/// What our server knows of this browser's session. Undecided is 503, never a no.
#[utoipa::path(get, path = "/api/session", tag = "session",
    params(("Session-Nonce" = String, Header, description = "16 random bytes as base64url, echoed in the answer")),
    responses((status = 200, body = SessionBody), (status = 400, body = super::error::Problem), (status = 503, body = super::error::Problem)))]
pub async fn session(
    State(app): State<App>,
    Extension(used): Extension<Used>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let nonce = Some(own_nonce(&headers)?);
    let judged = judge(&app, &headers, Age::Fresh).await?;
    // Asking is use: a page that is left open must never be thrown out.
    used.note(&judged);
    if matches!(judged.verdict, Verdict::Anonymous { .. }) && signed_in::believed_sid(&headers).is_some() {
        app.metrics.credential_missing.one();
    }
    SessionBody::of(nonce, judged, app.session_time.now()).map(unstored)
}
