//! Events on their way to the people who want to hear of them: their rows, and what a destination is told now.

use std::collections::{BTreeMap, HashMap, hash_map::Entry};

use domain::{
    address::Address,
    alert::{
        compose::{Composed, Desk, NodeNow, Told, Waiting, compose},
        plan::{Listener, RowState, WatchedAs, plan},
        preference::Preferences,
        words::Words,
    },
    destination::Channel,
    event::{Event, EventKind},
    time::Timestamp,
    watching::judged,
};
use store::{NewRow, Read, StoreError, Write};

use crate::app::App;

/// So many rows of one destination are looked at at once; the others follow.
const AT_ONCE: u32 = 1_000;
/// How far back a destination remembers what it was told, in seconds.
const MEMORY: std::time::Duration = std::time::Duration::from_secs(86_400);

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

/// What a destination is told now, from everything that waits for it.
///
/// # Errors
/// When the store cannot be read.
pub async fn told_now(
    app: &App,
    tx: &mut Read,
    place: Place<'_>,
    now: Timestamp,
) -> Result<Composed, StoreError> {
    let waiting = tx.waiting_of(place.destination, AT_ONCE).await?;
    let mut told = tx.told_since(place.destination, now.minus(MEMORY)).await?;
    for key in waiting.iter().filter_map(|row| row.event.ends()) {
        if !told.iter().any(|told| told.event.key == key) {
            told.extend(tx.told_with_key(place.destination, &key).await?);
        }
    }
    let preferences = tx.preferences(place.space).await?;
    compose_from(app, tx, place, (&preferences, &waiting, &told), now).await
}

/// Words of one event that is no event of the log, as it concerns one space alone, and when they may be told.
///
/// # Errors
/// When the store cannot be read.
pub async fn words_of(
    app: &App,
    tx: &mut Read,
    place: Place<'_>,
    event: Event,
    now: Timestamp,
) -> Result<Option<(Words, Timestamp)>, StoreError> {
    let waiting = [Waiting { id: String::new(), event, recorded: now, due: now }];
    let mut preferences = tx.preferences(place.space).await?;
    let due = preferences.quiet_until(now).unwrap_or(now);
    // No row holds it over the quiet hours: the message itself waits.
    preferences.quiet = None;
    let composed = compose_from(app, tx, place, (&preferences, &waiting, &[]), now).await?;
    Ok(composed.messages.into_iter().next().map(|draft| (draft.words, due)))
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

async fn compose_from(
    app: &App,
    tx: &mut Read,
    place: Place<'_>,
    (preferences, waiting, told): (&Preferences, &[Waiting], &[Told]),
    now: Timestamp,
) -> Result<Composed, StoreError> {
    let nodes = nodes(app, tx, place.space, waiting, now).await?;
    let desk = Desk {
        preferences,
        channel: place.channel,
        waiting,
        nodes: &nodes,
        told,
        gap: tx.last_gap().await?,
        now,
        rules: &app.config.rules,
    };
    Ok(compose(&desk))
}

/// The nodes that waiting rows are about, as their owner watches them and as they are now.
async fn nodes(
    app: &App,
    tx: &mut Read,
    space: &str,
    waiting: &[Waiting],
    now: Timestamp,
) -> Result<BTreeMap<Address, NodeNow>, StoreError> {
    let mut nodes = BTreeMap::new();
    for address in waiting.iter().filter_map(|row| row.event.node) {
        if nodes.contains_key(&address) {
            continue;
        }
        let Some(watch) = tx.watch(space, &address).await?.filter(|watch| watch.deleted.is_none()) else {
            continue;
        };
        // From the store, not from memory: only the holder of the lease has that, and every server delivers.
        let judged = tx.load_node(&address).await?.map(|node| judged(node, now, &app.config.rules));
        let silence = judged.as_ref().and_then(|judged| judged.node.endpoint.long_silence);
        let acknowledged = match silence {
            Some(since) => {
                let key = Event::of_node(EventKind::Silent, "silent", address, None, since).key;
                tx.has_acknowledged(space, &key).await?
            }
            None => false,
        };
        let watched = WatchedAs { name: watch.name, tags: watch.tags, muted_until: watch.muted_until };
        nodes.insert(address, NodeNow { watched, judged, acknowledged });
    }
    Ok(nodes)
}
