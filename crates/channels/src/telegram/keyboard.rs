//! The buttons under a message.

use domain::alert::{preference::Language, words::Words};
use serde_json::{Value, json};

/// Rows of buttons.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Keyboard(pub Vec<Vec<Button>>);

/// One button.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Button {
    /// What stands on it.
    pub label: String,
    /// What we are told when it is pressed: at most 64 bytes.
    pub data: String,
}

impl Button {
    /// A button.
    #[must_use]
    pub fn new(label: &str, data: String) -> Self {
        Self { label: label.to_owned(), data }
    }
}

impl Keyboard {
    /// As the Bot API wants it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let rows = self.0.iter().map(|row| {
            row.iter()
                .map(|button| json!({ "text": button.label, "callback_data": button.data }))
                .collect::<Vec<_>>()
        });
        json!({ "inline_keyboard": rows.collect::<Vec<_>>() })
    }
}

/// Under an alert of one node: mute it, or say that it was seen.
#[must_use]
pub fn alert_keyboard(words: &Words, message_id: &str) -> Option<Keyboard> {
    if !words.actions {
        return None;
    }
    let (mute, tomorrow, seen) = match words.language {
        Language::En => ("Mute", "until tomorrow", "I have seen it"),
        Language::De => ("Stumm", "bis morgen", "Gesehen"),
    };
    let mut rows = Vec::new();
    if let Some(node) = words.node {
        let hours = [("m1", 1), ("m4", 4), ("m8", 8)];
        rows.push(
            hours.map(|(press, n)| Button::new(&format!("{mute} {n} h"), format!("{press}:{node}"))).into(),
        );
        rows.push(vec![Button::new(&format!("{mute} {tomorrow}"), format!("mt:{node}"))]);
    }
    rows.push(vec![Button::new(seen, format!("ack:{message_id}"))]);
    Some(Keyboard(rows))
}
