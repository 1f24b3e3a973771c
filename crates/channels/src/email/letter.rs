//! A mail: the words as plain text and as HTML, under an id that makes a second copy the same mail.

use std::time::{Duration, SystemTime};

use domain::{
    alert::{preference::Language, words::Words},
    time::Timestamp,
};
use lettre::{
    Address, Message,
    message::{
        Mailbox, MultiPart, SinglePart,
        header::{HeaderName, HeaderValue},
    },
};
use url::Url;

use crate::{said::said, telegram::escape};

/// The whole mail; `None`: it cannot be written.
pub fn write(
    from: &Mailbox,
    to: &Address,
    message_id: &str,
    words: &Words,
    page: Option<&Url>,
    now: Timestamp,
) -> Option<Vec<u8>> {
    let link = page.and_then(|page| page.join(&words.path).ok());
    let millis = u64::try_from(now.millis()).unwrap_or(0);
    let date = SystemTime::UNIX_EPOCH + Duration::from_millis(millis);
    let text = MultiPart::alternative()
        .boundary(format!("wakeful-{message_id}"))
        .singlepart(SinglePart::plain(plain(words, link.as_ref())))
        .singlepart(SinglePart::html(html(words, link.as_ref())));
    let submitted = HeaderName::new_from_ascii_str("Auto-Submitted");
    let message = Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to.clone()))
        // A name in it may hold anything: a header is one line.
        .subject(said(&words.title, &[]))
        .date(date)
        .message_id(Some(format!("<{message_id}@{}>", from.email.domain())))
        .raw_header(HeaderValue::new(submitted, "auto-generated".to_owned()))
        .multipart(text)
        .ok()?;
    Some(message.formatted())
}

fn plain(words: &Words, link: Option<&Url>) -> String {
    let lines = std::iter::once(&words.title).chain(&words.lines).map(String::as_str);
    let mut text = lines.collect::<Vec<_>>().join("\r\n");
    if let Some(link) = link {
        text.push_str("\r\n\r\n");
        text.push_str(link.as_str());
    }
    text.push_str("\r\n");
    text
}

fn html(words: &Words, link: Option<&Url>) -> String {
    let language = match words.language {
        Language::En => "en",
        Language::De => "de",
    };
    let title = escape(&words.title);
    let head = match link {
        Some(link) => format!("<a href=\"{}\" style=\"color:inherit\">{title}</a>", escape(link.as_str())),
        None => title.clone(),
    };
    let lines: String = words
        .lines
        .iter()
        .map(|line| format!("<p style=\"margin:0 0 8px\">{}</p>\r\n", escape(line)))
        .collect();
    format!(
        "<!doctype html>\r\n<html lang=\"{language}\"><head><meta charset=\"utf-8\"><title>{title}</title></head>\r\n\
         <body style=\"font-family:sans-serif;font-size:16px;line-height:1.5;max-width:40em\">\r\n\
         <h1 style=\"font-size:18px;margin:0 0 12px\">{head}</h1>\r\n{lines}</body></html>\r\n"
    )
}
