//! Events on their way to the people who want to hear of them: their rows, and what a destination is told now.

mod desk;

use std::collections::{HashMap, hash_map::Entry};

use domain::{
    address::Address,
    alert::plan::{Listener, RowState, plan},
    destination::Channel,
    event::{Event, EventKind},
    time::Timestamp,
};
use store::{NewRow, StoreError, Write};

use crate::app::App;
pub use desk::{told_again, told_now, words_of};

/// Writes events down, each with a row for every destination that wants it. `true` when there is something to tell:
/// then ring the outbox, after the commit.
///
/// # Errors
/// When the store cannot be written.
pub async fn write_down(
    app: &App,
    tx: &mut Write,
    events: &[Event],
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut listeners: HashMap<Option<Address>, Vec<store::Listener>> = HashMap::new();
    let mut waits = false;
    for event in events {
        let Some(id) = tx.add_event(event, now).await? else { continue };
        let to = match listeners.entry(event.node) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(new) => new.insert(tx.listeners(event.node.as_ref()).await?),
        };
        let rows: Vec<NewRow> = to.iter().filter_map(|listener| row(app, event, listener, now)).collect();
        waits |= rows.iter().any(|row| row.planned.state == RowState::Waiting);
        tx.enqueue(id, &rows, now).await?;
    }
    Ok(waits)
}

fn row(app: &App, event: &Event, to: &store::Listener, now: Timestamp) -> Option<NewRow> {
    let listener = Listener { preferences: &to.preferences, channel: to.channel, node: to.watched.as_ref() };
    let mut planned = plan(event, &listener, &app.config.rules, now)?;
    // Nothing is sent there now; what would have been is in the log.
    if to.is_paused && planned.state == RowState::Waiting {
        planned.state = RowState::Logged;
    }
    Some(NewRow { id: app.entropy.id(), destination: to.destination.clone(), planned })
}

/// A destination at whose desk something is composed.
#[derive(Clone, Copy, Debug)]
pub struct Place<'a> {
    /// The destination.
    pub destination: &'a str,
    /// Its space.
    pub space: &'a str,
    /// Its channel.
    pub channel: Channel,
}

/// Nothing arrives there any more: the destination is paused, and its owner told through every other one. `detail` is why,
/// in the provider's words.
///
/// # Errors
/// When the store cannot be written.
pub async fn pause(
    app: &App,
    tx: &mut Write,
    paused: Place<'_>,
    detail: &str,
    now: Timestamp,
) -> Result<(), StoreError> {
    if !tx.pause_destination(paused.destination, detail, now).await? {
        return Ok(());
    }
    let channel = paused.channel.word();
    tracing::info!(
        destination = paused.destination,
        channel,
        detail,
        "a destination takes nothing any more and is paused"
    );
    let event = Event {
        key: format!("{}:{}:{}", EventKind::DestinationPaused.word(), paused.destination, now.millis()),
        kind: EventKind::DestinationPaused,
        node: None,
        subject: Some(format!("{channel} {detail}")),
        at: now,
        seconds: None,
        micro_nos: None,
    };
    for other in tx.destinations(paused.space).await? {
        if other.id == paused.destination || other.paused.is_some() || !other.confirmed {
            continue;
        }
        let place = Place { destination: &other.id, space: &other.space, channel: other.place.channel() };
        if let Some((words, due)) = words_of(app, tx, place, event.clone(), now).await? {
            tx.queue_message(&app.entropy.id(), &other.id, &words, (now, due)).await?;
        }
    }
    Ok(())
}
