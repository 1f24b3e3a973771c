//! Sends letters: mail that somebody waits for, tried once.

use domain::destination::Place;
use tokio::task::JoinSet;

use crate::{app::App, letters::Letter};

/// So many are on their way at once.
const AT_ONCE: usize = 4;

/// Sends until the stop.
pub async fn run(app: App) -> Result<(), String> {
    let mut sending = JoinSet::new();
    loop {
        tokio::select! {
            Some(done) = sending.join_next() => done.map_err(|error| error.to_string())?,
            letter = app.letters.next(), if sending.len() < AT_ONCE => match letter {
                Some(letter) => { sending.spawn(send(app.clone(), letter)); }
                None => return Ok(()),
            },
            () = app.stop.cancelled() => return Ok(()),
        }
    }
}

async fn send(app: App, letter: Letter) {
    let Letter { to, words, done } = letter;
    let id = app.entropy.id();
    let answer = app.channels.send(&Place::Email { to }, &id, &words, app.clock.now()).await;
    tracing::debug!(outcome = answer.outcome.word(), status = answer.status, "a letter was sent");
    // Whoever asked may have gone.
    let _ = done.send(answer);
}
