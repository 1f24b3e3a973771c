//! Messages that a person asked for and waits for: a test, the question to a mailbox whether it wants to be told, and what
//! a mailbox gets when somebody registers with it.

use super::{preference::Language, words::Words};
use crate::{event::EventKind, time::Timestamp};

/// Where both of them lead.
const PATH: &str = "/alerts/destinations";

/// A test of the destination that the person calls `name`.
#[must_use]
pub fn test(language: Language, name: &str, now: Timestamp) -> Words {
    let (title, line) = match language {
        Language::En => (
            "A test from Wakeful",
            format!("You asked for it at “{name}”. Alerts about your nodes arrive here."),
        ),
        Language::De => (
            "Ein Test von Wakeful",
            format!("Du hast ihn bei „{name}“ verlangt. Hier kommen Meldungen über deine Nodes an."),
        ),
    };
    words(language, title, vec![line], now)
}

/// The question to a mailbox, with the code by which it agrees.
#[must_use]
pub fn confirmation(language: Language, code: &str, now: Timestamp) -> Words {
    let (title, lines) = match language {
        Language::En => (
            "Do you want alerts of Wakeful here?",
            [
                format!("The code is {code}. Enter it on the page Destinations."),
                "If you asked for nothing, do nothing: without the code nothing more is sent here."
                    .to_owned(),
            ],
        ),
        Language::De => (
            "Sollen Meldungen von Wakeful hier ankommen?",
            [
                format!("Der Code ist {code}. Gib ihn auf der Seite „Ziele“ ein."),
                "Wenn du nichts verlangt hast, tu nichts: Ohne den Code kommt hier nichts mehr an."
                    .to_owned(),
            ],
        ),
    };
    words(language, title, lines.into(), now)
}

/// What a mailbox gets that has no account: the link to make one.
#[must_use]
pub fn register(language: Language, link: &str, now: Timestamp) -> Words {
    let (title, lines) = match language {
        Language::En => (
            "Your account at Wakeful",
            [
                format!("Make it here, within seven days: {link}"),
                "If you asked for nothing, do nothing: no account is made.".to_owned(),
            ],
        ),
        Language::De => (
            "Dein Konto bei Wakeful",
            [
                format!("Lege es hier an, innerhalb von sieben Tagen: {link}"),
                "Wenn du nichts verlangt hast, tu nichts: Es wird kein Konto angelegt.".to_owned(),
            ],
        ),
    };
    Words { path: "/".to_owned(), ..words(language, title, lines.into(), now) }
}

/// What a mailbox gets that has an account already.
#[must_use]
pub fn has_account(language: Language, link: &str, now: Timestamp) -> Words {
    let (title, lines) = match language {
        Language::En => (
            "You have an account at Wakeful",
            [
                format!("Somebody, probably you, wanted to make another one. Sign in here: {link}"),
                "If you forgot the password, ask the administrator for a link.".to_owned(),
            ],
        ),
        Language::De => (
            "Du hast ein Konto bei Wakeful",
            [
                format!(
                    "Jemand, wahrscheinlich du, wollte noch eines anlegen. Hier meldest du dich an: {link}"
                ),
                "Wenn du das Passwort vergessen hast, bitte den Administrator um einen Link.".to_owned(),
            ],
        ),
    };
    Words { path: "/".to_owned(), ..words(language, title, lines.into(), now) }
}

fn words(language: Language, title: &str, lines: Vec<String>, now: Timestamp) -> Words {
    Words {
        key: String::new(),
        fold: "test".to_owned(),
        urgent: false,
        title: title.to_owned(),
        lines,
        node: None,
        name: None,
        path: PATH.to_owned(),
        kind: EventKind::Test,
        at: now,
        language,
        actions: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_code_stands_in_the_mail_in_both_languages() {
        for language in [Language::En, Language::De] {
            let words = confirmation(language, "abcde23456", Timestamp::default());
            assert!(words.lines.iter().any(|line| line.contains("abcde23456")));
            assert!(test(language, "Kitchen <b>", Timestamp::default()).lines[0].contains("Kitchen <b>"));
        }
    }
}
