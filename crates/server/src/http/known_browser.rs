//! The cookie *known*: this browser has signed in to these accounts before. It is signed and no credential; what it gives
//! is a counter of failures of its own, so that others who guess slow its owner down by nothing.

use axum::http::HeaderMap;
use domain::account::Email;
use subtle::ConstantTimeEq;

use super::cookie;
use crate::app::App;

/// Accounts that one browser is remembered for.
const ACCOUNTS: usize = 3;
const ID_LENGTH: usize = 26;

/// What the cookie says.
#[derive(Debug, Default)]
pub struct KnownBrowser {
    id: Option<String>,
    marks: Vec<String>,
}

impl KnownBrowser {
    /// Reads the cookie of a request; whatever is none of ours says nothing.
    pub fn of(app: &App, headers: &HeaderMap) -> Self {
        let Some(value) = cookie::known(app, headers) else { return Self::default() };
        let mut parts = value.split('.').map(str::to_owned);
        let id =
            parts.next().filter(|id| id.len() == ID_LENGTH && id.bytes().all(|b| b.is_ascii_alphanumeric()));
        Self { id, marks: parts.take(ACCOUNTS).collect() }
    }

    /// The browser's id, when it has signed in to the account of this e-mail before.
    pub fn id_for(&self, app: &App, email: &Email) -> Option<&str> {
        let id = self.id.as_deref()?;
        let mark = mark(app, id, email);
        let knows = self.marks.iter().any(|seen| bool::from(seen.as_bytes().ct_eq(mark.as_bytes())));
        knows.then_some(id)
    }

    /// The browser's id, made when it has none, and the cookie that remembers this account too.
    pub fn remember(&self, app: &App, email: &Email) -> (String, String) {
        let id = self.id.clone().unwrap_or_else(|| app.entropy.id());
        let mark = mark(app, &id, email);
        let others = self.marks.iter().filter(|seen| **seen != mark).take(ACCOUNTS - 1);
        let value = others.fold(format!("{id}.{mark}"), |value, other| format!("{value}.{other}"));
        (id, value)
    }
}

fn mark(app: &App, id: &str, email: &Email) -> String {
    let mut mark = app.keyed_hash(&["known", id, email.as_str()]);
    mark.truncate(22);
    mark
}
