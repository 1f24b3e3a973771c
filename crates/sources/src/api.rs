//! One of the network's HTTP APIs at one or several addresses, asked in the order of their health.

use std::{
    sync::{Mutex, PoisonError},
    time::Duration,
};

use domain::{time::Timestamp, why::Why};
use outbound::{BodyError, Cause};
use reqwest::{StatusCode, header};
use url::Url;

/// What one call may cost.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// From the request to the last byte of the answer.
    pub timeout: Duration,
    /// The longest answer, in bytes.
    pub body: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { timeout: Duration::from_secs(15), body: 2 * 1024 * 1024 }
    }
}

/// Why nothing was read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{why}: {detail}")]
pub struct ApiError {
    /// The code.
    pub why: Why,
    /// For the log. It never holds a URL.
    pub detail: String,
    /// When an address that throttles us may be asked again.
    pub again: Option<Timestamp>,
}

/// A text that is no base URL.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is no http or https URL")]
pub struct NotAUrl;

/// The addresses and how each of them is.
pub struct Api {
    client: reqwest::Client,
    limits: Limits,
    bases: Vec<Base>,
}

struct Base {
    url: Url,
    health: Mutex<Health>,
}

/// How an address answered last.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
struct Health {
    failures: u32,
    rests_until: Option<Timestamp>,
}

const SHORTEST_REST: Duration = Duration::from_secs(1);
const LONGEST_REST: Duration = Duration::from_secs(3_600);
/// A throttling address that does not say for how long.
const USUAL_REST: Duration = Duration::from_secs(60);

impl Api {
    pub(crate) fn new(urls: &[String], client: reqwest::Client, limits: Limits) -> Result<Self, NotAUrl> {
        let bases: Result<Vec<Base>, NotAUrl> = urls.iter().map(|url| Base::parse(url)).collect();
        Ok(Self { client, limits, bases: bases? })
    }

    /// Asks for `path` and reads the answer with `read`, at one address after the other until one can be read. An answer
    /// that `read` refuses counts as a failure of its address: somebody else may answer in its place.
    pub(crate) async fn get<T>(
        &self,
        path: &str,
        now: &impl Fn() -> Timestamp,
        read: impl Fn(&[u8]) -> Result<T, String>,
    ) -> Result<T, ApiError> {
        let mut failure = None;
        for base in self.by_health(now()) {
            let rests = base.health().rests_until.filter(|until| *until > now());
            if let Some(until) = rests {
                let detail = "it asked us to wait".to_owned();
                failure = failure.or(Some(ApiError { why: Why::ApiThrottled, detail, again: Some(until) }));
                continue;
            }
            let answer = tokio::time::timeout(self.limits.timeout, self.ask(base, path, now)).await;
            let timed_out = || Err(ApiError::new(Why::ApiTimeout, "it did not answer in time"));
            let value = answer.unwrap_or_else(|_| timed_out()).and_then(|body| {
                read(&body).map_err(|detail| ApiError { why: Why::ApiGarbage, detail, again: None })
            });
            base.note(value.as_ref().err());
            match value {
                Ok(value) => return Ok(value),
                Err(error) => failure = Some(error),
            }
        }
        Err(failure.unwrap_or_else(|| ApiError::new(Why::ApiUnreachable, "there is no address to ask")))
    }

    /// Those that work before those that failed, in the order of the configuration.
    fn by_health(&self, now: Timestamp) -> Vec<&Base> {
        let mut bases: Vec<&Base> = self.bases.iter().collect();
        bases.sort_by_key(|base| {
            let health = base.health();
            (health.rests_until.is_some_and(|until| until > now), health.failures)
        });
        bases
    }

    async fn ask(&self, base: &Base, path: &str, now: &impl Fn() -> Timestamp) -> Result<Vec<u8>, ApiError> {
        let request = self.client.get(base.at(path));
        let failed = |error: &reqwest::Error| {
            let (cause, words) = Cause::of(error);
            let why = if cause == Cause::Timeout { Why::ApiTimeout } else { Why::ApiUnreachable };
            ApiError::new(why, &words)
        };
        let response = request.send().await.map_err(|error| failed(&error))?;
        let status = response.status();
        if status == StatusCode::TOO_MANY_REQUESTS {
            let asked = response.headers().get(header::RETRY_AFTER).and_then(|value| value.to_str().ok());
            let rest =
                asked.and_then(|text| text.trim().parse().ok()).map_or(USUAL_REST, Duration::from_secs);
            let again = now().plus(rest.clamp(SHORTEST_REST, LONGEST_REST));
            return Err(ApiError { again: Some(again), ..ApiError::new(Why::ApiThrottled, "HTTP 429") });
        }
        if status != StatusCode::OK {
            return Err(ApiError::new(Why::ApiHttpError, &format!("HTTP {}", status.as_u16())));
        }
        outbound::body(response, self.limits.body).await.map_err(|error| match error {
            BodyError::TooLarge => ApiError::new(Why::ApiGarbage, "the answer is longer than any honest one"),
            BodyError::Broken(error) => failed(&error),
        })
    }
}

impl ApiError {
    fn new(why: Why, detail: &str) -> Self {
        Self { why, detail: detail.to_owned(), again: None }
    }
}

impl Base {
    fn parse(text: &str) -> Result<Self, NotAUrl> {
        let url = Url::parse(text.trim_end_matches('/')).map_err(|_| NotAUrl)?;
        let usable = matches!(url.scheme(), "http" | "https") && url.host_str().is_some();
        usable.then(|| Self { url, health: Mutex::default() }).ok_or(NotAUrl)
    }

    /// The path below the base; what follows a `?` is the query.
    fn at(&self, path: &str) -> Url {
        let (path, query) = path.split_once('?').map_or((path, None), |(path, query)| (path, Some(query)));
        let mut url = self.url.clone();
        url.set_path(&format!("{}{path}", self.url.path().trim_end_matches('/')));
        url.set_query(query);
        url
    }

    fn health(&self) -> Health {
        *self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn note(&self, error: Option<&ApiError>) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        *health = match error {
            None => Health::default(),
            Some(error) => Health { failures: health.failures.saturating_add(1), rests_until: error.again },
        };
    }
}

impl std::fmt::Debug for Api {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hosts: Vec<_> = self.bases.iter().map(|base| base.url.origin().ascii_serialization()).collect();
        f.debug_tuple("Api").field(&hosts).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_may_have_a_path_of_its_own() {
        let at = |base: &str, path| Base::parse(base).unwrap().at(path).to_string();
        assert_eq!(at("https://host.example.net", "/markets/"), "https://host.example.net/markets/");
        assert_eq!(
            at("https://old.example.net/api/", "/jobs/?limit=1"),
            "https://old.example.net/api/jobs/?limit=1"
        );
        assert!(Base::parse("ftp://example.net").is_err());
        assert!(Base::parse("example").is_err());
    }
}
