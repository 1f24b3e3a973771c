//! Where an endpoint is, and what may be said about it: providers put their keys into the URL.

use std::time::Duration;

use domain::why::Why;
use reqwest::{
    StatusCode,
    header::{HeaderMap, RETRY_AFTER},
};
use url::Url;

use super::RpcError;
use crate::{http::Cause, solana::answer::AnswerError};

/// An endpoint's URL with what is secret in it.
pub(super) struct Place {
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
}

/// Parts shorter than this occur in honest words too ("v1", "rpc").
const SHORTEST_SECRET: usize = 6;
const LONGEST_DETAIL: usize = 200;
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

impl Place {
    pub(super) fn parse(text: &str) -> Result<Self, UrlError> {
        let url = Url::parse(text).map_err(|_| UrlError::NotAUrl)?;
        if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
            return Err(UrlError::NotHttp);
        }
        let parts = url.path().split('/').chain(url.query()).chain([url.username()]).chain(url.password());
        let values = url.query_pairs().map(|(_, value)| value.into_owned());
        let mut secrets: Vec<String> =
            parts.map(str::to_owned).chain(values).filter(|part| part.len() >= SHORTEST_SECRET).collect();
        // The longest first: a part of a secret must not hide the whole of it from the search.
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.len()));
        Ok(Self { name: url.origin().ascii_serialization(), url, secrets })
    }

    pub(super) fn url(&self) -> Url {
        self.url.clone()
    }

    pub(super) fn name(&self) -> &str {
        &self.name
    }

    pub(super) fn error(&self, why: Why, words: &str) -> RpcError {
        // Cut before it is searched: a hostile message may be as long as a body. A secret across the cut is lost too.
        let mut words: String =
            words.chars().filter(|c| !c.is_control()).take(LONGEST_DETAIL.saturating_mul(4)).collect();
        for secret in &self.secrets {
            words = words.replace(secret.as_str(), "…");
        }
        let detail = format!("{}: {words}", self.name).chars().take(LONGEST_DETAIL).collect();
        RpcError { why, detail, retry_after: None, code: None }
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
        let seconds = headers.get(RETRY_AFTER).and_then(|value| value.to_str().ok()?.trim().parse().ok());
        let retry_after = seconds.map(|seconds| Duration::from_secs(seconds).min(LONGEST_WAIT));
        RpcError { retry_after, ..self.error(why, &format!("HTTP {}", status.as_u16())) }
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
