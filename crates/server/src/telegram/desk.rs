//! The bot at work: takes one update, does what it asks, answers. Doing it twice does no harm.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use channels::telegram::{Bot, Failure};
use domain::{
    alert::outcome::Outcome,
    time::Timestamp,
    wording::telegram::{Pressed, Said, Voice},
};
use serde_json::Value;
use store::{Read, StoreError};

use super::{
    answer,
    command::{self, Command},
    link,
    linked::Linked,
    page::pages,
    press,
    silence::silence,
    update::{self, Chat, Update},
};
use crate::app::App;

/// What one chat may say in a minute; what is over is passed over.
const A_MINUTE: u32 = 30;

/// Why an update is not done with.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    /// The store did not answer.
    #[error("{0}")]
    Store(#[from] StoreError),
    /// Telegram did not take the answer, and may take it later.
    #[error("{0}")]
    Telegram(#[from] Failure),
}

/// The bot's desk.
#[derive(Debug)]
pub struct Desk {
    app: App,
    bot: Bot,
    /// How much each chat said in this minute.
    said: Mutex<(i64, HashMap<i64, u32>)>,
}

/// A button that was pressed.
struct Posted<'a> {
    query: &'a str,
    message: i64,
    text: &'a str,
    who: &'a str,
}

impl Desk {
    /// A desk for the bot of this installation.
    #[must_use]
    pub fn new(app: App, bot: Bot) -> Self {
        Self { app, bot, said: Mutex::default() }
    }

    /// The bot.
    #[must_use]
    pub const fn bot(&self) -> &Bot {
        &self.bot
    }

    /// Does what an update asks.
    ///
    /// # Errors
    /// When it must be taken again.
    pub async fn handle(&self, update: &Value) -> Result<(), Trouble> {
        match update::read(update).map(|(_, update)| update) {
            Some(Update::Message { chat, text }) => self.message(&chat, &text).await,
            Some(Update::Press { query, chat, message, text, data, who }) => {
                let posted = Posted { query: &query, message, text: &text, who: &who };
                self.pressed(&posted, chat.as_ref(), &data).await
            }
            Some(Update::Membership { chat, member: true }) => Ok(link::let_in(&self.app, chat.id).await?),
            Some(Update::Membership { chat, member: false }) => Ok(link::shut_out(&self.app, chat.id).await?),
            Some(Update::Moved { from, to }) => {
                let mut tx = self.app.store.write().await?;
                tx.move_telegram_chat(from, to).await?;
                Ok(tx.commit().await?)
            }
            Some(Update::Other) | None => Ok(()),
        }
    }

    async fn message(&self, chat: &Chat, text: &str) -> Result<(), Trouble> {
        let Some(me) = self.app.telegram.me() else { return Ok(()) };
        let Some(command) = command::read(text, &me.name, chat.group) else { return Ok(()) };
        if self.is_too_much(chat.id) {
            return Ok(());
        }
        // Who writes to a bot lets it write back.
        link::let_in(&self.app, chat.id).await?;
        let (said, voice) = self.answer(chat, command).await?;
        for page in pages(&voice.say(&said)) {
            taken(self.bot.send_message(chat.id, &page, None).await.map(drop))?;
        }
        Ok(())
    }

    fn is_too_much(&self, chat: i64) -> bool {
        let minute = self.app.clock.now().unix_seconds() / 60;
        let mut said = self.said.lock().unwrap_or_else(PoisonError::into_inner);
        if said.0 != minute {
            *said = (minute, HashMap::new());
        }
        let count = said.1.entry(chat).or_insert(0);
        *count += 1;
        *count > A_MINUTE
    }

    async fn answer(&self, chat: &Chat, command: Command) -> Result<(Said, Voice), StoreError> {
        let now = self.app.clock.now();
        if let Command::Start(Some(code)) = &command {
            return link::link(&self.app, chat, code, now).await;
        }
        let mut tx = self.app.store.read().await?;
        let Some(linked) = Linked::of(&mut tx, chat.id).await? else {
            return Ok((Said::HowToLink, Voice::stranger(chat.german, now)));
        };
        let said = match command {
            Command::Mute(whom, mute) => {
                drop(tx);
                let until = mute.until(&linked.preferences.zone, now);
                silence(&self.app, &linked, &whom, Some(until)).await?
            }
            Command::Unmute(whom) => {
                drop(tx);
                silence(&self.app, &linked, &whom, None).await?
            }
            command => self.told(&mut tx, &linked, command, now).await?,
        };
        Ok((said, Voice::of(&linked.preferences, now)))
    }

    /// Commands that only ask.
    async fn told(
        &self,
        tx: &mut Read,
        linked: &Linked,
        command: Command,
        now: Timestamp,
    ) -> Result<Said, StoreError> {
        let app = &self.app;
        let all = answer::seen(app, tx, linked, now).await?;
        let nodes = || all.iter().map(|seen| seen.now(app, linked, now));
        Ok(match command {
            Command::Start(_) | Command::Help => Said::Help,
            Command::Unknown => Said::NotUnderstood,
            _ if all.is_empty() => Said::NoNodes,
            Command::Nodes(Some(text)) => {
                let found = all.iter().filter(|seen| seen.matches(&text));
                let found: Vec<_> = found.map(|seen| seen.now(app, linked, now)).collect();
                if found.is_empty() { Said::NoSuchNode(text) } else { Said::Nodes(found) }
            }
            Command::Nodes(None) => Said::Nodes(nodes().collect()),
            Command::Balance => answer::balance(app, &all),
            Command::Earnings => answer::earnings(app, tx, linked, &all, now).await?,
            Command::Mutes | Command::Mute(..) | Command::Unmute(_) => {
                Said::Mutes(nodes().filter_map(|node| Some((node.name, node.muted_until?))).collect())
            }
            Command::Status => answer::overview(tx, nodes().collect()).await?,
        })
    }

    async fn pressed(&self, posted: &Posted<'_>, chat: Option<&Chat>, data: &str) -> Result<(), Trouble> {
        let now = self.app.clock.now();
        let linked = match chat {
            Some(chat) => Linked::of(&mut self.app.store.read().await?, chat.id).await?,
            None => None,
        };
        let voice = match &linked {
            Some(linked) => Voice::of(&linked.preferences, now),
            None => Voice::stranger(chat.is_some_and(|chat| chat.german), now),
        };
        let (pressed, message) = match (&linked, press::read(data)) {
            (Some(linked), Some(button)) => {
                press::press(&self.app, linked, &button, posted.message, now).await?
            }
            _ => (Pressed::NotYours, None),
        };
        taken(self.bot.answer_callback_query(posted.query, &voice.shown(&pressed)).await)?;
        if let (Some(message), Some(chat)) = (message, chat) {
            let page = self.app.config.public_url.as_ref();
            let link = page.and_then(|page| page.join(&message.words.path).ok());
            let note = voice.noted(&pressed, posted.who);
            let (html, keyboard) = press::noted(&message, posted.text, &pressed, &note, link.as_ref());
            let edited = self.bot.edit_message_text(chat.id, posted.message, &html, keyboard.as_ref());
            taken(edited.await)?;
        }
        Ok(())
    }
}

/// What Telegram will never take is dropped: asking again would not help. The rest is asked again.
fn taken(done: Result<(), Failure>) -> Result<(), Failure> {
    match done {
        Err(failure) if matches!(failure.outcome, Outcome::Later { .. }) => Err(failure),
        Err(failure) => {
            tracing::info!(%failure, "an answer of the Telegram bot was not taken");
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
