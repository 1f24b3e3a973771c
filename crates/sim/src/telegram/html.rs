//! The Bot API's HTML: which tags it knows, what it says about the others.

/// Tags that are understood.
const TAGS: [&str; 15] = [
    "a",
    "b",
    "strong",
    "i",
    "em",
    "s",
    "strike",
    "del",
    "u",
    "ins",
    "tg-spoiler",
    "span",
    "pre",
    "code",
    "blockquote",
];

/// What a reader sees.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Read {
    pub(super) text: String,
    /// Where the links lead.
    pub(super) links: Vec<String>,
}

/// Reads a text with tags; the error is the sentence after "can't parse entities: ".
pub(super) fn read(html: &str) -> Result<Read, String> {
    let mut read = Read::default();
    let mut open: Vec<String> = Vec::new();
    let mut rest = html;
    while let Some(next) = rest.chars().next() {
        let at = html.len() - rest.len();
        match next {
            '<' if rest.starts_with("</") => {
                let (tag, after) = rest[2..]
                    .split_once('>')
                    .ok_or_else(|| format!("Unclosed end tag at byte offset {at}"))?;
                let tag = tag.trim().to_lowercase();
                match open.pop() {
                    None => return Err(format!("Unexpected end tag at byte offset {at}")),
                    Some(expected) if !tag.is_empty() && tag != expected => {
                        return Err(format!(
                            "Unmatched end tag at byte offset {at}, expected \"</{expected}>\", found \"</{tag}>\""
                        ));
                    }
                    Some(_) => {}
                }
                rest = after;
            }
            '<' => {
                let (tag, after) = rest[1..]
                    .split_once('>')
                    .ok_or_else(|| format!("Unclosed start tag at byte offset {at}"))?;
                let (name, attributes) = tag.split_once(char::is_whitespace).unwrap_or((tag, ""));
                let name = name.to_lowercase();
                if !TAGS.contains(&name.as_str()) {
                    return Err(format!("Unsupported start tag \"{name}\" at byte offset {at}"));
                }
                read.links.extend(href(attributes));
                open.push(name);
                rest = after;
            }
            '&' => {
                let (letter, length) = entity(rest).unwrap_or(('&', 1));
                read.text.push(letter);
                rest = &rest[length..];
            }
            letter => {
                read.text.push(letter);
                rest = &rest[letter.len_utf8()..];
            }
        }
    }
    match open.pop() {
        Some(tag) => Err(format!("Can't find end tag corresponding to start tag \"{tag}\"")),
        None => Ok(Read { text: read.text.trim().to_owned(), links: read.links }),
    }
}

fn href(attributes: &str) -> Option<String> {
    let value = attributes.trim().strip_prefix("href=")?;
    let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''))?;
    let value = value[1..].split_once(quote)?.0;
    Some(read(value).map_or_else(|_| value.to_owned(), |read| read.text))
}

/// The letter that an entity stands for and its length; everything else is a plain `&`.
fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.find(';').filter(|end| *end <= 10)?;
    let letter = match &text[1..end] {
        "lt" => '<',
        "gt" => '>',
        "amp" => '&',
        "quot" => '"',
        name => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix('x') {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code)?
        }
    };
    Some((letter, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_sees_letters_and_links() {
        let seen = read(
            "<b>rig &lt;1&gt;</b> &amp; <a href=\"https://example.net/?a=1&amp;b=2\">open</a> A&B &#33;",
        );
        let links = vec!["https://example.net/?a=1&b=2".to_owned()];
        assert_eq!(seen, Ok(Read { text: "rig <1> & open A&B !".to_owned(), links }));
    }

    #[test]
    fn what_is_no_markup_is_named_with_its_place() {
        assert_eq!(read("a <rig>").unwrap_err(), "Unsupported start tag \"rig\" at byte offset 2");
        assert_eq!(read("é<b>x").unwrap_err(), "Can't find end tag corresponding to start tag \"b\"");
        assert_eq!(read("x</b>").unwrap_err(), "Unexpected end tag at byte offset 1");
        assert_eq!(read("1 < 2").unwrap_err(), "Unclosed start tag at byte offset 2");
        assert!(
            read("<b><i>x</b></i>").unwrap_err().starts_with("Unmatched end tag at byte offset 7, expected")
        );
    }
}
