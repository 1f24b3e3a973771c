//! The commands that work on the store, beside a server that may be running: it follows what they write within a second.

mod keys;
mod sessions;
mod users;

use domain::{account::Email, time::Timestamp};
use store::{Account, Location, Read, Store, StoreError};

use crate::{
    cli::{KeysCommand, SessionsCommand, UsersCommand},
    clock::Clock,
    config::{Config, Secret},
    entropy::Entropy,
    session_clock::SessionClock,
};

/// A command that works on the store.
#[derive(Debug)]
pub enum Task {
    /// `wakeful keys`.
    Keys(KeysCommand),
    /// `wakeful sessions`.
    Sessions(SessionsCommand),
    /// `wakeful users`.
    Users(UsersCommand),
}

/// What a command is handed.
struct Desk {
    config: Config,
    store: Store,
    entropy: Entropy,
    /// Session time: what ends are written by.
    now: Timestamp,
}

/// Does it. Gives what is to be printed.
///
/// # Errors
/// One sentence that says why nothing was changed.
pub async fn run(task: Task, config: Config) -> Result<String, String> {
    let url = config.database_url.as_ref().map(Secret::expose);
    let location =
        Location::from_url(url, config.data.clone()).ok_or("the database URL is of an unknown kind")?;
    if let Location::Folder(folder) = &location
        && !folder.join("wakeful.db").is_file()
    {
        let folder = folder.display();
        return Err(format!("there is no database in {folder}: name the server's folder with --data"));
    }
    let store = Store::open(&location).await.map_err(said)?;
    let kept = store.read().await.map_err(said)?.heartbeat().await.map_err(said)?;
    let now = SessionClock::start(Clock::system(), kept.as_ref()).now();
    let desk = Desk { config, store, entropy: Entropy::system()?, now };
    let done = match task {
        Task::Keys(command) => keys::run(&desk, command).await,
        Task::Sessions(command) => sessions::run(&desk, command).await,
        Task::Users(command) => users::run(&desk, command).await,
    };
    desk.store.close().await;
    done
}

#[expect(clippy::needless_pass_by_value, reason = "it stands in map_err")]
fn said(error: StoreError) -> String {
    error.to_string()
}

fn email(text: &str) -> Result<Email, String> {
    Email::parse(text).ok_or_else(|| format!("{text:?} is no e-mail address"))
}

/// The account of an e-mail that must have one.
async fn account(tx: &mut Read, email: &Email) -> Result<Account, String> {
    tx.account_by_email(email)
        .await
        .map_err(said)?
        .ok_or_else(|| format!("nobody here has the e-mail {email}"))
}

/// Rows under their headings, each column as wide as it needs to be.
fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let heading = headings.iter().map(ToString::to_string).collect::<Vec<_>>();
    let lines = std::iter::once(&heading).chain(rows).collect::<Vec<_>>();
    let width = |column: usize| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    };
    let widths = (0..headings.len()).map(width).collect::<Vec<_>>();
    let mut text = String::new();
    for line in lines {
        let cells = line.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        text.push_str(cells.collect::<Vec<_>>().join("  ").trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let rows = [vec!["a".to_owned(), "bb".to_owned()], vec!["ccc".to_owned(), String::new()]];
        assert_eq!(table(&["X", "Y"], &rows), "X    Y\na    bb\nccc\n");
    }
}
