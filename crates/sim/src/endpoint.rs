//! The nodes' own endpoints behind one tunnel: `/node/{node}/…`.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Extension, Path, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Json, Response};
use axum::routing::get;
use serde_json::{Value, json};

use crate::app::App;
use crate::faults::TunnelFault;
use crate::key::Key;
use crate::node::{Activity, Endpoint, Node};
use crate::serve::Cut;

/// What the tunnel says in the place of an absent node.
const ABSENT: &str = "<!DOCTYPE html>\n<html><head><title>Not Found</title></head>\n<body>\n\
<h1>The page you requested was not found.</h1>\n\
<p>Nobody is connected under this name at the moment.</p>\n\
<p><em>Faithfully yours, frp.</em></p>\n</body></html>\n";
/// What somebody else says in the place of a node.
const ELSE: &str = "<!DOCTYPE html>\n<html><head><title>Welcome</title></head>\n\
<body><p>This network asks you to accept its terms first.</p></body></html>\n";

/// The routes.
pub(crate) fn routes() -> Router<Arc<App>> {
    Router::new()
        .route("/node/{node}", get(root))
        .route("/node/{node}/", get(root))
        .route("/node/{node}/{*path}", get(below))
}

async fn root(app: State<Arc<App>>, cut: Extension<Cut>, Path(node): Path<String>) -> Response {
    answer(&app, &cut, &node, "").await
}

async fn below(
    app: State<Arc<App>>,
    cut: Extension<Cut>,
    Path((node, path)): Path<(String, String)>,
) -> Response {
    answer(&app, &cut, &node, &path).await
}

async fn answer(app: &App, cut: &Cut, node: &str, path: &str) -> Response {
    let tunnel = app.lock().faults.endpoints;
    match tunnel {
        TunnelFault::Ok => {}
        TunnelFault::Down => {
            cut.off();
            return StatusCode::BAD_GATEWAY.into_response();
        }
        TunnelFault::Hang => return std::future::pending().await,
        TunnelFault::Html => return Html(ELSE).into_response(),
    }
    let found = node.parse().ok().and_then(|key: Key| look(app, &key));
    match found.as_ref().map(|found| found.0.endpoint) {
        None | Some(Endpoint::Down) => (StatusCode::NOT_FOUND, Html(ABSENT)).into_response(),
        Some(Endpoint::Hang) => std::future::pending().await,
        Some(Endpoint::Html) => Html(ELSE).into_response(),
        Some(Endpoint::Up) => match (path, found) {
            ("", Some((node, _))) => node.address.to_string().into_response(),
            ("node/info", Some((node, activity))) => Json(info(&node, activity)).into_response(),
            _ => (StatusCode::NOT_FOUND, "Cannot GET this path\n").into_response(),
        },
    }
}

fn look(app: &App, key: &Key) -> Option<(Node, Activity)> {
    let state = app.lock();
    let node = state.world.node(key)?.clone();
    let activity = node.since.activity;
    Some((node, activity))
}

/// The body of `/node/info`; a node that is starting does not know its machine yet.
fn info(node: &Node, activity: Activity) -> Value {
    let machine = &node.machine;
    let booted = jiff::Timestamp::from_millisecond(machine.booted_ms).unwrap_or_default();
    let mut body = json!({
        "node": node.address,
        "uptime": format!("{booted:.3}"),
        "state": activity,
    });
    if activity == Activity::Starting {
        return body;
    }
    let devices: Vec<Value> = machine
        .gpus
        .iter()
        .enumerate()
        .map(|(index, gpu)| {
            json!({
                "index": index,
                "name": gpu.name,
                "uuid": gpu.uuid,
                "memory": { "total_mb": gpu.memory_mb },
                "network_architecture": { "major": gpu.major, "minor": gpu.minor },
            })
        })
        .collect();
    body["info"] = json!({
        "version": machine.version,
        "country": machine.country,
        "protocol": "socket",
        "system_environment": "6.14.0-37-generic",
        "network": {
            "ping_ms": machine.ping_ms,
            "download_mbps": machine.download_mbps,
            "upload_mbps": machine.upload_mbps,
        },
        "cpu": {
            "model": machine.cpu,
            "logical_cores": machine.cores * 2,
            "physical_cores": machine.cores,
        },
        "disk_gb": machine.disk_gb,
        "ram_mb": machine.ram_mb,
        "gpus": {
            "devices": devices,
            "runtime_version": 12,
            "cuda_driver_version": 13.1,
            "nvml_driver_version": "590.48.01",
        },
    });
    if activity == Activity::RunningJob {
        body["resources"] = json!({ "images": [], "volumes": [] });
    }
    body
}
