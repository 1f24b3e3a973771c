//! Mail to somebody who is nobody's destination: asked for by a handler that waits, sent once by a loop that tells how it went.

use domain::alert::{outcome::Answer, words::Words};
use tokio::sync::{Mutex, mpsc, oneshot};

/// How many letters may wait. Whoever comes then is told that we are busy.
const MOST: usize = 32;

/// A letter, with who waits for the mail server's answer.
#[derive(Debug)]
pub struct Letter {
    /// The mailbox.
    pub to: String,
    /// What it says.
    pub words: Words,
    /// Told what the mail server said.
    pub done: oneshot::Sender<Answer>,
}

/// What waits to be sent.
#[derive(Debug)]
pub struct Letters {
    inbox: mpsc::Sender<Letter>,
    waiting: Mutex<mpsc::Receiver<Letter>>,
}

impl Default for Letters {
    fn default() -> Self {
        let (inbox, waiting) = mpsc::channel(MOST);
        Self { inbox, waiting: Mutex::new(waiting) }
    }
}

impl Letters {
    /// Has a letter sent and waits for the mail server's answer; the caller bounds the time. `None`: too many wait, or
    /// nobody sends.
    pub async fn send(&self, to: String, words: Words) -> Option<Answer> {
        let (done, answer) = oneshot::channel();
        self.inbox.try_send(Letter { to, words, done }).ok()?;
        answer.await.ok()
    }

    /// The loop's side: the next one. One at a time listens.
    pub async fn next(&self) -> Option<Letter> {
        self.waiting.lock().await.recv().await
    }
}
