//! What somebody wants to hear of, where and when.

use axum::{Json, extract::State};

use super::{
    error::{ApiError, Problem},
    json::Body,
    preference::{EditPreferences, PreferencesBody},
    signed_in::SignedIn,
};
use crate::app::App;

/// The person's preferences; who never set any has the defaults.
#[utoipa::path(get, path = "/api/preferences", tag = "alerts", security(("cookie" = [])),
    responses((status = 200, body = PreferencesBody)))]
pub async fn get(State(_app): State<App>, _who: SignedIn) -> Result<Json<PreferencesBody>, ApiError> {
    Err(ApiError::NotFound)
}

/// Changes preferences. Nothing is changed when one value cannot be used.
#[utoipa::path(put, path = "/api/preferences", tag = "alerts", security(("cookie" = [])), request_body = EditPreferences,
    responses((status = 200, body = PreferencesBody), (status = 422, body = Problem)))]
pub async fn put(
    State(_app): State<App>,
    _who: SignedIn,
    Body(_wanted): Body<EditPreferences>,
) -> Result<Json<PreferencesBody>, ApiError> {
    Err(ApiError::NotFound)
}
