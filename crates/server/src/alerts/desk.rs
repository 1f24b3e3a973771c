//! Everything that decides what one destination is told, read from the store at one moment.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    address::Address,
    alert::{
        compose::{Composed, Desk, NodeNow, Told, Waiting, compose, resend},
        plan::WatchedAs,
        preference::Preferences,
        words::Words,
    },
    event::{Event, EventKind},
    time::Timestamp,
    watching::judged,
};
use store::{Read, StoreError, Watch};

use super::Place;
use crate::app::App;

/// So many rows of one destination are looked at at once; the others follow.
const AT_ONCE: u32 = 1_000;
/// How far back a destination remembers what it was told.
const MEMORY: std::time::Duration = std::time::Duration::from_secs(86_400);

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

/// The silences that go on and that this destination is to be told of again.
///
/// # Errors
/// When the store cannot be read.
pub async fn told_again(
    app: &App,
    tx: &mut Read,
    place: Place<'_>,
    preferences: &Preferences,
    now: Timestamp,
) -> Result<Vec<Event>, StoreError> {
    let mut nodes = BTreeMap::new();
    let mut told = Vec::new();
    for watch in tx.watches(place.space).await? {
        let address = watch.address;
        let node = node_now(app, tx, place.space, watch, now).await?;
        let silence = node.judged.as_ref().and_then(|judged| judged.node.endpoint.long_silence);
        if let Some(since) = silence {
            told.extend(tx.told_of_silence(place.destination, &address, since).await?);
            nodes.insert(address, node);
        }
    }
    let desk = Desk {
        preferences,
        channel: place.channel,
        waiting: &[],
        nodes: &nodes,
        told: &told,
        gap: None,
        now,
        rules: &app.config.rules,
    };
    Ok(resend(&desk))
}

async fn compose_from(
    app: &App,
    tx: &mut Read,
    place: Place<'_>,
    (preferences, waiting, told): (&Preferences, &[Waiting], &[Told]),
    now: Timestamp,
) -> Result<Composed, StoreError> {
    let about: BTreeSet<Address> = waiting.iter().filter_map(|row| row.event.node).collect();
    let mut nodes = BTreeMap::new();
    for address in about {
        let watch = tx.watch(place.space, &address).await?;
        if let Some(watch) = watch.filter(|watch| watch.deleted.is_none()) {
            nodes.insert(address, node_now(app, tx, place.space, watch, now).await?);
        }
    }
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

/// A node as its owner watches it and as it is now. From the store, not from memory: only the holder of the lease has that,
/// and every server delivers.
async fn node_now(
    app: &App,
    tx: &mut Read,
    space: &str,
    watch: Watch,
    now: Timestamp,
) -> Result<NodeNow, StoreError> {
    let judged = tx.load_node(&watch.address).await?.map(|node| judged(node, now, &app.config.rules));
    let silence = judged.as_ref().and_then(|judged| judged.node.endpoint.long_silence);
    let acknowledged = match silence {
        Some(since) => {
            let key = Event::of_node(EventKind::Silent, "silent", watch.address, None, since).key;
            tx.has_acknowledged(space, &key).await?
        }
        None => false,
    };
    let watched = WatchedAs { name: watch.name, tags: watch.tags, muted_until: watch.muted_until };
    Ok(NodeNow { watched, judged, acknowledged })
}
