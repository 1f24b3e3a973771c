//! One HTTP request and how it ended, as far as anybody can know: answered, surely not received, or unclear.

use std::time::Duration;

use domain::alert::outcome::{Answer, Outcome};
use outbound::{Cause, retry_after};
use reqwest::RequestBuilder;

use crate::said::said;

/// From the request to the last byte of the answer: less than a message stays claimed.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// How a request ended.
pub enum Exchange {
    /// The other side answered.
    Answered(Answered),
    /// It never reached the other side, and why.
    NotSent(String),
    /// It went out, or part of it, and no answer came.
    Unclear(String),
}

/// What the other side answered.
pub struct Answered {
    /// The HTTP status.
    pub status: u16,
    /// How long it asks us to wait.
    pub after: Option<Duration>,
    /// The body; empty when it was too long or broke off: the status stands all the same.
    pub body: Vec<u8>,
}

/// Sends a request, once.
pub async fn exchange(request: RequestBuilder, patience: Duration, most: usize) -> Exchange {
    let response = match request.timeout(patience).send().await {
        Ok(response) => response,
        Err(error) => return failed(&error),
    };
    let (status, after) = (response.status().as_u16(), retry_after(response.headers()));
    let body = outbound::body(response, most).await.unwrap_or_default();
    Exchange::Answered(Answered { status, after, body })
}

fn failed(error: &reqwest::Error) -> Exchange {
    let (cause, words) = Cause::of(error);
    let detail = if words == cause.to_string() { words } else { format!("{cause}: {words}") };
    // Not by the cause: an established connection, too, breaks because there is no way to the other side any more. The time
    // for connecting is shorter than the whole, so a request whose time ran out had its connection.
    if error.is_connect() || error.is_builder() {
        Exchange::NotSent(detail)
    } else {
        Exchange::Unclear(detail)
    }
}

impl Answered {
    /// The body as text, up to its first two hundred characters.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).chars().take(200).collect()
    }
}

impl Exchange {
    /// The answer of an exchange: `judge` says what the other side's means, and in which words it said so.
    pub fn into_answer(self, judge: impl FnOnce(&Answered) -> (Outcome, String), secrets: &[&str]) -> Answer {
        match self {
            Self::Answered(answered) => {
                let (outcome, detail) = judge(&answered);
                Answer { outcome, status: Some(answered.status), detail: said(&detail, secrets) }
            }
            Self::NotSent(why) => {
                Answer { outcome: Outcome::Later { after: None }, status: None, detail: said(&why, secrets) }
            }
            Self::Unclear(why) => {
                Answer { outcome: Outcome::Unclear, status: None, detail: said(&why, secrets) }
            }
        }
    }
}
