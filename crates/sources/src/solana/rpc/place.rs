//! Where an endpoint is, and what may be said about it: providers put their keys into the URL.

use std::time::Duration;

use domain::why::Why;
use outbound::{Cause, retry_after};
use reqwest::{StatusCode, header::HeaderMap};
use url::Url;

use super::RpcError;
use crate::solana::answer::AnswerError;

/// An endpoint's URL with what is secret in it.
pub(in crate::solana) struct Place {
    url: Url,
    name: String,
    secrets: Vec<String>,
}

/// Why a text cannot be an RPC endpoint. It does not repeat the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum UrlError {
    /// It is no URL.
    #[error("this is no URL")]
    NotAUrl,
    /// Neither http nor https, or without a host.
    #[error("an RPC endpoint's URL starts with https:// (or http://) and names a host")]
    NotHttp,
    /// Neither ws nor wss, or without a host.
    #[error("a push endpoint's URL starts with wss:// (or ws://) and names a host")]
    NotWs,
}

/// Parts shorter than this occur in honest words too ("v1", "rpc").
const SHORTEST_SECRET: usize = 6;
const LONGEST_DETAIL: usize = 200;
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

impl Place {
    pub(in crate::solana) fn parse(text: &str) -> Result<Self, UrlError> {
        Self::of(text, ["http", "https"], UrlError::NotHttp)
    }

    /// The same for a push endpoint, ws or wss.
    pub(in crate::solana) fn parse_push(text: &str) -> Result<Self, UrlError> {
        Self::of(text, ["ws", "wss"], UrlError::NotWs)
    }

    fn of(text: &str, schemes: [&str; 2], otherwise: UrlError) -> Result<Self, UrlError> {
        let url = Url::parse(text).map_err(|_| UrlError::NotAUrl)?;
        if !schemes.contains(&url.scheme()) || url.host_str().is_none() {
            return Err(otherwise);
        }
        let parts = url.path().split('/').chain(url.query()).chain([url.username()]).chain(url.password());
        let values = url.query_pairs().map(|(_, value)| value.into_owned());
        let mut secrets: Vec<String> =
            parts.map(str::to_owned).chain(values).filter(|part| part.len() >= SHORTEST_SECRET).collect();
        // The longest first: a part of a secret must not hide the whole of it from the search.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Ok(Self { name: url.origin().ascii_serialization(), url, secrets })
    }

    pub(in crate::solana) fn url(&self) -> Url {
        self.url.clone()
    }

    pub(in crate::solana) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn error(&self, why: Why, words: &str) -> RpcError {
        RpcError { why, detail: self.detail(words), retry_after: None, code: None }
    }

    /// The endpoint's name and what happened there, on one line without its key.
    pub(in crate::solana) fn detail(&self, words: &str) -> String {
        // Cut before it is searched: a hostile message may be as long as a body. A secret across the cut is lost too.
        let mut words: String =
            words.chars().filter(|c| !c.is_control()).take(LONGEST_DETAIL.saturating_mul(4)).collect();
        for secret in &self.secrets {
            words = words.replace(secret.as_str(), "…");
        }
        format!("{}: {words}", self.name).chars().take(LONGEST_DETAIL).collect()
    }

    /// A request that did not get through.
    pub(super) fn broken(&self, error: &reqwest::Error) -> RpcError {
        let (cause, words) = Cause::of(error);
        let why = if cause == Cause::Timeout { Why::RpcTimeout } else { Why::RpcUnreachable };
        self.error(why, &format!("{cause}: {words}"))
    }

    /// Another HTTP status than 200.
    pub(super) fn status(&self, status: StatusCode, headers: &HeaderMap) -> RpcError {
        let why = match status {
            StatusCode::TOO_MANY_REQUESTS => Why::RpcThrottled,
            status if status.is_redirection() => Why::RpcRedirect,
            _ => Why::RpcHttpError,
        };
        RpcError {
            retry_after: retry_after(headers).map(|wait| wait.min(LONGEST_WAIT)),
            ..self.error(why, &format!("HTTP {}", status.as_u16()))
        }
    }

