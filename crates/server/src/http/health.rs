//! `GET /api/health`: the server is there. It carries no credential, extends nothing and waits for nobody.

use axum::{Json, extract::State};
use serde::Serialize;
use utoipa::ToSchema;

use super::time::rfc3339;
use crate::app::App;

/// The server's own health.
#[derive(Debug, Serialize, ToSchema)]
pub struct Health {
    /// Always `wakeful.health`: nobody else says so by accident.
    pub kind: &'static str,
    /// `healthy`.
    pub status: &'static str,
    /// Whether it takes requests.
    pub ready: bool,
    /// Its clock.
    pub timestamp: String,
    /// The program's version.
    pub build: &'static str,
}

/// Whether the server is there.
#[utoipa::path(get, path = "/api/health", tag = "health", responses((status = 200, body = Health)))]
pub async fn health(State(app): State<App>) -> Json<Health> {
    Json(Health {
        kind: "wakeful.health",
        status: "healthy",
        ready: !app.stop.is_cancelled(),
        timestamp: rfc3339(app.clock.now()),
        build: env!("CARGO_PKG_VERSION"),
    })
}
