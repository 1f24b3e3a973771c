//! How long an answer asks us to wait before we ask again.

use std::time::Duration;

use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};

/// What `Retry-After` says: seconds, or a date, which is read against the answer's own `Date`, so that nobody's wall
/// clock matters. Whoever uses it bounds it.
#[must_use]
pub fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let asked = text(RETRY_AFTER)?;
    match asked.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let until = httpdate::parse_http_date(asked).ok()?;
            let said_at = httpdate::parse_http_date(text(DATE)?).ok()?;
            Some(until.duration_since(said_at).unwrap_or_default())
        }
    }
}
