//! Live changes as server-sent events. Each `id` is a change number: a client that comes back with it misses nothing.

use std::{collections::BTreeMap, convert::Infallible, sync::Arc, time::Duration};

use axum::{
    extract::State,
    http::HeaderMap,
    response::sse::{Event, KeepAlive, Sse},
};
use domain::{
    address::Address,
    session::{Session, Verdict},
};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use store::Watch;
use tokio::sync::{broadcast, mpsc};
use tokio_stream::wrappers::ReceiverStream;

use super::{
    credential::{self, Age, Shown},
    error::{ApiError, Problem},
    network::{BlindBody, NetworkBody},
    node::NodeBody,
    query::Params,
    signed_in::SignedIn,
};
use crate::app::App;

/// What a client knows already.
#[derive(Debug, Deserialize)]
pub struct Resume {
    /// The session it believes in.
    sid: Option<String>,
    /// The last `id` that it saw.
    after: Option<i64>,
}

#[derive(Serialize)]
struct Removed {
    address: String,
}

const HEARTBEAT: Duration = Duration::from_secs(15);
/// Several changes within this time are one message for each node.
const GATHER: Duration = Duration::from_millis(100);
/// A stream asks this often whether its session goes on: the log tells of every other end than a limit of time.
const VERIFY: Duration = Duration::from_secs(30);
/// The same for a token, whose own end stands in no log.
const VERIFY_TOKEN: Duration = Duration::from_secs(2);

/// Live changes: `node`, `removed`, `network`, `blind`, and `session` as a hint to ask.
#[utoipa::path(get, path = "/api/events", tag = "events", security(("cookie" = [])),
    params(("sid" = Option<String>, Query, description = "The session the client believes in"),
        ("after" = Option<i64>, Query, description = "The last id that the client saw")),
    responses((status = 200, content_type = "text/event-stream", body = String), (status = 401, body = Problem),
        (status = 409, body = Problem)))]
