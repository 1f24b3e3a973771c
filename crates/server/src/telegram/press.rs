//! Buttons under an alert: mute its node, or say that it was seen. Only what the chat hears of can be pressed.

use channels::telegram::{Keyboard, alert_keyboard, html};
use domain::{
    address::Address,
    alert::{mute::Mute, words::Words},
    time::Timestamp,
    wording::telegram::Pressed,
};
use store::{Message, StoreError, WatchEdit, Write};
use url::Url;

use super::linked::Linked;
use crate::app::App;

/// What a button asks for.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Button {
    /// Be silent of a node.
    Mute(Address, Mute),
    /// Somebody has seen what this message tells.
    Seen(String),
}

/// Reads what a button says; `None`: it is none of ours.
#[must_use]
pub fn read(data: &str) -> Option<Button> {
    let (word, rest) = data.split_once(':')?;
    let mute = match word {
        "ack" => return Some(Button::Seen(rest.to_owned())),
        "m1" => Mute::OneHour,
        "m4" => Mute::FourHours,
        "m8" => Mute::EightHours,
        "mt" => Mute::Tomorrow,
        _ => return None,
    };
    Some(Button::Mute(rest.parse().ok()?, mute))
}

/// Does what was asked. Gives what to answer, and the message under which it is noted, where that is known. `posted` is
/// what Telegram calls the message.
///
/// # Errors
/// When the store cannot be written.
pub async fn press(
    app: &App,
    linked: &Linked,
    button: &Button,
    posted: i64,
    now: Timestamp,
) -> Result<(Pressed, Option<Message>), StoreError> {
    let mut tx = app.store.write().await?;
    let (pressed, changes) = match button {
        Button::Mute(node, mute) => {
            let until = mute.until(&linked.preferences.zone, now);
            let changes = silence(&mut tx, linked, node, until).await?;
            (if changes.is_empty() { Pressed::NotYours } else { Pressed::Muted(until) }, changes)
        }
        Button::Seen(message) => (seen(&mut tx, linked, message, now).await?, Vec::new()),
    };
    if pressed == Pressed::NotYours {
        return Ok((pressed, None));
    }
    let mut message = None;
    for destination in &linked.destinations {
        let found = tx.message_by_provider_id(&destination.id, &posted.to_string()).await?;
        message = message.or(found);
    }
    tx.commit().await?;
    for (space, change) in changes {
        app.changed(&space, change);
    }
    Ok((pressed, message))
}

/// Mutes a node in every space of the chat that watches it. Gives the spaces, each with the number of its change.
async fn silence(
    tx: &mut Write,
    linked: &Linked,
    node: &Address,
    until: Timestamp,
) -> Result<Vec<(String, i64)>, StoreError> {
    let edit = WatchEdit { muted_until: Some(Some(until)), ..WatchEdit::default() };
    let mut changes = Vec::new();
    for destination in &linked.destinations {
        if let Some(watch) = tx.edit_watch(&destination.space, node, edit).await? {
            changes.push((destination.space.clone(), watch.changed));
        }
    }
    Ok(changes)
}

async fn seen(tx: &mut Write, linked: &Linked, message: &str, now: Timestamp) -> Result<Pressed, StoreError> {
    let told = tx.message(message).await?;
    let own = told.and_then(|told| linked.destinations.iter().find(|own| own.id == told.destination));
    let Some(own) = own else { return Ok(Pressed::NotYours) };
    for event in tx.events_of_message(message).await? {
        tx.acknowledge(&own.space, event, now).await?;
    }
    Ok(Pressed::Seen)
}

/// What stands before a note of each kind, so that a later one of the same kind takes its place.
const fn mark(pressed: &Pressed) -> &'static str {
    match pressed {
        Pressed::Muted(_) => "– ",
        Pressed::Seen | Pressed::NotYours => "✓ ",
    }
}

/// The message with the note of a press under it. `shown` is its text as it stands in the chat: earlier notes stay.
#[must_use]
pub fn noted(
    message: &Message,
    shown: &str,
    pressed: &Pressed,
    note: &str,
    link: Option<&Url>,
) -> (String, Option<Keyboard>) {
    let own = 1 + message.words.lines.len();
    let mark = mark(pressed);
    let earlier = shown.lines().skip(own).filter(|line| !line.is_empty() && !line.starts_with(mark));
    let mut lines = message.words.lines.clone();
    lines.extend(earlier.map(str::to_owned));
    lines.push(format!("{mark}{note}"));
    let words = Words { lines, ..message.words.clone() };
    let mut keyboard = alert_keyboard(&words, &message.id);
    if let Some(Keyboard(rows)) = &mut keyboard {
        // Who has seen it has seen it.
        let is_seen = words.lines.iter().skip(own - 1).any(|line| line.starts_with("✓ "));
        rows.retain(|row| !is_seen || !row.iter().all(|button| button.data.starts_with("ack:")));
    }
    (html(&words, link), keyboard)
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::{alert::preference::Language, event::EventKind};
    use store::MessageState;

    const NODE: Address = Address::new([7; 32]);

    fn message() -> Message {
        let words = Words {
            key: String::new(),
            fold: String::new(),
            urgent: true,
            title: "barn <1> is offline".to_owned(),
            lines: vec!["Silent since 12:40.".to_owned()],
            node: Some(NODE),
            name: None,
            path: format!("/nodes/{NODE}"),
            kind: EventKind::Offline,
            at: Timestamp::from_millis(0),
            actions: true,
            language: Language::En,
        };
        let at = Timestamp::from_millis(0);
        Message {
            id: "abc".to_owned(),
            destination: "d".to_owned(),
            words,
            state: MessageState::Sent,
            made: at,
            due: at,
            sent: None,
            provider_id: None,
            attempts: Vec::new(),
        }
    }

    #[test]
    fn a_button_is_read_and_a_strange_one_is_none() {
        assert_eq!(read(&format!("m4:{NODE}")), Some(Button::Mute(NODE, Mute::FourHours)));
        assert_eq!(read(&format!("mt:{NODE}")), Some(Button::Mute(NODE, Mute::Tomorrow)));
        assert_eq!(read("ack:abc"), Some(Button::Seen("abc".to_owned())));
        for strange in ["", "m1", "m1:barn", "m2:x", "drop table"] {
            assert_eq!(read(strange), None, "{strange}");
        }
    }

    #[test]
    fn a_note_stands_under_the_message_and_the_newest_of_its_kind_stays() {
        let at = Timestamp::from_millis(5);
        let shown = "barn <1> is offline\nSilent since 12:40.\n– Muted until 13:00 by @ada\n✓ Seen by @bob";
        let (text, keyboard) =
            noted(&message(), shown, &Pressed::Muted(at), "Muted until 17:00 by <eve>", None);
        assert_eq!(
            text,
            "<b>barn &lt;1&gt; is offline</b>\nSilent since 12:40.\n✓ Seen by @bob\n– Muted until 17:00 by &lt;eve&gt;"
        );
        let data: Vec<String> = keyboard.unwrap().0.into_iter().flatten().map(|button| button.data).collect();
        assert!(data.iter().all(|data| data.starts_with('m')) && data.len() == 4, "{data:?}");
    }

    #[test]
    fn a_message_that_was_muted_can_still_be_seen() {
        let shown = "barn <1> is offline\nSilent since 12:40.";
        let (_, keyboard) = noted(&message(), shown, &Pressed::Muted(Timestamp::from_millis(5)), "x", None);
        assert_eq!(keyboard.unwrap().0.concat().len(), 5);
    }
}
