//! Changing one's password: the other sessions end and say why, this one goes on.

pub mod check_again;

use axum::{Json, extract::State};
use domain::{account::check_password, session::EndReason};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{
    error::{ApiError, Problem},
    json::Body,
    signed_in::OwnSession,
};
use crate::app::App;

/// A change of password.
#[derive(Deserialize, ToSchema)]
pub struct PasswordChange {
    /// The password so far.
    #[schema(format = Password)]
    pub password: String,
    /// The new one: 8 to 128 characters.
    #[schema(format = Password)]
    pub new_password: String,
    /// Whether the account's API tokens end too.
    #[serde(default)]
    pub end_tokens: bool,
}

/// What ended with it.
#[derive(Debug, Serialize, ToSchema)]
pub struct PasswordChanged {
    /// Other sessions.
    pub sessions_ended: usize,
    /// API tokens.
    pub tokens_ended: u64,
}

/// Changes the password. Every other session of the account ends as `password_changed`.
#[utoipa::path(post, path = "/api/account/password", tag = "session", request_body = PasswordChange,
    responses((status = 200, body = PasswordChanged), (status = 401, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn change_password(
    State(app): State<App>,
    own: OwnSession,
    context: check_again::Context,
    Body(change): Body<PasswordChange>,
) -> Result<Json<PasswordChanged>, ApiError> {
    check_password(&change.new_password).map_err(|error| ApiError::Field {
        field: "new_password",
        code: error.code().to_owned(),
        detail: error.to_string(),
    })?;
    context.check(&app, &own, change.password, "password").await?;
    let hash = app.passwords.hash(change.new_password).await?;
    let (now, account) = (app.session_time.now(), &own.account.id);
    let mut tx = app.store.write().await?;
    tx.set_password_hash(account, &hash).await?;
    let ended = tx.end_sessions_of(account, Some(&own.session.sid), EndReason::PasswordChanged, now).await?;
    let tokens_ended = if change.end_tokens { tx.revoke_api_tokens_of(account, now).await? } else { 0 };
    let rev = tx.rev().await?;
    tx.commit().await?;
    app.ended(Some(rev), EndReason::PasswordChanged, ended.len());
    Ok(Json(PasswordChanged { sessions_ended: ended.len(), tokens_ended }))
}
