//! The bot at work: takes one update, does what it asks, answers. Doing it twice does no harm.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use channels::telegram::{Bot, Keyboard};
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
/// So often an answer is tried; then it is given up.
const TRIES: u64 = 3;
/// The longest pause before it is tried again.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

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

/// What the bot says.
enum Saying<'a> {
    /// A message to a chat.
    Message(i64, &'a str),
    /// A few words to who pressed a button.
    Toast(&'a str, &'a str),
    /// A message anew.
    Edit(i64, i64, &'a str, Option<&'a Keyboard>),
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
    /// When the store did not answer: then it must be taken again.
    pub async fn handle(&self, update: &Value) -> Result<(), StoreError> {
        match update::read(update).map(|(_, update)| update) {
            Some(Update::Message { chat, text }) => self.message(&chat, &text).await,
            Some(Update::Press { query, chat, message, text, data, who }) => {
                let posted = Posted { query: &query, message, text: &text, who: &who };
                self.pressed(&posted, chat.as_ref(), &data).await
            }
            Some(Update::Membership { chat, member: true }) => link::let_in(&self.app, chat.id).await,
            Some(Update::Membership { chat, member: false }) => link::shut_out(&self.app, chat.id).await,
            Some(Update::Moved { from, to }) => {
                let mut tx = self.app.store.write().await?;
                tx.move_telegram_chat(from, to).await?;
                tx.commit().await
            }
            Some(Update::Other) | None => Ok(()),
        }
    }

    async fn message(&self, chat: &Chat, text: &str) -> Result<(), StoreError> {
        let Some(me) = self.app.telegram.me() else { return Ok(()) };
        let Some(command) = command::read(text, &me.name, chat.group) else { return Ok(()) };
        if self.is_too_much(chat.id) {
            return Ok(());
        }
        // Who writes to a bot lets it write back.
        link::let_in(&self.app, chat.id).await?;
        let (said, voice) = self.answer(chat, command).await?;
        for page in pages(&voice.say(&said)) {
            self.say(&Saying::Message(chat.id, &page)).await;
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

    async fn pressed(&self, posted: &Posted<'_>, chat: Option<&Chat>, data: &str) -> Result<(), StoreError> {
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
        let shown = voice.shown(&pressed);
        self.say(&Saying::Toast(posted.query, &shown)).await;
        if let (Some(message), Some(chat)) = (message, chat) {
            let page = self.app.config.public_url.as_ref();
            let link = page.and_then(|page| page.join(&message.words.path).ok());
            let note = voice.noted(&pressed, posted.who);
            let (html, keyboard) = press::noted(&message, posted.text, &pressed, &note, link.as_ref());
            self.say(&Saying::Edit(chat.id, posted.message, &html, keyboard.as_ref())).await;
        }
        Ok(())
    }

    /// Says something, patiently. What Telegram will never take is dropped, and in the end what it does not take now: the bot
    /// must hear the others too.
    async fn say(&self, saying: &Saying<'_>) {
        for tried in 1..=TRIES {
            let said = match *saying {
                Saying::Message(chat, html) => self.bot.send_message(chat, html, None).await.map(drop),
                Saying::Toast(query, text) => self.bot.answer_callback_query(query, text).await,
                Saying::Edit(chat, message, html, keyboard) => {
                    self.bot.edit_message_text(chat, message, html, keyboard).await
                }
            };
            let Err(failure) = said else { return };
            let Outcome::Later { after } = failure.outcome else {
                return tracing::info!(%failure, "an answer of the Telegram bot was not taken");
            };
            if tried == TRIES {
                return tracing::warn!(%failure, "an answer of the Telegram bot was given up");
            }
            tokio::time::sleep(after.unwrap_or(Duration::from_secs(tried)).min(LONGEST_PAUSE)).await;
        }
    }
}