    /// An answer that is no result.
    pub(super) fn misread(&self, error: &AnswerError) -> RpcError {
        let (why, code) = match error {
            AnswerError::Garbage(_) => (Why::RpcGarbage, None),
            AnswerError::TooLarge => (Why::RpcTooLarge, None),
            AnswerError::Refused { code, .. } => (refusal(*code), Some(*code)),
        };
        RpcError { code, ..self.error(why, &error.to_string()) }
    }
}

/// What a JSON-RPC error's code means. Some providers throttle with HTTP status 200.
const fn refusal(code: i64) -> Why {
    match code {
        429 => Why::RpcThrottled,
        super::BEHIND => Why::RpcStale,
        _ => Why::RpcError,
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::{DATE, RETRY_AFTER};

    use super::*;

    fn place(url: &str) -> Place {
        Place::parse(url).unwrap()
    }

    #[test]
    fn the_name_holds_no_key() {
        let place = place("https://user:passw0rd@rpc.example.net:8443/v2/k3yk3yk3y?api-key=s3cr3ts");
        assert_eq!(place.name(), "https://rpc.example.net:8443");
    }

    #[test]
    fn a_key_in_the_servers_words_is_struck_out() {
        let place = place("https://user:passw0rd@rpc.example.net/v2/k3yk3yk3y?api-key=s3cr3ts");
        let words = "no v2 plan for k3yk3yk3y or s3cr3ts (api-key=s3cr3ts), passw0rd\n";
        assert_eq!(
            place.error(Why::RpcError, words).detail,
            "https://rpc.example.net: no v2 plan for … or … (…), …"
        );
    }

    #[test]
    fn the_detail_is_one_short_line() {
        let detail =
            place("https://rpc.example.net").error(Why::RpcError, &"x\n\u{1b}".repeat(1_000_000)).detail;
        assert_eq!(detail.chars().count(), LONGEST_DETAIL);
        assert!(!detail.contains(char::is_control));
    }

    #[test]
    fn a_text_that_is_no_endpoint_is_not_repeated() {
        assert_eq!(Place::parse("s3cr3t").err(), Some(UrlError::NotAUrl));
        assert_eq!(Place::parse("ws://rpc.example.net").err(), Some(UrlError::NotHttp));
    }

    #[test]
    fn a_throttling_endpoint_says_how_long_and_is_believed_up_to_an_hour() {
        let wait = |text: &str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, text.parse().unwrap())]);
            let error = place("https://rpc.example.net").status(StatusCode::TOO_MANY_REQUESTS, &headers);
            assert_eq!(error.why, Why::RpcThrottled);
            error.retry_after
        };
        assert_eq!(wait("2"), Some(Duration::from_secs(2)));
        assert_eq!(wait("99999999999"), Some(LONGEST_WAIT));
        assert_eq!(wait("-1"), None);
        assert_eq!(
            wait("Fri, 31 Dec 1999 23:59:59 GMT"),
            None,
            "without its own date the answer's clock is unknown"
        );
    }

    #[test]
    fn a_date_is_read_by_the_answers_own_clock() {
        let wait = |until: &str| {
            let date = (DATE, "Fri, 31 Dec 1999 23:59:29 GMT".parse().unwrap());
            let headers = HeaderMap::from_iter([date, (RETRY_AFTER, until.parse().unwrap())]);
            place("https://rpc.example.net").status(StatusCode::TOO_MANY_REQUESTS, &headers).retry_after
        };
        assert_eq!(wait("Fri, 31 Dec 1999 23:59:59 GMT"), Some(Duration::from_secs(30)));
        assert_eq!(wait("Fri, 31 Dec 1999 23:00:00 GMT"), Some(Duration::ZERO));
        assert_eq!(wait("Sat, 01 Jan 2000 23:59:59 GMT"), Some(LONGEST_WAIT));
        assert_eq!(wait("soon"), None);
    }

    #[test]
    fn each_status_has_its_reason() {
        let why = |status: u16| {
            let status = StatusCode::from_u16(status).unwrap();
            place("https://rpc.example.net").status(status, &HeaderMap::new()).why
        };
        assert_eq!(
            [302, 429, 403, 500, 204].map(why),
            [Why::RpcRedirect, Why::RpcThrottled, Why::RpcHttpError, Why::RpcHttpError, Why::RpcHttpError,]
        );
    }
}
