//! Brings waiting updates to the bot's webhook, one after another, until each is taken.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::http::{Request, StatusCode, Uri, header};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::TcpStream;

use super::bot::Telegram;
use crate::app::App;

/// How long the bot may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The pause after a failure.
const PAUSE: Duration = Duration::from_millis(500);

/// One update on its way.
struct Parcel {
    id: i64,
    update: Value,
    url: String,
    secret: Option<String>,
    reach: Option<String>,
}

/// Runs until the simulator stops.
pub(crate) async fn deliver(app: Arc<App>) {
    let stop = app.stop.clone();
    tokio::select! {
        () = stop.cancelled() => {}
        () = run(&app) => {}
    }
}

async fn run(app: &App) {
    loop {
        let bell = app.bell.notified();
        tokio::pin!(bell);
        bell.as_mut().enable();
        let Some(parcel) = next(&app.lock().telegram) else {
            bell.await;
            continue;
        };
        let said = match tokio::time::timeout(PATIENCE, post(&parcel)).await {
            Ok(Ok(status)) if status.is_success() => None,
            Ok(Ok(status)) => Some(format!("Wrong response from the webhook: {status}")),
            Ok(Err(error)) => Some(format!("Connection failed: {error}")),
            Err(_) => Some("Read timeout expired".to_owned()),
        };
        if note(app, parcel.id, said) {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

fn next(bot: &Telegram) -> Option<Parcel> {
    let hook = bot.webhook.as_ref()?;
    let (id, update) = bot.updates.front()?;
    let (url, secret) = (hook.url.clone(), hook.secret.clone());
    Some(Parcel { id: *id, update: update.clone(), url, secret, reach: bot.reach.clone() })
}

/// Keeps what became of it; true: it must be tried again.
fn note(app: &App, id: i64, failed: Option<String>) -> bool {
    let now = app.clock.now_ms() / 1000;
    let bot = &mut app.lock().telegram;
    let again = failed.is_some();
    if !again {
        bot.updates.retain(|(waiting, _)| *waiting != id);
    }
    if let Some(hook) = &mut bot.webhook {
        hook.error = failed.map(|why| (now, why));
    }
    again
}

async fn post(parcel: &Parcel) -> io::Result<StatusCode> {
    let uri: Uri = parcel.url.parse().map_err(io::Error::other)?;
    let there = match &parcel.reach {
        Some(reach) => reach.parse::<Uri>().map_err(io::Error::other)?,
        None => uri.clone(),
    };
    let host = there.host().unwrap_or_default();
    let stream = TcpStream::connect((host, there.port_u16().unwrap_or(80))).await?;
    let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await.map_err(io::Error::other)?;
    let path = uri.path_and_query().map_or("/", |path| path.as_str());
    let authority = uri.authority().map_or_else(String::new, ToString::to_string);
    let mut request =
        Request::post(path).header(header::HOST, authority).header(header::CONTENT_TYPE, "application/json");
    if let Some(secret) = &parcel.secret {
        request = request.header("X-Telegram-Bot-Api-Secret-Token", secret);
    }
    let request = request.body(Body::from(parcel.update.to_string())).map_err(io::Error::other)?;
    tokio::select! {
        answer = sender.send_request(request) => Ok(answer.map_err(io::Error::other)?.status()),
        ended = connection => Err(ended.err().map_or_else(|| io::ErrorKind::UnexpectedEof.into(), io::Error::other)),
    }
}