pub async fn events(
    State(app): State<App>,
    Params(resume): Params<Resume>,
    headers: HeaderMap,
    who: SignedIn,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, ApiError> {
    if resume.sid.is_some_and(|sid| who.session.as_ref().is_none_or(|session| session.sid != sid)) {
        return Err(ApiError::AccountSwitched);
    }
    let last =
        headers.get("last-event-id").and_then(|value| value.to_str().ok()).and_then(|id| id.parse().ok());
    // A number that this database never reached comes from another one, before a restore: begin anew.
    let newest = app.store.read().await?.change().await?;
    let after = resume.after.max(last).filter(|after| *after <= newest);
    let (sender, receiver) = mpsc::channel(64);
    let feed = Feed {
        app: app.clone(),
        ends: app.revocations.ends(),
        who,
        headers,
        after: after.unwrap_or(-1),
        watches: BTreeMap::new(),
        blind: None,
        was_cut: false,
    };
    app.streams.spawn(feed.run(sender));
    Ok(Sse::new(ReceiverStream::new(receiver)).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

/// One open stream.
struct Feed {
    app: App,
    ends: broadcast::Receiver<Arc<str>>,
    who: SignedIn,
    headers: HeaderMap,
    after: i64,
    watches: BTreeMap<Address, Watch>,
    /// What was last said of our blindness; `None` = nothing yet.
    blind: Option<String>,
    /// Whether the store was out of reach since the network was last told.
    was_cut: bool,
}

type Sender = mpsc::Sender<Result<Event, Infallible>>;

/// The client went away, or was sent away.
struct Closed;

/// What the log says of a stream's session.
enum Log {
    /// It ended.
    Ended,
    /// Too much happened at once: the store must be asked.
    Ask,
}

impl Feed {
    async fn run(mut self, sender: Sender) {
        let mut changes = self.app.live.subscribe();
        let is_cookie = matches!(Shown::of(&self.app, &self.headers), Shown::Cookie(_));
        // The first tick is at once: the row that let this stream in may be two seconds old.
        let mut verify = tokio::time::interval(if is_cookie { VERIFY } else { VERIFY_TOKEN });
        let mut cut = self.app.revocations.cut();
        loop {
            changes.borrow_and_update();
            let cut_since = *cut.borrow_and_update();
            if let Some(since) = cut_since {
                if !self.was_cut {
                    self.was_cut = true;
                    // Without an id: it is no change that a client could come back for.
                    let _ = sender.try_send(Ok(event("blind", &BlindBody::cut_off(since))));
                }
            } else if let Err(error) = self.send_changes(&sender).await {
                match error {
                    Ok(Closed) => return,
                    // The store did not answer: nothing is said, and the next change asks again.
                    Err(error) => tracing::debug!(?error, "a stream could not read its watches"),
                }
            }
            tokio::select! {
                changed = changes.changed() => if changed.is_err() { return },
                changed = cut.changed() => if changed.is_err() { return },
                () = self.app.stop.cancelled() => return,
                () = sender.closed() => return,
                _ = verify.tick() => if self.session_ended().await { return hint(&sender) },
                told = heard(&mut self.ends, self.who.session.as_ref()) => match told {
                    Log::Ended => return hint(&sender),
                    Log::Ask => if self.session_ended().await { return hint(&sender) },
                },
            }
            tokio::time::sleep(GATHER).await;
        }
    }

    /// Only a proven end closes the stream; an undecided question does not.
    async fn session_ended(&self) -> bool {
        if let Shown::ApiToken(token) = Shown::of(&self.app, &self.headers) {
            let judged = credential::judge_api_token(&self.app, &token).await;
            return matches!(judged, Err(ApiError::UnknownCredential));
        }
        let judged = credential::judge(&self.app, &self.headers, Age::Fresh).await;
        judged.is_ok_and(|judged| !matches!(judged.verdict, Verdict::Active(_) | Verdict::Undecided))
    }

    async fn send_changes(&mut self, sender: &Sender) -> Result<(), Result<Closed, ApiError>> {
        // Read before the store, and only what was published counts as sent: a change that commits in between is told
        // again at the next turn rather than never.
        let (network, network_changed) = self.app.live.network();
        let changed = self.changed_watches().await.map_err(Err)?;
        let now = self.app.clock.now();
        let last = self.after.max(network_changed);
        let mut events = Vec::new();
        let is_another_list = !changed.is_empty();
        for watch in changed {
            if watch.deleted.is_some() {
                let gone = Removed { address: watch.address.to_string() };
                events.push(event("removed", &gone));
                self.watches.remove(&watch.address);
            } else {
                self.watches.insert(watch.address, watch);
            }
        }
        if is_another_list {
            let mut list: Vec<_> = self.watches.values().cloned().collect();
            list.sort_by_key(|watch| (watch.added, watch.address));
            self.app.memory.keep_list(&self.who.space, &list);
        }
        for watch in self.watches.values() {
            let of_node = self.app.live.node(&watch.address).map_or(0, |node| node.changed);
            if watch.changed.max(of_node) > self.after {
                let body: NodeBody = NodeBody::of(&self.app, watch, now);
                events.push(event("node", &body));
            }
        }
        if network_changed > self.after || self.was_cut {
            let body = NetworkBody::new(&network, &self.app.catalogue.get());
            let blind = serde_json::to_string(&body.blind).unwrap_or_default();
            if self.blind.as_ref() != Some(&blind) || self.was_cut {
                events.push(event("blind", &body.blind));
                self.blind = Some(blind);
            }
            events.push(event("network", &body));
        }
        // The id stands on the last message only: a client that got half of them comes back for all.
        let count = events.len();
        for (index, event) in events.into_iter().enumerate() {
            let event = if index + 1 == count {
                event.id(last.to_string())
            } else {
                event.id(self.after.max(0).to_string())
            };
            // A reader that sleeps must not keep the server from stopping.
            tokio::select! {
                sent = sender.send(Ok(event)) => sent.map_err(|_| Ok(Closed))?,
                () = self.app.stop.cancelled() => return Err(Ok(Closed)),
                Log::Ended = heard(&mut self.ends, self.who.session.as_ref()) => {
                    hint(sender);
                    return Err(Ok(Closed));
                }
            }
        }
        (self.after, self.was_cut) = (last, false);
        Ok(())
    }

    /// The first time all watches, with what was deleted since `after`; then what changed.
    async fn changed_watches(&self) -> Result<Vec<Watch>, ApiError> {
        let mut tx = self.app.store.read().await?;
        let mut changed = tx.watches_changed_after(&self.who.space, self.after).await?;
        if self.watches.is_empty() {
            changed.retain(|watch| watch.deleted.is_some());
            changed.extend(tx.watches(&self.who.space).await?);
        }
        Ok(changed)
    }
}

/// Waits until the log tells of the stream's own session.
async fn heard(ends: &mut broadcast::Receiver<Arc<str>>, own: Option<&Session>) -> Log {
    loop {
        match ends.recv().await {
            Ok(sid) if own.is_some_and(|own| own.sid == *sid) => return Log::Ended,
            Ok(_) => {}
            Err(broadcast::error::RecvError::Lagged(_)) => return Log::Ask,
            // The program ends.
            Err(broadcast::error::RecvError::Closed) => std::future::pending().await,
        }
    }
}

/// The last word on a stream: ask about your session. A reader that sleeps does not get it and is not waited for.
fn hint(sender: &Sender) {
    let _ = sender.try_send(Ok(Event::default().event("session").data("{}")));
}

fn event<T: Serialize>(name: &'static str, body: &T) -> Event {
    Event::default().event(name).data(serde_json::to_string(body).unwrap_or_default())
}
