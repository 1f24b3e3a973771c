//! The Telegram bot: what it understands and answers, whoever hands it the updates.

mod answer;
pub mod command;
pub mod desk;
mod link;
mod linked;
mod page;
mod press;
mod silence;
pub mod update;

use std::{
    sync::{PoisonError, RwLock},
    time::Duration,
};

use serde_json::Value;
use tokio::sync::{Mutex, mpsc, oneshot};

use crate::app::App;

/// How many updates may wait that Telegram delivered to our own address.
const INBOX: usize = 64;

/// How long Telegram is kept waiting before it is told to bring an update again.
const PATIENCE: Duration = Duration::from_secs(25);

/// Who the bot is.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Me {
    /// Its number.
    pub id: i64,
    /// Its name, without the `@`.
    pub name: String,
}

/// An update that Telegram delivered to our own address, with who waits for it to be handled.
#[derive(Debug)]
pub struct Delivered {
    /// The update.
    pub update: Value,
    /// Told once it is handled; dropped untold when it could not be.
    pub done: oneshot::Sender<()>,
}

/// What the loop of the bot and the HTTP side share.
#[derive(Debug)]
pub struct Telegram {
    me: RwLock<Option<Me>>,
    inbox: mpsc::Sender<Delivered>,
    delivered: Mutex<mpsc::Receiver<Delivered>>,
}

impl Default for Telegram {
    fn default() -> Self {
        let (inbox, delivered) = mpsc::channel(INBOX);
        Self { me: RwLock::default(), inbox, delivered: Mutex::new(delivered) }
    }
}

impl Telegram {
    /// Who the bot is, once it said so.
    #[must_use]
    pub fn me(&self) -> Option<Me> {
        self.me.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The bot said who it is.
    pub fn is(&self, me: Me) {
        *self.me.write().unwrap_or_else(PoisonError::into_inner) = Some(me);
    }

    /// Hands over an update and waits until it is handled. `false`: it was not, and Telegram should bring it again.
    pub async fn deliver(&self, update: Value) -> bool {
        let (done, handled) = oneshot::channel();
        self.inbox.try_send(Delivered { update, done }).is_ok()
            && tokio::time::timeout(PATIENCE, handled).await.is_ok_and(|handled| handled.is_ok())
    }

    /// The loop's side: what was delivered. One at a time listens.
    pub async fn delivered(&self) -> Option<Delivered> {
        self.delivered.lock().await.recv().await
    }
}

/// What is kept of a code that links a chat.
#[must_use]
pub fn code_hash(app: &App, code: &str) -> String {
    app.keyed_hash(&["telegram code", code])
}

/// What Telegram must show when it delivers to our own address: the same on every server of this installation.
#[must_use]
pub fn webhook_secret(app: &App) -> String {
    app.keyed_hash(&["telegram webhook"])
}
