//! Why the Bot API did not do what was asked, and what that means for a message.

use std::time::Duration;

use domain::alert::outcome::{Answer, Outcome};
use serde::Deserialize;

use crate::exchange::Answered;

/// A call that failed.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{detail}")]
pub struct Failure {
    /// The HTTP status; `None` when no answer came. 401 and 404: the token is no bot's.
    pub status: Option<u16>,
    /// How long Telegram asks us to wait.
    pub after: Option<Duration>,
    /// What it means for a message that was to be sent.
    pub outcome: Outcome,
    /// Telegram's own words, or why no answer came; without the token.
    pub detail: String,
}

impl Failure {
    pub(super) fn garbage(status: u16) -> Self {
        let detail = "the answer cannot be read".to_owned();
        Self { status: Some(status), after: None, outcome: Outcome::Unclear, detail }
    }

    /// Whether the token is no bot's.
    #[must_use]
    pub const fn is_wrong_token(&self) -> bool {
        matches!(self.status, Some(401 | 404))
    }
}

impl From<Answer> for Failure {
    fn from(answer: Answer) -> Self {
        let after = match answer.outcome {
            Outcome::Later { after } => after,
            _ => None,
        };
        Self { status: answer.status, after, outcome: answer.outcome, detail: answer.detail }
    }
}

#[derive(Default, Deserialize)]
struct Refusal {
    #[serde(default)]
    description: String,
    #[serde(default)]
    parameters: Parameters,
}

#[derive(Default, Deserialize)]
struct Parameters {
    retry_after: Option<u64>,
}

/// Chats that will never hear us again, in the words of 400.
const NO_SUCH_CHAT: [&str; 5] = [
    "chat not found",
    "peer_id_invalid",
    "upgraded to a supergroup",
    "have no rights to send",
    "chat_write_forbidden",
];

/// What an answer means, and Telegram's words of it.
pub(super) fn judge(answered: &Answered, accepted: impl FnOnce(&Answered) -> Outcome) -> (Outcome, String) {
    let refusal: Refusal = serde_json::from_slice(&answered.body).unwrap_or_default();
    let asked = refusal.parameters.retry_after.map(Duration::from_secs);
    let words = if refusal.description.is_empty() { answered.text() } else { refusal.description };
    let outcome = match answered.status {
        200 => return (accepted(answered), "OK".to_owned()),
        403 => Outcome::Gone,
        400 if NO_SUCH_CHAT.iter().any(|known| words.to_lowercase().contains(known)) => Outcome::Gone,
        // A token that is wrong today is the operator's to mend: the chat is not to blame, nor is the message.
        401 | 404 | 408 | 429 | 500.. => Outcome::Later { after: asked.or(answered.after) },
        _ => Outcome::Refused,
    };
    (outcome, words)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(status: u16, body: &str) -> (Outcome, String) {
        let answered = Answered { status, after: None, body: body.as_bytes().to_vec() };
        judge(&answered, |_| Outcome::Accepted { id: None })
    }

    #[test]
    fn telegrams_refusals_mean_what_they_mean() {
        let blocked =
            r#"{"ok":false,"error_code":403,"description":"Forbidden: bot was blocked by the user"}"#;
        assert_eq!(
            judged(403, blocked),
            (Outcome::Gone, "Forbidden: bot was blocked by the user".to_owned())
        );
        let unknown = r#"{"ok":false,"error_code":400,"description":"Bad Request: chat not found"}"#;
        assert_eq!(judged(400, unknown).0, Outcome::Gone);
        let markup = r#"{"ok":false,"error_code":400,"description":"Bad Request: can't parse entities"}"#;
        assert_eq!(judged(400, markup).0, Outcome::Refused);
        let wait = r#"{"ok":false,"error_code":429,"description":"Too Many Requests: retry after 7","parameters":{"retry_after":7}}"#;
        assert_eq!(judged(429, wait).0, Outcome::Later { after: Some(Duration::from_secs(7)) });
        for status in [401, 404, 500, 502, 504] {
            assert_eq!(judged(status, "<html>nginx</html>").0, Outcome::Later { after: None }, "{status}");
        }
    }
}
