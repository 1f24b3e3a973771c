//! Linking a chat by a code, and what follows when the bot is let in or shut out of it.

use domain::{
    destination::{self, Channel},
    guessing::Counter,
    time::Timestamp,
    wording::telegram::{Said, Voice},
};
use store::{Destination, NewDestination, StoreError, Write};

use super::{code_hash, linked::Linked, update::Chat};
use crate::{
    alerts::{self, Place},
    app::App,
};

/// Why a person paused a destination by hand: then only a person resumes it.
const BY_HAND: &str = "person";

/// Links a chat by a code, once and in its time. Whoever repeats the code from the linked chat is told the same again.
///
/// # Errors
/// When the store cannot be written.
pub async fn link(app: &App, chat: &Chat, code: &str, now: Timestamp) -> Result<(Said, Voice), StoreError> {
    let (hash, time) = (code_hash(app, code), app.session_time.now());
    let key = app.keyed_hash(&[Counter::Chat.word(), &chat.id.to_string()]);
    let mut tx = app.store.write().await?;
    let linked = Linked::of(&mut tx, chat.id).await?;
    let voice = match &linked {
        Some(linked) => Voice::of(&linked.preferences, now),
        None => Voice::stranger(chat.german, now),
    };
    if tx.attempt(&key).await?.and_then(|attempt| attempt.until).is_some_and(|until| until > time) {
        return Ok((Said::TooManyCodes, voice));
    }
    let is_own =
        |space: &str| linked.iter().flat_map(|linked| &linked.destinations).any(|own| own.space == space);
    let repeated = tx.used_telegram_link(&hash).await?.filter(|used| is_own(&used.space));
    let opened = match repeated {
        Some(opened) => Some(opened),
        None => tx.use_telegram_link(&hash, now).await?,
    };
    let Some(opened) = opened else {
        count_wrong(&mut tx, &key, time).await?;
        tx.commit().await?;
        return Ok((Said::CodeRefused, voice));
    };
    let new = NewDestination {
        id: &app.entropy.id(),
        space: &opened.space,
        account: &opened.account,
        session: None,
        place: &destination::Place::Telegram { chat: chat.id },
        name: if chat.name.is_empty() { "Telegram" } else { &chat.name },
        confirm_hash: None,
    };
    tx.add_destination(new, now).await?;
    let nodes = tx.watches(&opened.space).await?.len();
    let voice = Voice::of(&tx.preferences(&opened.space).await?, now);
    tx.commit().await?;
    Ok((Said::Linked { nodes }, voice))
}

async fn count_wrong(tx: &mut Write, key: &str, time: Timestamp) -> Result<(), StoreError> {
    let counter = Counter::Chat;
    let wrong = tx.count_failure(key, time, counter.window()).await?;
    let first = tx.attempt(key).await?.map_or(time, |attempt| attempt.first);
    if let Some(delay) = counter.refused_for(wrong, time.since(first)) {
        tx.delay_attempts(key, time.plus(delay)).await?;
    }
    Ok(())
}

/// The bot may write to this chat (again): what Telegram had refused is resumed, not what a person paused.
///
/// # Errors
/// When the store cannot be written.
pub async fn let_in(app: &App, chat: i64) -> Result<(), StoreError> {
    let refused = |own: &Destination| own.paused.as_ref().is_some_and(|(_, why)| why != BY_HAND);
    let known = app.store.read().await?.destinations_at(&destination::Place::Telegram { chat }).await?;
    if !known.iter().any(refused) {
        return Ok(());
    }
    let mut tx = app.store.write().await?;
    for own in known.iter().filter(|own| refused(own)) {
        tx.resume_destination(&own.space, &own.id).await?;
    }
    tx.commit().await
}

/// The bot was blocked, or thrown out of the group: its destinations are paused, and their owners told through others.
///
/// # Errors
/// When the store cannot be written.
pub async fn shut_out(app: &App, chat: i64) -> Result<(), StoreError> {
    let mut tx = app.store.write().await?;
    let now = app.clock.now();
    for own in tx.destinations_at(&destination::Place::Telegram { chat }).await? {
        let place = Place { destination: &own.id, space: &own.space, channel: Channel::Telegram };
        alerts::pause(app, &mut tx, place, "the bot was blocked or removed", now).await?;
    }
    tx.commit().await?;
    app.outbox.ring();
    Ok(())
}
