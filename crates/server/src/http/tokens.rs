//! API tokens for integrations: made, listed and taken back by a person who is signed in. The secret is shown once.

use std::time::Duration;

use axum::{
    Json,
    extract::{Path, State},
    http::StatusCode,
};
use domain::{
    api_token::{ApiToken, ID_LENGTH, SECRET_LENGTH, Scope},
    time::Timestamp,
};
use serde::{Deserialize, Serialize};
use store::{NewToken, Token};
use utoipa::ToSchema;

use super::{
    credential::hash,
    error::{ApiError, Problem},
    json::Body,
    signed_in::OwnSession,
    time::rfc3339,
};
use crate::app::App;

/// The account's tokens.
#[derive(Debug, Serialize, ToSchema)]
pub struct Tokens {
    /// Newest first, with those that were taken back.
    pub tokens: Vec<TokenBody>,
}

/// A token, without its secret.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiToken)]
pub struct TokenBody {
    /// Its public half.
    pub id: String,
    /// What the person calls it.
    pub name: String,
    /// `read`, `write`, `metrics`.
    pub scopes: Vec<&'static str>,
    /// When it was made.
    pub created: String,
    /// When it ends by itself.
    pub expires: Option<String>,
    /// When it was last used, to the hour.
    pub last_used: Option<String>,
    /// When it was taken back.
    pub revoked: Option<String>,
}

/// A token to be made.
#[derive(Debug, Deserialize, ToSchema)]
pub struct NewTokenBody {
    /// What the person calls it: 1 to 80 characters.
    pub name: String,
    /// `read`, `write`, `metrics`; at least one.
    pub scopes: Vec<String>,
    /// Days until it ends by itself, 1 to 3650; never, when left out.
    #[serde(default)]
    pub expires_in_days: Option<u32>,
}

/// A token that was just made.
#[derive(Debug, Serialize, ToSchema)]
pub struct MadeToken {
    /// The whole token: shown now, and never again.
    pub secret: String,
    /// What is listed of it.
    pub token: TokenBody,
}

impl TokenBody {
    fn of(token: Token) -> Self {
        Self {
            id: token.id,
            name: token.name,
            scopes: token.scopes.into_iter().map(Scope::word).collect(),
            created: rfc3339(token.created),
            expires: token.expires.map(rfc3339),
            last_used: token.last_used.map(rfc3339),
            revoked: token.revoked.map(rfc3339),
        }
    }
}

/// The account's tokens.
#[utoipa::path(get, path = "/api/tokens", tag = "tokens",
    responses((status = 200, body = Tokens), (status = 401, body = Problem), (status = 403, body = Problem)))]
pub async fn list_tokens(State(app): State<App>, own: OwnSession) -> Result<Json<Tokens>, ApiError> {
    let tokens = app.store.read().await?.api_tokens(&own.account.id).await?;
    Ok(Json(Tokens { tokens: tokens.into_iter().map(TokenBody::of).collect() }))
}

/// Makes a token.
#[utoipa::path(post, path = "/api/tokens", tag = "tokens", request_body = NewTokenBody,
    responses((status = 201, body = MadeToken), (status = 401, body = Problem), (status = 403, body = Problem),
        (status = 422, body = Problem)))]
pub async fn make_token(
    State(app): State<App>,
    own: OwnSession,
    Body(body): Body<NewTokenBody>,
) -> Result<(StatusCode, Json<MadeToken>), ApiError> {
    let now = app.session_time.now();
    let (name, scopes, expires) = read(&body, now)?;
    let (id, secret) = (app.entropy.base32::<ID_LENGTH>(), app.entropy.alphanumeric::<SECRET_LENGTH>());
    let token = NewToken {
        id: &id,
        account: &own.account.id,
        secret_hash: &hash(&secret),
        name: &name,
        scopes: &scopes,
        expires,
    };
    let mut tx = app.store.write().await?;
    tx.add_api_token(token, now).await?;
    tx.commit().await?;
    let secret = ApiToken { id: &id, secret: &secret }.text();
    let token = Token { id, name, scopes, created: now, expires, last_used: None, revoked: None };
    Ok((StatusCode::CREATED, Json(MadeToken { secret, token: TokenBody::of(token) })))
}

fn read(body: &NewTokenBody, now: Timestamp) -> Result<(String, Vec<Scope>, Option<Timestamp>), ApiError> {
    let wrong = |field, code: &str, detail: &str| ApiError::Field {
        field,
        code: code.to_owned(),
        detail: detail.to_owned(),
    };
    let name = body.name.trim();
    if name.is_empty() || name.chars().count() > 80 || name.chars().any(char::is_control) {
        return Err(wrong("name", "name_invalid", "A token takes a name of 1 to 80 characters."));
    }
    let mut scopes = body.scopes.iter().map(|word| Scope::from_word(word)).collect::<Option<Vec<_>>>();
    if let Some(scopes) = &mut scopes {
        scopes.sort_unstable();
        scopes.dedup();
    }
    let scopes = scopes.filter(|scopes| !scopes.is_empty()).ok_or_else(|| {
        wrong("scopes", "scopes_invalid", "The scopes are read, write and metrics; take at least one.")
    })?;
    let expires = match body.expires_in_days {
        None => None,
        Some(days @ 1..=3_650) => Some(now.plus(Duration::from_secs(u64::from(days) * 86_400))),
        Some(_) => {
            return Err(wrong(
                "expires_in_days",
                "days_invalid",
                "A token lasts 1 to 3650 days, or for ever.",
            ));
        }
    };
    Ok((name.to_owned(), scopes, expires))
}

/// Takes a token back. Doing it twice is fine.
#[utoipa::path(delete, path = "/api/tokens/{id}", tag = "tokens",
    params(("id" = String, Path, description = "The token's public half")),
    responses((status = 204, description = "It is no good any more"), (status = 401, body = Problem),
        (status = 404, body = Problem)))]
pub async fn revoke_token(
    State(app): State<App>,
    own: OwnSession,
    Path(id): Path<String>,
) -> Result<StatusCode, ApiError> {
    let mut tx = app.store.write().await?;
    let revoked = tx.revoke_api_token(&own.account.id, &id, app.session_time.now()).await?;
    let is_own = revoked || tx.api_tokens(&own.account.id).await?.iter().any(|token| token.id == id);
    tx.commit().await?;
    if is_own { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound) }
}
