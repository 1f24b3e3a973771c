//! After the answer: the verdict as a hint on every authenticated reply, and the use of the credential noted. A note that
//! fails is never an error.

use std::{
    sync::{Arc, OnceLock},
    time::Duration,
};

use axum::{
    extract::Request,
    http::{HeaderValue, header},
    middleware::Next,
    response::Response,
};
use domain::{
    session::{EndReason, Session, TOUCH_EVERY, Verdict},
    time::Timestamp,
};
use store::StoreError;

use super::{
    cookie,
    credential::{By, Judged},
    repeats,
};
use crate::app::App;

/// Where an extractor leaves the credential for what comes after the answer.
#[derive(Clone, Debug, Default)]
pub struct Used(Arc<OnceLock<Credential>>);

#[derive(Debug)]
enum Credential {
    Session(Judged),
    Token { id: String, last_used: Option<Timestamp> },
}

/// Something to write after the answer.
enum Note {
    Use { sid: String, idle_end: Timestamp },
    TimedOut { sid: String, reason: EndReason, at: Timestamp },
    TokenUse(String),
}

/// A use is written within this time, or after the answer.
const BRIEFLY: Duration = Duration::from_millis(250);

impl Used {
    /// This request was made with that credential of a session.
    pub fn note(&self, judged: &Judged) {
        let _ = self.0.set(Credential::Session(judged.clone()));
    }

    /// This request was made with that API token.
    pub fn note_token(&self, id: &str, last_used: Option<Timestamp>) {
        let _ = self.0.set(Credential::Token { id: id.to_owned(), last_used });
    }
}

/// Adds `Session-Verdict`, hands the cookie out anew when its session's end moves, and notes the use.
pub async fn after(app: &App, mut request: Request, next: Next) -> Response {
    let used = Used::default();
    request.extensions_mut().insert(used.clone());
    // The strict profile counts only what a person does.
    let by_input = request.headers().get("x-wakeful-input").is_some_and(|value| value == "1");
    let mut response = repeats::once(app, request, next).await;
    let Some(credential) = used.0.get() else { return response };
    let now = app.session_time.now();
    let note = match credential {
        Credential::Session(judged) => {
            if let Some(hint) = hint(judged) {
                response.headers_mut().insert("session-verdict", hint);
            }
            note_of(app, judged, now, by_input)
        }
        Credential::Token { id, last_used } => {
            let is_fresh = last_used.is_some_and(|last| now.since(last) < TOUCH_EVERY);
            (!is_fresh).then(|| Note::TokenUse(id.clone()))
        }
    };
    let Some(note) = note else { return response };
    if let (Note::Use { .. }, Credential::Session(Judged { by: By::Cookie(value), .. })) = (&note, credential)
        && !response.headers().contains_key(header::SET_COOKIE)
        && let Some(cookie) = cookie::hand_out(app, value)
    {
        response.headers_mut().append(header::SET_COOKIE, cookie);
    }
    // On its own, so that neither a client that goes away nor a store that is slow is in the other's way.
    let writer = app.clone();
    let written = app.streams.spawn(async move {
        if let Err(error) = write(&writer, note, now).await {
            tracing::debug!(%error, "a use could not be noted; it is tried at the next one");
        }
    });
    let _ = tokio::time::timeout(BRIEFLY, written).await;
    response
}

fn hint(judged: &Judged) -> Option<HeaderValue> {
    let state = match judged.verdict {
        Verdict::Active(_) => "active",
        Verdict::Ended(..) | Verdict::TokenEnded { .. } => "ended",
        Verdict::Anonymous { .. } | Verdict::Undecided => return None,
    };
    let rev = judged.signed.as_ref().map_or(0, |signed| signed.rev);
    HeaderValue::from_str(&format!("v=1; {state}; {}; {rev}", judged.sid()?)).ok()
}

fn note_of(app: &App, judged: &Judged, now: Timestamp, by_input: bool) -> Option<Note> {
    match &judged.verdict {
        Verdict::Active(session) => {
            let idle_end = session.touched(now, app.config.lifetimes, by_input)?;
            Some(Note::Use { sid: session.sid.clone(), idle_end })
        }
        // A limit that was reached is a reason like the others: from now on the row says it.
        Verdict::Ended(Session { sid, ended: None, .. }, reason, at) => {
            Some(Note::TimedOut { sid: sid.clone(), reason: *reason, at: *at })
        }
        _ => None,
    }
}

async fn write(app: &App, note: Note, now: Timestamp) -> Result<(), StoreError> {
    let mut tx = app.store.write().await?;
    match note {
        Note::Use { sid, idle_end } => {
            tx.touch_session(&sid, now, idle_end).await?;
            tx.commit().await?;
            app.verdicts.forget(&sid);
        }
        Note::TimedOut { sid, reason, at } => {
            let rev = tx.end_session(&sid, reason, at).await?;
            tx.commit().await?;
            app.ended(rev, reason, usize::from(rev.is_some()));
        }
        Note::TokenUse(id) => {
            tx.touch_api_token(&id, now).await?;
            tx.commit().await?;
        }
    }
    Ok(())
}
