//! Idempotency-Key: whoever repeats a request that creates or sends, because an answer was lost, gets the first answer,
//! and nothing is done twice.

use axum::{
    body::{Body, to_bytes},
    extract::{FromRequestParts, Request},
    http::{HeaderValue, StatusCode, header},
    middleware::Next,
    response::{IntoResponse, Response},
};
use store::{Answer, Repeat, StoreError};

use super::{credential::hash, error::ApiError, json::BODY_LIMIT, signed_in::SignedIn};
use crate::app::App;

const NAME: &str = "idempotency-key";
const LONGEST: usize = 128;
/// An answer that is larger is not kept; such a request is done again.
const LARGEST: usize = 1024 * 1024;

/// Answers a repeated request with the first answer.
pub async fn once(app: &App, request: Request, next: Next) -> Response {
    let key = request.headers().get(NAME).and_then(|value| value.to_str().ok()).map(str::to_owned);
    match key.filter(|_| is_meant(&request)) {
        None => next.run(request).await,
        Some(key) if key.is_empty() || key.len() > LONGEST => {
            let expected = format!("an Idempotency-Key has 1 to {LONGEST} characters");
            ApiError::WrongType { field: "Idempotency-Key".to_owned(), expected }.into_response()
        }
        Some(key) => keyed(app, &key, request, next).await.unwrap_or_else(IntoResponse::into_response),
    }
}

/// Changes to nodes and the like. What is about sessions is idempotent by itself, and no secret (a token's,
/// a webhook's, a link's) is kept in an answer.
fn is_meant(request: &Request) -> bool {
    let path = request.uri().path();
    let is_about_sessions = [
        "/api/auth",
        "/api/session",
        "/api/setup",
        "/api/tokens",
        "/api/account",
        "/api/destinations",
        "/api/telegram",
    ]
    .iter()
    .any(|prefix| path.starts_with(prefix));
    !request.method().is_safe() && path.starts_with("/api/") && !is_about_sessions
}

async fn keyed(app: &App, key: &str, request: Request, next: Next) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let Ok(who) = SignedIn::from_request_parts(&mut parts, app).await else {
        // The handler says what is wrong.
        return Ok(next.run(Request::from_parts(parts, body)).await);
    };
    let bytes = to_bytes(body, BODY_LIMIT).await.map_err(|_| ApiError::BodyTooLarge)?;
    let text = String::from_utf8_lossy(&bytes);
    let request_hash = hash(&format!("{} {}\n{text}", parts.method, parts.uri));
    let mut tx = app.store.write().await?;
    let known = tx.take_key(&who.account.id, key, &request_hash, app.session_time.now()).await?;
    tx.commit().await?;
    match known {
        Repeat::Another => return Err(ApiError::KeyReused),
        Repeat::AtWork => return Err(ApiError::AtWork),
        Repeat::Answered(answer) => return again(answer),
        Repeat::First => {}
    }
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    let (head, body) = response.into_parts();
    let body = to_bytes(body, LARGEST).await.map_err(|error| ApiError::Internal(error.to_string()))?;
    let answer = Answer {
        status: head.status.as_u16(),
        content_type: head
            .headers
            .get(header::CONTENT_TYPE)
            .and_then(|value| value.to_str().ok())
            .map(str::to_owned),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    if let Err(error) = keep(app, &who.account.id, key, &answer).await {
        tracing::warn!(%error, "an answer could not be kept for a repeated request");
    }
    Ok(Response::from_parts(head, Body::from(body)))
}

/// Keeps what was decided; a request that came to nothing on our side may be tried again with the same key.
async fn keep(app: &App, account: &str, key: &str, answer: &Answer) -> Result<(), StoreError> {
    let came_to_nothing = answer.status >= 500 || matches!(answer.status, 401 | 403 | 408 | 409 | 429);
    let mut tx = app.store.write().await?;
    if came_to_nothing {
        tx.give_key_back(account, key).await?;
    } else {
        tx.keep_answer(account, key, answer).await?;
    }
    tx.commit().await
}

fn again(answer: Answer) -> Result<Response, ApiError> {
    let status =
        StatusCode::from_u16(answer.status).map_err(|error| ApiError::Internal(error.to_string()))?;
    let mut response = (status, answer.body).into_response();
    response.headers_mut().remove(header::CONTENT_TYPE);
    if let Some(value) = answer.content_type.and_then(|kind| HeaderValue::from_str(&kind).ok()) {
        response.headers_mut().insert(header::CONTENT_TYPE, value);
    }
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    Ok(response)
}
