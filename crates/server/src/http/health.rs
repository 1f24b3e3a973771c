//! `GET /api/health`: the server is there. It carries no credential, extends nothing and waits for nobody.

use std::{sync::atomic::Ordering, time::Duration};

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
    /// Whether nobody has made the first account yet; `null` = the store did not say so at once.
    pub setup_needed: Option<bool>,
    /// Its clock.
    pub timestamp: String,
    /// The program's version.
    pub build: &'static str,
}

/// As long as the answer may wait for the store, and only until there is an administrator.
const PATIENCE: Duration = Duration::from_millis(40);

/// Once there is an administrator there is always one: it is not asked again.
async fn setup_needed(app: &App) -> Option<bool> {
    if app.set_up.load(Ordering::Relaxed) {
        return Some(false);
    }
    let ask = async { app.store.read().await.ok()?.has_admin().await.ok() };
    let has_admin = tokio::time::timeout(PATIENCE, ask).await.ok()??;
    if has_admin {
        app.set_up.store(true, Ordering::Relaxed);
    }
    Some(!has_admin)
}

/// Whether the server is there.
#[utoipa::path(get, path = "/api/health", tag = "health", responses((status = 200, body = Health)))]
pub async fn health(State(app): State<App>) -> Json<Health> {
    Json(Health {
        kind: "wakeful.health",
        status: "healthy",
        ready: !app.stop.is_cancelled(),
        setup_needed: setup_needed(&app).await,
        timestamp: rfc3339(app.clock.now()),
        build: env!("CARGO_PKG_VERSION"),
    })
}
