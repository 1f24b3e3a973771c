//! What somebody wants to hear of, where and when.

use axum::{Json, extract::State};

use super::{
    edit_preferences,
    error::{ApiError, Problem},
    json::Body,
    preference::{EditPreferences, PreferencesBody},
    signed_in::SignedIn,
};
use crate::app::App;

/// The person's preferences; who never set any has the defaults.
#[utoipa::path(get, path = "/api/preferences", operation_id = "preferences", tag = "alerts", security(("cookie" = [])),
    responses((status = 200, body = PreferencesBody)))]
pub async fn get(State(app): State<App>, who: SignedIn) -> Result<Json<PreferencesBody>, ApiError> {
    let preferences = app.store.read().await?.preferences(&who.space).await?;
    Ok(Json(PreferencesBody::new(&preferences, app.clock.now())))
}

/// Changes preferences. Nothing is changed when one value cannot be used.
#[utoipa::path(put, path = "/api/preferences", operation_id = "prefer", tag = "alerts",
    security(("cookie" = [])), request_body = EditPreferences,
    responses((status = 200, body = PreferencesBody), (status = 422, body = Problem)))]
pub async fn put(
    State(app): State<App>,
    who: SignedIn,
    Body(wanted): Body<EditPreferences>,
) -> Result<Json<PreferencesBody>, ApiError> {
    let now = app.clock.now();
    let mut tx = app.store.write().await?;
    // Two pages that change different things at once take turns, and neither undoes the other.
    tx.next_change().await?;
    let mut preferences = tx.preferences(&who.space).await?;
    edit_preferences::apply(&wanted, &mut preferences)?;
    tx.put_preferences(&who.space, &preferences, now).await?;
    tx.commit().await?;
    Ok(Json(PreferencesBody::new(&preferences, now)))
}
