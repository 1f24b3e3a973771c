//! The password of somebody who is signed in, given again. Wrong is 422, never 401: it ends nothing.

use axum::{extract::FromRequestParts, http::request::Parts};

use super::super::{
    client_address::ClientAddress, error::ApiError, guessing::Attempt, known_browser::KnownBrowser,
    signed_in::OwnSession,
};
use crate::app::App;

/// Where the attempt comes from.
pub struct Context {
    from: ClientAddress,
    browser: KnownBrowser,
}

impl FromRequestParts<App> for Context {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, ApiError> {
        let browser = KnownBrowser::of(app, &parts.headers);
        let Ok(from) = ClientAddress::from_request_parts(parts, app).await;
        Ok(Self { from, browser })
    }
}

impl Context {
    /// Checks the password; failures count as those of signing in do.
    ///
    /// # Errors
    /// [`ApiError::WrongPassword`] with the field, too many attempts, busy, or undecided.
    pub async fn check(
        &self,
        app: &App,
        own: &OwnSession,
        password: String,
        field: &'static str,
    ) -> Result<(), ApiError> {
        let email = &own.account.email;
        let attempt = Attempt::begin(app, email.as_str(), self.browser.id_for(app, email), self.from).await;
        attempt.admit().await?;
        let account = app.store.read().await?.account(&own.account.id).await?.ok_or(ApiError::Undecided)?;
        if app.passwords.check(password, Some(account.password_hash)).await? {
            let mut tx = app.store.write().await?;
            for key in attempt.forgiven() {
                tx.forget_attempts(key).await?;
            }
            tx.commit().await?;
            return Ok(());
        }
        Err(attempt.fail(ApiError::WrongPassword(field)).await)
    }
}
