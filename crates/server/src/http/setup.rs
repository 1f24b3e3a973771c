//! The first account: made by whoever has the code that the program printed, and by nobody else on the network.

use axum::{extract::State, response::Response};
use domain::account::Role;
use serde::Deserialize;
use subtle::ConstantTimeEq;
use utoipa::ToSchema;

use super::{
    auth::{make_account, new_credentials},
    error::{ApiError, Problem},
    json::Body,
    session::SessionBody,
    sign_in::SignIn,
};
use crate::{app::App, first_run};

/// What the first-run page sends.
#[derive(Deserialize, ToSchema)]
pub struct Setup {
    /// The code of the link.
    pub code: String,
    /// The administrator's e-mail.
    pub email: String,
    /// The administrator's password: 8 to 128 characters.
    #[schema(format = Password)]
    pub password: String,
}

/// Makes the first account, an administrator's, and signs in.
#[utoipa::path(post, path = "/api/setup", tag = "session", request_body = Setup,
    responses((status = 200, body = SessionBody), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn setup(
    State(app): State<App>,
    how: SignIn,
    Body(setup): Body<Setup>,
) -> Result<Response, ApiError> {
    let mut tx = app.store.read().await?;
    if tx.has_admin().await? {
        return Err(ApiError::SetupDone);
    }
    let code = tx.meta(first_run::CODE).await?.unwrap_or_default();
    drop(tx);
    let right = !code.is_empty() && bool::from(code.as_bytes().ct_eq(setup.code.trim().as_bytes()));
    if !right {
        return Err(ApiError::SetupCodeWrong);
    }
    let email = new_credentials(&setup.email, &setup.password)?;
    let hash = app.passwords.hash(setup.password).await?;
    let mut tx = app.store.write().await?;
    // The code is used up first: of two people who have the link open the second waits here, and finds it gone.
    if !tx.take_meta(first_run::CODE, &code).await? {
        return Err(ApiError::SetupDone);
    }
    let account = make_account(&app, &mut tx, &email, hash, Role::Admin).await?;
    let response = how.finish(&app, tx, &account).await?;
    first_run::forget_code(&app.config);
    Ok(response)
}
