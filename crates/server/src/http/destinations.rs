//! Where somebody is told: list, add, rename, pause, confirm, remove.

use axum::{Json, extract::State, http::StatusCode};
use domain::{
    destination::{Channel, Place},
    time::Timestamp,
};
use store::{Destination, NewDestination as Row, Write};

use super::{
    confirmation,
    destination::{
        AddedDestination, Confirmation, DestinationBody, Destinations, EditDestination, NewDestination,
        TelegramOffer,
    },
    error::{ApiError, Problem},
    json::Body,
    new_place,
    query::Segment,
    signed_in::SignedIn,
};
use crate::app::App;

/// The most destinations of one space.
const MOST: usize = 20;
/// What stands as the reason where a person paused it.
const BY_HAND: &str = "person";

/// Where the person is told.
#[utoipa::path(get, path = "/api/destinations", operation_id = "destinations", tag = "alerts",
    security(("cookie" = [])),
    responses((status = 200, body = Destinations)))]
pub async fn list(State(app): State<App>, who: SignedIn) -> Result<Json<Destinations>, ApiError> {
    let mut tx = app.store.read().await?;
    let rows = tx.destinations(&who.space).await?;
    let waiting = tx.waiting_counts(&who.space).await?;
    let count = |id: &str| waiting.iter().find(|(of, _)| of == id).map_or(0, |(_, count)| *count);
    let sid = who.session.as_ref().map(|session| session.sid.as_str());
    Ok(Json(Destinations {
        destinations: rows.iter().map(|row| DestinationBody::new(row, count(&row.id), sid)).collect(),
        offers: app.channels.offers().into_iter().map(Channel::word).collect(),
        telegram: TelegramOffer { bot: app.telegram.me().map(|me| me.name) },
        vapid_key: app.channels.push.public_key().to_owned(),
        limit: MOST,
    }))
}

/// One destination of whoever asks, as it is now.
async fn shown(app: &App, who: &SignedIn, id: &str) -> Result<DestinationBody, ApiError> {
    let mut tx = app.store.read().await?;
    let row = own(tx.destination(id).await?, who)?;
    let waiting = tx.waiting_counts(&who.space).await?;
    let count = waiting.iter().find(|(of, _)| of == id).map_or(0, |(_, count)| *count);
    Ok(DestinationBody::new(&row, count, who.session.as_ref().map(|session| session.sid.as_str())))
}

/// A destination, if it belongs to whoever asks.
///
/// # Errors
/// It does not, or is none.
pub fn own(found: Option<Destination>, who: &SignedIn) -> Result<Destination, ApiError> {
    found.filter(|row| row.space == who.space).ok_or(ApiError::NotFound)
}

/// Adds a destination. A push subscription that is known already is taken over by the session that asks; an e-mail address
/// other than the account's own gets nothing but a mail with a code until that was given back.
#[utoipa::path(post, path = "/api/destinations", operation_id = "add_destination", tag = "alerts",
    security(("cookie" = [])), request_body = NewDestination,
    responses((status = 201, body = AddedDestination), (status = 403, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem), (status = 429, body = Problem)))]
pub async fn add(
    State(app): State<App>,
    who: SignedIn,
    Body(new): Body<NewDestination>,
) -> Result<(StatusCode, Json<AddedDestination>), ApiError> {
    let (place, name) = new_place::judge(&app, &new).await?;
    // Only a browser has a push subscription, and a webhook's secret goes to no script.
    if who.session.is_none() && !matches!(place, Place::Email { .. }) {
        return Err(ApiError::TokenNotAccepted);
    }
    if !app.channels.offers().contains(&place.channel()) {
        return Err(ApiError::field(
            "channel",
            "channel_off",
            "This installation has nothing to send through that channel.",
        ));
    }
    let now = app.clock.now();
    let mut tx = app.store.write().await?;
    make_room(&mut tx, &who, &place).await?;
    let row = put(&app, &mut tx, &who, &place, &name, now).await?;
    tx.commit().await?;
    app.outbox.ring();
    let secret = match place {
        Place::Webhook { secret, .. } => Some(secret),
        _ => None,
    };
    let destination = shown(&app, &who, &row.id).await?;
    Ok((StatusCode::CREATED, Json(AddedDestination { destination, secret })))
}

