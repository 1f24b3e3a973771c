//! Tells what waits: folds rows into messages, sends them, and writes down what the provider said. Every server does.
//!
//! The order makes a crash harmless: the message is kept before it is claimed, its attempt is kept as on its way before
//! the request, and only the record after the answer ends it. Whoever dies between the provider's acceptance and that
//! record leaves an attempt that nobody completed: it is told as interrupted and the message goes out once more.

use std::time::Duration;

use domain::{
    alert::{
        outcome::{Answer, Outcome},
        schedule::{self, MOST_JITTER, Next},
    },
    destination::Channel,
};
use store::{Claimed, DueDesk, StoreError};
use tokio::task::JoinSet;

use crate::{
    alerts::{self, Place},
    app::App,
};

/// So many requests are on their way at once; to one destination it is one.
const AT_ONCE: usize = 16;
/// Looks for something due so often, whether or not anybody rings: another server may have written it.
const EVERY: Duration = Duration::from_secs(1);
/// A claim of a server that is gone ends after this.
const CLAIM: Duration = Duration::from_secs(20);
/// A claim of a server that sends is renewed so often.
const RENEW: Duration = Duration::from_secs(5);
/// The longest that an answer is waited for, whatever the channel does.
const ANSWER: Duration = Duration::from_secs(35);
/// How long the answers that are still awaited may take at a stop.
const AT_STOP: Duration = Duration::from_secs(5);
/// The window of the caps.
const MINUTE: Duration = Duration::from_secs(60);
/// Desks that are folded in one turn.
const DESKS: u32 = 64;

/// Requests to one destination in a minute; what comes beyond gathers and goes together.
const fn cap(channel: Channel) -> i64 {
    match channel {
        Channel::Telegram | Channel::Push => 20,
        Channel::Email => 10,
        Channel::Webhook => 60,
    }
}

/// Delivers until the stop.
pub async fn run(app: App) -> Result<(), String> {
    let instance = app.entropy.id();
    if app.config.database_url.is_none() {
        release(&app).await.map_err(|error| error.to_string())?;
    }
    let mut sending = JoinSet::new();
    let mut renewed = app.clock.mono();
    loop {
        match turn(&app, &instance, &mut sending).await {
            Ok(()) => {}
            // What is on its way is waited for: a restart of this part would send it again.
            Err(error) if !sending.is_empty() => tracing::warn!(%error, "nothing new can be told just now"),
            Err(error) => return Err(error.to_string()),
        }
        let mono = app.clock.mono();
        if !sending.is_empty() && mono.saturating_sub(renewed) >= RENEW {
            renewed = mono;
            if let Err(error) = renew(&app, &instance).await {
                tracing::warn!(%error, "the claims of what is being sent were not renewed");
            }
        }
        tokio::select! {
            Some(done) = sending.join_next() => { done.map_err(|error| error.to_string())?; }
            () = app.outbox.rung() => {}
            () = tokio::time::sleep(EVERY) => {}
            () = app.stop.cancelled() => break,
        }
    }
    let rest = async { while sending.join_next().await.is_some() {} };
    if tokio::time::timeout(AT_STOP, rest).await.is_err() {
        tracing::info!(
            "some messages were still on their way at the stop; they go out again at the next start"
        );
    }
    Ok(())
}

async fn release(app: &App) -> Result<(), StoreError> {
    let mut tx = app.store.write().await?;
    tx.release_claims().await?;
    tx.commit().await
}

async fn renew(app: &App, instance: &str) -> Result<(), StoreError> {
    let mut tx = app.store.write().await?;
    tx.extend_claims(instance, app.clock.now().plus(CLAIM)).await?;
    tx.commit().await
}

/// Folds what is due, claims what may go, and sends it.
async fn turn(app: &App, instance: &str, sending: &mut JoinSet<()>) -> Result<(), StoreError> {
    let now = app.clock.now();
    let desks = app.store.read().await?.due_desks(now, now.minus(MINUTE), DESKS).await?;
    for desk in desks.iter().filter(|desk| desk.recent < cap(desk.channel)) {
        fold(app, desk).await?;
    }
    let Some(room) = AT_ONCE.checked_sub(sending.len()).filter(|room| *room > 0) else { return Ok(()) };
    for claimed in claim(app, instance, u32::try_from(room).unwrap_or(0)).await? {
        sending.spawn(send(app.clone(), claimed));
    }
    Ok(())
}

/// Makes the messages of one destination out of what waits for it.
async fn fold(app: &App, desk: &DueDesk) -> Result<(), StoreError> {
    let mut tx = app.store.write().await?;
    let now = app.clock.now();
    let place = Place { destination: &desk.destination, space: &desk.space, channel: desk.channel };
    let mut composed = alerts::told_now(app, &mut tx, place, now).await?;
    for (_, due) in &mut composed.later {
        // Never at once again, whatever was said.
        *due = (*due).max(now.plus(EVERY));
    }
    let ids: Vec<String> = composed.messages.iter().map(|_| app.entropy.id()).collect();
    // Where another server was quicker the transaction is dropped, and with it everything.
    if tx.fold(&desk.destination, &composed, &ids, now).await? {
        tx.commit().await?;
    }
    Ok(())
}

async fn claim(app: &App, instance: &str, room: u32) -> Result<Vec<Claimed>, StoreError> {
    let now = app.clock.now();
    let ids = app.store.read().await?.claimable(now, room).await?;
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut tx = app.store.write().await?;
    let claimed = tx.claim_messages(instance, &ids, now, now.plus(CLAIM)).await?;
    tx.commit().await?;
    Ok(claimed)
}

/// Sends one message and writes down the answer; as long as it cannot be written down it is tried again.
async fn send(app: App, claimed: Claimed) {
    let began = app.clock.mono();
    let asked = app.channels.send(&claimed.place, &claimed.id, &claimed.words, app.clock.now());
    let answer = tokio::time::timeout(ANSWER, asked).await.unwrap_or_else(|_| Answer {
        outcome: Outcome::Unclear,
        status: None,
        detail: "no answer in time".to_owned(),
    });
    let took = app.clock.mono().saturating_sub(began);
    tracing::debug!(
        channel = claimed.place.channel().word(),
        outcome = answer.outcome.word(),
        status = answer.status,
        took_ms = took.as_millis(),
        attempt = claimed.attempt,
        "a message was sent"
    );
    while let Err(error) = record(&app, &claimed, &answer, took).await {
        tracing::warn!(%error, "the answer to a message could not be written down");
        if !error.is_transient() {
            return;
        }
        tokio::time::sleep(EVERY).await;
    }
    app.outbox.ring();
}

async fn record(app: &App, claimed: &Claimed, answer: &Answer, took: Duration) -> Result<(), StoreError> {
    let now = app.clock.now();
    let jitter = u16::try_from(app.entropy.below(u64::from(MOST_JITTER) + 1)).unwrap_or(0);
    let attempt = u32::try_from(claimed.attempt).unwrap_or(u32::MAX);
    let failing_since = claimed.failing_since.unwrap_or(now);
    let next = schedule::next(attempt, failing_since, &answer.outcome, now, jitter);
    let mut tx = app.store.write().await?;
    let next = if claimed.request { next } else { next.after_quiet(&tx.preferences(&claimed.space).await?) };
    tx.finish_attempt(claimed, answer, &next, (now, took)).await?;
    if next == Next::Pause && !claimed.request {
        let place = Place {
            destination: &claimed.destination,
            space: &claimed.space,
            channel: claimed.place.channel(),
        };
        alerts::pause(app, &mut tx, place, &answer.detail, now).await?;
    }
    tx.commit().await
}
