//! Where an account is signed in, and where it was, with the reason of each end.

use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
};
use domain::{
    session::{EndReason, Verdict, decide},
    session_time::SessionTime,
};
use serde::{Deserialize, Serialize};
use store::Device;
use utoipa::ToSchema;

use super::{
    error::{ApiError, Problem},
    signed_in::OwnSession,
    time::rfc3339,
};
use crate::app::App;

/// The account's sessions.
#[derive(Debug, Serialize, ToSchema)]
pub struct Sessions {
    /// Those that go on, newest first.
    pub sessions: Vec<DeviceBody>,
    /// The last 50 that ended, newest first.
    pub past: Vec<DeviceBody>,
}

/// One session.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Device)]
pub struct DeviceBody {
    /// Its public id.
    pub sid: String,
    /// The browser or program, as it calls itself.
    pub label: String,
    /// The address that it was made from, shortened.
    pub address: String,
    /// When it was made.
    pub created: String,
    /// When it was last used, to the hour.
    pub last_seen: String,
    /// Whether it is the one that asks.
    pub current: bool,
    /// Why it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<&'static str>,
    /// When it ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
}

/// Which sessions to end.
#[derive(Debug, Deserialize)]
pub struct Which {
    scope: Option<String>,
}

const PAST: usize = 50;

impl DeviceBody {
    fn of(device: Device, current: &str, time: SessionTime) -> Self {
        let Device { session, label, address_short } = device;
        let ended = match decide(Some(session.clone()), time) {
            Verdict::Ended(_, reason, at) => Some((reason, at)),
            _ => None,
        };
        Self {
            current: session.sid == current,
            sid: session.sid,
            label,
            address: address_short,
            created: rfc3339(session.created),
            last_seen: rfc3339(session.last_seen),
            reason: ended.map(|(reason, _)| reason.word()),
            ended_at: ended.map(|(_, at)| rfc3339(at)),
        }
    }
}

/// The account's sessions, ended ones with the reason.
#[utoipa::path(get, path = "/api/sessions", tag = "session",
    responses((status = 200, body = Sessions), (status = 401, body = Problem), (status = 503, body = Problem)))]
pub async fn list_sessions(State(app): State<App>, own: OwnSession) -> Result<Json<Sessions>, ApiError> {
    let time = app.session_time.time();
    let devices = app.store.read().await?.devices(&own.account.id).await?;
    let bodies = devices.into_iter().map(|device| DeviceBody::of(device, &own.session.sid, time));
    let (sessions, mut past): (Vec<_>, Vec<_>) = bodies.partition(|body| body.reason.is_none());
    past.sort_by(|one, other| other.ended_at.cmp(&one.ended_at));
    past.truncate(PAST);
    Ok(Json(Sessions { sessions, past }))
}

/// Ends one session of the account. Ending it twice is fine.
#[utoipa::path(delete, path = "/api/sessions/{sid}", tag = "session",
    params(("sid" = String, Path, description = "The session")),
    responses((status = 204, description = "It has ended"), (status = 401, body = Problem), (status = 404, body = Problem)))]
pub async fn end_session(
    State(app): State<App>,
    own: OwnSession,
    Path(sid): Path<String>,
) -> Result<StatusCode, ApiError> {
    let mut tx = app.store.write().await?;
    let is_own = tx.session(&sid).await?.is_some_and(|session| session.account == own.account.id);
    if !is_own {
        return Err(ApiError::NotFound);
    }
    let rev = tx.end_session(&sid, EndReason::Revoked, app.session_time.now()).await?;
    tx.commit().await?;
    app.ended(rev, EndReason::Revoked, usize::from(rev.is_some()));
    Ok(StatusCode::NO_CONTENT)
}

/// Ends every other session of the account.
#[utoipa::path(delete, path = "/api/sessions", tag = "session",
    params(("scope" = String, Query, description = "`others`")),
    responses((status = 204, description = "They have ended"), (status = 401, body = Problem), (status = 422, body = Problem)))]
pub async fn end_other_sessions(
    State(app): State<App>,
    own: OwnSession,
    Query(which): Query<Which>,
) -> Result<StatusCode, ApiError> {
    if which.scope.as_deref() != Some("others") {
        return Err(ApiError::WrongType {
            field: "scope".to_owned(),
            expected: "`others` is expected".to_owned(),
        });
    }
    let mut tx = app.store.write().await?;
    let now = app.session_time.now();
    let ended =
        tx.end_sessions_of(&own.account.id, Some(&own.session.sid), EndReason::RevokedAll, now).await?;
    let rev = tx.rev().await?;
    tx.commit().await?;
    app.ended(Some(rev), EndReason::RevokedAll, ended.len());
    Ok(StatusCode::NO_CONTENT)
}