/// Sees to it that the space may have this place: it is not there, or may be put there anew.
async fn make_room(tx: &mut Write, who: &SignedIn, place: &Place) -> Result<(), ApiError> {
    let mut is_known = false;
    for row in tx.destinations_at(place).await? {
        if row.space == who.space {
            is_known = true;
            if row.confirmed && !matches!(place, Place::Push { .. }) {
                return Err(ApiError::DestinationTaken);
            }
        } else if matches!(place, Place::Push { .. }) {
            // The browser is somebody else's by now: it shows nobody what another is told.
            tx.remove_destination(&row.space, &row.id).await?;
        }
    }
    if is_known { Ok(()) } else { has_room(tx, &who.space).await }
}

/// Sees to it that the space may have one more.
///
/// # Errors
/// It has as many as it may have.
pub async fn has_room(tx: &mut Write, space: &str) -> Result<(), ApiError> {
    if tx.destinations(space).await?.len() < MOST {
        return Ok(());
    }
    let sentence = format!("You are told at {MOST} places, as many as one account may have here.");
    Err(ApiError::field("channel", "destination_limit", &sentence))
}

/// Writes the destination; one that must agree first is asked.
async fn put(
    app: &App,
    tx: &mut Write,
    who: &SignedIn,
    place: &Place,
    name: &str,
    now: Timestamp,
) -> Result<Destination, ApiError> {
    let session = who.session.as_ref().map(|session| session.sid.as_str());
    let row = Row {
        id: &app.entropy.id(),
        space: &who.space,
        account: &who.account.id,
        session: session.filter(|_| matches!(place, Place::Push { .. })),
        place,
        name,
        confirm_hash: None,
    };
    match place {
        Place::Email { to } if to != who.account.email.as_str() => confirmation::ask(app, tx, row, now).await,
        _ => Ok(tx.add_destination(row, now).await?),
    }
}

/// Renames, pauses or resumes a destination.
#[utoipa::path(put, path = "/api/destinations/{id}", operation_id = "edit_destination", tag = "alerts",
    security(("cookie" = [])),
    request_body = EditDestination, params(("id" = String, Path, description = "The destination")),
    responses((status = 200, body = DestinationBody), (status = 404, body = Problem), (status = 422, body = Problem)))]
pub async fn edit(
    State(app): State<App>,
    who: SignedIn,
    Segment(id): Segment,
    Body(wanted): Body<EditDestination>,
) -> Result<Json<DestinationBody>, ApiError> {
    let name = wanted.name.as_deref().map(new_place::name).transpose()?;
    let mut tx = app.store.write().await?;
    let row = own(tx.destination(&id).await?, &who)?;
    if let Some(name) = name {
        let name = if name.is_empty() { super::destination::masked(&row.place) } else { name };
        tx.name_destination(&who.space, &id, &name).await?;
    }
    match wanted.paused {
        Some(true) => {
            tx.pause_destination(&id, BY_HAND, app.clock.now()).await?;
        }
        Some(false) => {
            tx.resume_destination(&who.space, &id).await?;
        }
        None => {}
    }
    tx.commit().await?;
    shown(&app, &who, &id).await.map(Json)
}

/// Removes a destination with what waits for it.
#[utoipa::path(delete, path = "/api/destinations/{id}", operation_id = "delete_destination", tag = "alerts",
    security(("cookie" = [])),
    params(("id" = String, Path, description = "The destination")),
    responses((status = 204, description = "Nothing is sent there any more"), (status = 404, body = Problem)))]
pub async fn delete(
    State(app): State<App>,
    who: SignedIn,
    Segment(id): Segment,
) -> Result<StatusCode, ApiError> {
    let mut tx = app.store.write().await?;
    let removed = tx.remove_destination(&who.space, &id).await?;
    tx.commit().await?;
    if removed { Ok(StatusCode::NO_CONTENT) } else { Err(ApiError::NotFound) }
}

/// Confirms an e-mail address with the code of the mail that it got.
#[utoipa::path(post, path = "/api/destinations/{id}/confirm", tag = "alerts", security(("cookie" = [])),
    request_body = Confirmation, params(("id" = String, Path, description = "The destination")),
    responses((status = 200, body = DestinationBody), (status = 404, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub async fn confirm(
    State(app): State<App>,
    who: SignedIn,
    Segment(id): Segment,
    Body(given): Body<Confirmation>,
) -> Result<Json<DestinationBody>, ApiError> {
    let row = own(app.store.read().await?.destination(&id).await?, &who)?;
    if !row.confirmed {
        confirmation::take(&app, &row, &given.code).await?;
    }
    shown(&app, &who, &id).await.map(Json)
}
