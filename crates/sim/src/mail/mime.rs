//! Reads a mail: its headers, its plain text and its HTML, as a mail program would show them.

use std::collections::BTreeMap;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Padding is often forgotten.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
/// How deep parts may lie in parts.
const DEEPEST: usize = 5;

/// A mail that was read.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Mail {
    /// By lower-case name; of several of one name the last.
    pub(super) headers: BTreeMap<String, String>,
    pub(super) text: String,
    pub(super) html: Option<String>,
}

impl Mail {
    pub(super) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str)
    }
}

/// Reads the bytes between DATA and its dot.
pub(super) fn read(mail: &[u8]) -> Mail {
    let text = String::from_utf8_lossy(mail).replace("\r\n", "\n");
    let (headers, body) = split(&text);
    let mut read = Mail::default();
    part(&headers, body, DEEPEST, &mut read);
    read.headers = headers;
    read
}

fn split(text: &str) -> (BTreeMap<String, String>, &str) {
    let (head, body) = match text.strip_prefix('\n') {
        Some(body) => ("", body),
        None => text.split_once("\n\n").unwrap_or((text, "")),
    };
    let unfolded = head.replace("\n ", " ").replace("\n\t", " ");
    let headers = unfolded.lines().filter_map(|line| line.split_once(':'));
    (headers.map(|(name, value)| (name.trim().to_lowercase(), words(value.trim()))).collect(), body)
}

fn part(headers: &BTreeMap<String, String>, body: &str, deep: usize, into: &mut Mail) {
    let kind = headers.get("content-type").map_or("text/plain", String::as_str);
    let lower = kind.to_lowercase();
    if lower.starts_with("multipart/") && deep > 0 {
        let Some(boundary) = parameter(kind, "boundary") else { return };
        let mark = format!("\n--{boundary}");
        let whole = format!("\n{body}");
        let mut parts = whole.split(mark.as_str());
        // What stands before the first mark is for nobody.
        parts.next();
        for inner in parts.take_while(|inner| !inner.starts_with("--")) {
            let (headers, body) = split(inner.split_once('\n').map_or("", |(_, rest)| rest));
            part(&headers, body, deep - 1, into);
        }
        return;
    }
    let encoding = headers.get("content-transfer-encoding").map_or("7bit", String::as_str).to_lowercase();
    let bytes = match encoding.as_str() {
        "quoted-printable" => quoted(&body.replace("=\n", "")),
        "base64" => BASE64.decode(body.split_whitespace().collect::<String>()).unwrap_or_default(),
        _ => body.as_bytes().to_vec(),
    };
    let shown = String::from_utf8_lossy(&bytes).replace("\r\n", "\n").trim_end().to_owned();
    if lower.starts_with("text/html") {
        into.html = Some(shown);
    } else if lower.starts_with("text/plain") {
        into.text = shown;
    }
}

fn parameter(kind: &str, name: &str) -> Option<String> {
    let wanted = |part: &&str| part.trim().to_lowercase().starts_with(&format!("{name}="));
    let found = kind.split(';').find(wanted)?;
    Some(found.split_once('=')?.1.trim().trim_matches('"').to_owned())
}

/// `=C3=A9` is a byte; everything else is itself.
fn quoted(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let escaped = (*first == b'=').then(|| after.get(..2)).flatten();
        let value = escaped.and_then(|hex| u8::from_str_radix(std::str::from_utf8(hex).ok()?, 16).ok());
        bytes.push(value.unwrap_or(*first));
        rest = if value.is_some() { &after[2..] } else { after };
    }
    bytes
}

/// A header's value with the encoded words of RFC 2047 as letters.
fn words(value: &str) -> String {
    // The space between two encoded words belongs to neither.
    let value = value.replace("?= =?", "?==?");
    let mut shown = String::new();
    let mut rest = value.as_str();
    while let Some((before, after)) = rest.split_once("=?") {
        shown.push_str(before);
        match word(after) {
            Some((letters, left)) => {
                shown.push_str(&letters);
                rest = left;
            }
            None => {
                shown.push_str("=?");
                rest = after;
            }
        }
    }
    shown + rest
}

/// The letters of `utf-8?b?…?=` and what follows.
fn word(text: &str) -> Option<(String, &str)> {
    let mut parts = text.splitn(3, '?');
    let (_, encoding, rest) = (parts.next()?, parts.next()?, parts.next()?);
    let (coded, left) = rest.split_once("?=")?;
    let bytes = match encoding {
        "b" | "B" => BASE64.decode(coded).ok()?,
        "q" | "Q" => quoted(&coded.replace('_', " ")),
        _ => return None,
    };
    Some((String::from_utf8_lossy(&bytes).into_owned(), left))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_of_a_mail_are_read() {
        let mail = "Subject: =?utf-8?b?UmlnIOKAng==?= =?utf-8?q?=C3=A9_1?=\r\nMessage-ID:\r\n <1@example.net>\r\n\
            Content-Type: multipart/alternative;\r\n boundary=\"xy\"\r\n\r\n--xy\r\n\
            Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n\
            silent =E2=80=94 for 3=\r\n minutes\r\n--xy\r\nContent-Type: text/html\r\n\
            Content-Transfer-Encoding: base64\r\n\r\nPGI+c2ls\r\nZW50PC9iPg==\r\n--xy--\r\n";
        let read = read(mail.as_bytes());
        assert_eq!(read.header("subject"), Some("Rig „é 1"));
        assert_eq!(read.header("message-id"), Some("<1@example.net>"));
        assert_eq!(read.text, "silent — for 3 minutes");
        assert_eq!(read.html.as_deref(), Some("<b>silent</b>"));
    }

    #[test]
    fn a_plain_mail_is_its_body() {
        let read = read(b"Subject: 1 =? 2\r\n\r\nfirst\r\n\r\nsecond = 3\r\n");
        assert_eq!((read.header("subject"), read.text.as_str()), (Some("1 =? 2"), "first\n\nsecond = 3"));
        assert_eq!(read.html, None);
    }
}
