//! Brings what people say to the bot: asked for by the holder of the lease, or delivered to our own address.
//!
//! An update is confirmed after it is handled, one at a time: whoever dies before that leaves it to the next one, and
//! handling it twice does no harm.

use std::{sync::Arc, time::Duration};

use channels::telegram::{Failure, Me};
use domain::{alert::preference::Language, time::Timestamp, wording::telegram::Voice};
use store::StoreError;
use url::Url;

use super::watch::Watch;
use crate::{
    app::App,
    supervise::Supervisor,
    telegram::{self, desk::Desk, update},
};

/// How long Telegram keeps a question for updates open while there are none.
const WAIT: Duration = Duration::from_secs(50);
/// So many questions in a row may fail before this part says that it does not work.
const FAILURES: u32 = 3;
/// The longest pause before something is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Telegram numbers anew after a week without updates: a number that is older is forgotten.
const FORGET: Duration = Duration::from_secs(6 * 86_400);
const OFFSET: &str = "telegram_offset";
/// The address of `http/telegram.rs` that Telegram delivers to.
const DELIVERY: &str = "api/telegram/webhook";

/// Starts the bot, where one is configured.
pub fn start(app: &App, supervisor: &mut Supervisor, watch: &Arc<Watch>) {
    let Some(bot) = app.channels.telegram.clone() else { return };
    let delivered = app.config.telegram.as_ref().is_some_and(|telegram| telegram.webhook);
    let own = app.config.public_url.clone().filter(|_| delivered);
    let (desk, a, w) = (Arc::new(Desk::new(app.clone(), bot)), app.clone(), watch.clone());
    supervisor.start("telegram", move || run(a.clone(), w.clone(), desk.clone(), own.clone()));
}

/// Runs the bot. `own` is the program's public URL where Telegram shall deliver to it; else it is asked.
async fn run(app: App, watch: Arc<Watch>, desk: Arc<Desk>, own: Option<Url>) -> Result<(), String> {
    let me = tokio::select! {
        me = desk.bot().get_me() => me.map_err(|failure| said(&failure))?,
        () = app.stop.cancelled() => return Ok(()),
    };
    app.telegram.is(telegram::Me { id: me.id, name: me.username.clone() });
    tokio::select! {
        ended = deliveries(&app, &desk, &me), if own.is_some() => ended,
        // It ends by itself at the stop, between two updates.
        ended = held(&app, &watch, &desk, &me, own.as_ref()) => ended,
    }
}

/// What a failure is to the operator.
fn said(failure: &Failure) -> String {
    if failure.is_wrong_token() {
        return format!("Telegram knows no bot with this token ({failure}); look at WAKEFUL_TELEGRAM_TOKEN");
    }
    match failure.status {
        Some(409) => format!("somebody else asks for this bot's updates: {failure}"),
        _ => format!("Telegram: {failure}"),
    }
}

/// While the lease is ours: names the commands, and asks for updates or has them delivered.
async fn held(app: &App, watch: &Watch, desk: &Desk, me: &Me, own: Option<&Url>) -> Result<(), String> {
    while watch.wait_for_lease().await {
        let begun = tokio::select! {
            begun = begin(app, desk, own) => begun,
            () = watch.lease_lost() => continue,
            () = app.stop.cancelled() => return Ok(()),
        };
        begun.map_err(|failure| said(&failure))?;
        if own.is_none() {
            poll(app, watch, desk, me).await?;
            continue;
        }
        tokio::select! {
            () = watch.lease_lost() => {}
            () = app.stop.cancelled() => return Ok(()),
        }
    }
    Ok(())
}

/// Tells Telegram how we want to hear.
async fn begin(app: &App, desk: &Desk, own: Option<&Url>) -> Result<(), Failure> {
    introduce(desk).await;
    let Some(delivery) = own.and_then(|own| own.join(DELIVERY).ok()) else {
        return desk.bot().delete_webhook().await;
    };
    desk.bot().set_webhook(delivery.as_str(), &telegram::webhook_secret(app)).await?;
    tracing::info!(address = %delivery, "Telegram delivers what people say to the bot");
    Ok(())
}

/// The menu of commands is a convenience: without it the bot works as well.
async fn introduce(desk: &Desk) {
    for (language, code) in [(Language::En, None), (Language::De, Some("de"))] {
        if let Err(failure) = desk.bot().set_my_commands(&Voice::menu(language), code).await {
            tracing::info!(%failure, "the menu of the Telegram bot was not taken");
        }
    }
}

