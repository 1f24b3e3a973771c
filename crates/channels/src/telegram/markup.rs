//! Telegram's HTML: everything that a person typed is escaped, and what is too long is cut at a line.

use domain::alert::words::Words;
use url::Url;

/// The most that one message may hold, in UTF-16 units. Telegram counts after it read the markup, we count before.
pub const LONGEST: usize = 4096;

/// Text that means itself in Telegram's HTML, also within an attribute.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            _ => escaped.push(c),
        }
    }
    escaped
}

/// An alert: the title, which leads to the page that tells more where there is one, and its lines.
#[must_use]
pub fn html(words: &Words, link: Option<&Url>) -> String {
    let title = escape(&short(&words.title));
    let mut text = match link {
        Some(url) => format!("<b><a href=\"{}\">{title}</a></b>", escape(url.as_str())),
        None => format!("<b>{title}</b>"),
    };
    let mut room = LONGEST.saturating_sub(units(&text));
    for (index, line) in words.lines.iter().enumerate() {
        let line = escape(line);
        // What is left for the sign that something is missing, unless this is the last line.
        let needed = units(&line) + 1 + if index + 1 == words.lines.len() { 0 } else { 2 };
        if needed > room {
            text.push_str("\n…");
            break;
        }
        text.push('\n');
        text.push_str(&line);
        room -= units(&line) + 1;
    }
    text
}

/// A title that leaves room for the lines even when a name in it is absurd.
fn short(title: &str) -> String {
    const MOST: usize = 300;
    match title.char_indices().nth(MOST) {
        Some(_) => title.chars().take(MOST - 1).chain(['…']).collect(),
        None => title.to_owned(),
    }
}

fn units(text: &str) -> usize {
    text.encode_utf16().count()
}

#[cfg(test)]
mod tests {
    use domain::{alert::preference::Language, event::EventKind, time::Timestamp};
    use proptest::prelude::*;

    use super::*;

    fn words(title: String, lines: Vec<String>) -> Words {
        Words {
            key: String::new(),
            fold: String::new(),
            urgent: false,
            title,
            lines,
            node: None,
            name: None,
            path: "/nodes".to_owned(),
            kind: EventKind::Offline,
            at: Timestamp::from_millis(0),
            language: Language::En,
            actions: false,
        }
    }

    /// What a reader sees, by the four entities and the two tags that we write; anything else is markup that slipped in.
    fn read(html: &str) -> String {
        let (mut seen, mut rest) = (String::new(), html);
        while let Some(c) = rest.chars().next() {
            let known =
                [("&amp;", "&"), ("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("<b>", ""), ("</b>", "")]
                    .into_iter()
                    .find(|(written, _)| rest.starts_with(written));
            let (written, meant) = known.map_or((c.len_utf8(), None), |(w, m)| (w.len(), Some(m)));
            assert!(meant.is_some() || !matches!(c, '<' | '>' | '&' | '"'), "{rest}");
            match meant {
                Some(meant) => seen.push_str(meant),
                None => seen.push(c),
            }
            rest = rest.get(written..).unwrap_or_default();
        }
        seen
    }

    proptest! {
        #[test]
        fn whatever_was_typed_is_read_as_typed_and_fits(
            title in "\\PC{0,350}",
            lines in prop::collection::vec("[<>&\"a-zäß🙂;/#]{0,300}", 0..40),
        ) {
            let html = html(&words(title.clone(), lines.clone()), None);
            prop_assert!(units(&html) <= LONGEST);
            let whole = std::iter::once(short(&title)).chain(lines).collect::<Vec<_>>().join("\n");
            match read(&html).strip_suffix("\n…") {
                Some(cut) => {
                    let followed = whole.strip_prefix(cut).is_some_and(|rest| rest.starts_with('\n'));
                    prop_assert!(followed, "cut elsewhere than at a line");
                }
                None => prop_assert_eq!(read(&html), whole),
            }
        }
    }
}
