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
