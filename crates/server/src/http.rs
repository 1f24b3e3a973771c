//! The HTTP side: one list of routes; what stands before every one of them; nothing here calls a source or a channel.

mod alerts;
mod api_source;
mod assets;
mod auth;
mod by_mail;
mod client_address;
mod confirmation;
mod cookie;
mod credential;
mod csrf;
mod destination;
mod destinations;
mod devices;
mod document;
mod edit_preferences;
mod error;
mod events;
mod guessing;
mod headers;
mod health;
mod history;
mod host;
mod job;
mod jobs;
mod json;
mod known_browser;
mod log;
mod machine;
mod market;
mod measured;
mod mute;
mod network;
mod new_place;
mod node;
mod nodes;
mod often;
mod open;
mod own_session;
mod password;
mod preference;
mod preferences;
mod preview;
mod query;
mod refresh;
mod repeats;
mod requirement;
mod session;
mod setup;
mod sign_in;
mod signed_in;
mod source;
mod telegram;
mod thin;
mod time;
mod tokens;
mod trial;
mod used;

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request, State},
    middleware::{Next, from_fn_with_state},
    response::{IntoResponse, Response},
};
use tower_http::{compression::CompressionLayer, trace::TraceLayer};
use utoipa::OpenApi;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use credential::{invitation_hash, reset_hash};
pub(crate) use time::rfc3339;

use crate::app::App;
use document::Document;
use error::ApiError;

/// Every route there is.
fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(Document::openapi())
        .routes(routes!(setup::setup))
        .routes(routes!(auth::register))
        .routes(routes!(auth::login))
        .routes(routes!(auth::me))
        .routes(routes!(session::session))
        .routes(routes!(own_session::renew))
        .routes(routes!(own_session::logout))
        .routes(routes!(own_session::reauth))
        .routes(routes!(password::change_password))
        .routes(routes!(devices::list_sessions, devices::end_other_sessions))
        .routes(routes!(devices::end_session))
        .routes(routes!(tokens::list_tokens, tokens::make_token))
        .routes(routes!(tokens::revoke_token))
        .routes(routes!(nodes::list, nodes::add))
        .routes(routes!(preview::preview))
        .routes(routes!(refresh::refresh))
        .routes(routes!(nodes::get, nodes::edit, nodes::delete))
        .routes(routes!(nodes::restore))
        .routes(routes!(history::history))
        .routes(routes!(log::log))
        .routes(routes!(jobs::jobs))
        .routes(routes!(mute::mute))
        .routes(routes!(destinations::list, destinations::add))
        .routes(routes!(destinations::edit, destinations::delete))
        .routes(routes!(destinations::confirm))
        .routes(routes!(trial::test))
        .routes(routes!(preferences::get, preferences::put))
        .routes(routes!(alerts::list))
        .routes(routes!(alerts::acknowledge))
        .routes(routes!(telegram::list))
        .routes(routes!(telegram::link))
        .routes(routes!(telegram::unlink))
        .routes(routes!(telegram::receive))
        .routes(routes!(network::network))
        .routes(routes!(market::market))
        .routes(routes!(source::list))
        .routes(routes!(events::events))
        .routes(routes!(health::health))
}

/// The OpenAPI document as JSON.
#[must_use]
pub fn openapi() -> String {
    let (_, document) = routes().split_for_parts();
    document::finish(document).to_pretty_json().unwrap_or_default() + "\n"
}

/// The whole HTTP service.
pub fn router(app: App) -> Router {
    router_beside(app, Router::new())
}

/// The whole HTTP service with other routes beside its own, behind the same door: what a measurement compares with.
pub fn router_beside(app: App, others: Router<App>) -> Router {
    let (routes, _) = routes().split_for_parts();
    routes
        .merge(others)
        .route(
            "/openapi.json",
            axum::routing::get(|| async { ([("content-type", "application/json")], openapi()) }),
        )
        .method_not_allowed_fallback(|| async { ApiError::MethodNotAllowed.into_response() })
        .fallback(assets::serve)
        .layer(from_fn_with_state(app.clone(), door))
        .layer(DefaultBodyLimit::max(json::BODY_LIMIT))
        .layer(CompressionLayer::new())
        .layer(TraceLayer::new_for_http())
        .with_state(app)
}

/// What stands before and after every handler. One layer: each would cost every request a clone of all routes and a boxed
/// future.
async fn door(State(app): State<App>, request: Request, next: Next) -> Response {
    let is_api = request.uri().path().starts_with("/api");
    let mut response = match host::turned_away(&app, &request) {
        Some(answer) => answer,
        None => used::after(&app, request, next).await,
    };
    headers::add(&mut response, is_api);
    response
}