/// Handles what Telegram delivers to any server of the house.
async fn deliveries(app: &App, desk: &Desk, me: &Me) -> Result<(), String> {
    // What was handled when it was still asked for, and not confirmed any more, is delivered once more.
    let asked = Next::read(stored(app).await.map_err(|error| error.to_string())?.as_deref(), me.id);
    while let Some(delivered) = app.telegram.delivered().await {
        // Untold, Telegram brings it again; where nobody waits any more, it was told to already.
        if delivered.done.is_closed() {
            continue;
        }
        let number = update::read(&delivered.update).map(|(id, _)| id);
        if number.is_some_and(|id| id < asked.offset(app.clock.now())) {
            let _ = delivered.done.send(());
            continue;
        }
        match desk.handle(&delivered.update).await {
            Ok(()) => drop(delivered.done.send(())),
            Err(error) => tracing::warn!(%error, "what people said to the bot was not handled"),
        }
    }
    Ok(())
}

/// Asks for updates and handles them, until the stop or while the lease is ours.
async fn poll(app: &App, watch: &Watch, desk: &Desk, me: &Me) -> Result<(), String> {
    let stored = stored(app).await.map_err(|error| error.to_string())?;
    let mut next = Next::read(stored.as_deref(), me.id);
    let mut failures = 0;
    loop {
        let asked = tokio::select! {
            asked = desk.bot().get_updates(next.offset(app.clock.now()), WAIT) => asked,
            () = watch.lease_lost() => return Ok(()),
            () = app.stop.cancelled() => return Ok(()),
        };
        let updates = match asked {
            Ok(updates) => updates,
            Err(failure) => {
                failures += 1;
                if failures >= FAILURES || failure.is_wrong_token() {
                    return Err(said(&failure));
                }
                tracing::info!(%failure, "Telegram could not be asked; it is asked again");
                tokio::select! {
                    () = tokio::time::sleep(pause(failure.after, failures)) => continue,
                    () = app.stop.cancelled() => return Ok(()),
                }
            }
        };
        failures = 0;
        for update in updates {
            desk.handle(&update).await.map_err(|error| error.to_string())?;
            let Some((id, _)) = update::read(&update) else { continue };
            next.after(id, app.clock.now());
            save(app, &next).await.map_err(|error| error.to_string())?;
        }
    }
}

fn pause(after: Option<Duration>, tried: u32) -> Duration {
    after.unwrap_or(Duration::from_secs(u64::from(tried))).min(LONGEST_PAUSE)
}

async fn stored(app: &App) -> Result<Option<String>, StoreError> {
    app.store.read().await?.meta(OFFSET).await
}

async fn save(app: &App, next: &Next) -> Result<(), StoreError> {
    let mut tx = app.store.write().await?;
    tx.put_meta(OFFSET, &next.text()).await?;
    tx.commit().await
}

/// The number of the next update, of which bot, and when it was learnt.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Next {
    bot: i64,
    known: Option<(i64, Timestamp)>,
}

impl Next {
    /// As it was kept; that of another bot means nothing.
    fn read(stored: Option<&str>, bot: i64) -> Self {
        let known = stored.and_then(|stored| {
            let mut parts = stored.split(' ').map(|part| part.parse::<i64>().ok());
            let (of, id, at) = (parts.next()??, parts.next()??, parts.next()??);
            (of == bot).then_some((id, Timestamp::from_millis(at)))
        });
        Self { bot, known }
    }

    fn text(&self) -> String {
        let (id, at) = self.known.unwrap_or((0, Timestamp::from_millis(0)));
        format!("{} {id} {}", self.bot, at.millis())
    }

    const fn after(&mut self, update: i64, now: Timestamp) {
        self.known = Some((update.saturating_add(1), now));
    }

    /// What to ask for; 0 = whatever waits.
    fn offset(&self, now: Timestamp) -> i64 {
        self.known.filter(|(_, at)| now.since(*at) < FORGET).map_or(0, |(id, _)| id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_another_bot_or_of_last_week_is_forgotten() {
        let at = Timestamp::from_unix_seconds;
        let mut next = Next::read(None, 7);
        assert_eq!(next.offset(at(0)), 0);
        next.after(41, at(100));
        let stored = next.text();
        assert_eq!(Next::read(Some(&stored), 7).offset(at(200)), 42);
        assert_eq!(Next::read(Some(&stored), 8).offset(at(200)), 0);
        assert_eq!(Next::read(Some(&stored), 7).offset(at(100 + 6 * 86_400)), 0);
        assert_eq!(Next::read(Some("garbage"), 7), Next { bot: 7, known: None });
    }
}
