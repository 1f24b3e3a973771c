//! Whether a changing request comes from our own page (session.md §2).

use axum::http::{HeaderMap, header};
use url::Url;

use super::{error::ApiError, host};

/// What a changing request authenticated by the cookie must show: our header, and that our own page sent it.
///
/// # Errors
/// A sentence that says which of the two is missing.
pub fn own_page(headers: &HeaderMap, of_uri: Option<&str>) -> Result<(), ApiError> {
    marked(headers)?;
    match sec_fetch_site(headers) {
        Some("same-origin") => Ok(()),
        Some(_) => Err(ApiError::Csrf("Another site sent this request. Nothing was done.")),
        // Browsers send that header only to https and localhost; elsewhere the Origin tells.
        None if origin_is_own(headers, of_uri) == Some(true) => Ok(()),
        None => Err(ApiError::Csrf(
            "The request does not show that it comes from this site: it needs an Origin of this host.",
        )),
    }
}

/// What signing in needs: our header, and nothing that names another site. There is no cookie to misuse yet.
///
/// # Errors
/// A sentence that says what is missing.
pub fn not_foreign(headers: &HeaderMap, of_uri: Option<&str>) -> Result<(), ApiError> {
    marked(headers)?;
    not_named_foreign(headers, of_uri)
}

/// What signing in without our header needs, which no cookie answers: nothing that names another site.
///
/// # Errors
/// A sentence that says so.
pub fn not_named_foreign(headers: &HeaderMap, of_uri: Option<&str>) -> Result<(), ApiError> {
    let foreign = matches!(sec_fetch_site(headers), Some(site) if site != "same-origin" && site != "none");
    if foreign || origin_is_own(headers, of_uri) == Some(false) {
        return Err(ApiError::Csrf("Another site sent this request. Nothing was done."));
    }
    Ok(())
}

fn marked(headers: &HeaderMap) -> Result<(), ApiError> {
    let marked = headers.get("x-wakeful").is_some_and(|value| value == "1");
    if marked { Ok(()) } else { Err(ApiError::Csrf("The request needs the header X-Wakeful: 1.")) }
}

fn sec_fetch_site(headers: &HeaderMap) -> Option<&str> {
    headers.get("sec-fetch-site").map(|value| value.to_str().unwrap_or("unreadable"))
}

/// Whether the Origin's host and port equal the Host's; `None` without an Origin. The scheme does not count: behind a
/// TLS proxy ours is always plain http.
fn origin_is_own(headers: &HeaderMap, of_uri: Option<&str>) -> Option<bool> {
    let origin = headers.get(header::ORIGIN)?;
    let own = || {
        let origin = Url::parse(origin.to_str().ok()?).ok()?;
        let host = host::authority(headers, of_uri)?;
        let host = Url::parse(&format!("{}://{host}", origin.scheme())).ok()?;
        Some(
            origin.host_str()? == host.host_str()?
                && origin.port_or_known_default() == host.port_or_known_default(),
        )
    };
    Some(own().unwrap_or(false))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    fn accepted(pairs: &[(&'static str, &str)]) -> bool {
        own_page(&headers(pairs), None).is_ok()
    }

    #[test]
    fn the_cookie_alone_changes_nothing() {
        let ours = [("x-wakeful", "1"), ("host", "nas.local:8080")];
        assert!(!accepted(&ours));
        assert!(accepted(&[ours[0], ours[1], ("sec-fetch-site", "same-origin")]));
        assert!(accepted(&[ours[0], ours[1], ("origin", "http://nas.local:8080")]));
        assert!(accepted(&[
            ours[0],
            ("host", "wakeful.example.net"),
            ("origin", "https://wakeful.example.net")
        ]));
        assert!(!accepted(&[ours[1], ("sec-fetch-site", "same-origin")]), "without our header");
    }

    #[test]
    fn another_site_is_refused_however_it_looks() {
        let ours = [("x-wakeful", "1"), ("host", "nas.local:8080")];
        for (name, value) in [
            ("sec-fetch-site", "cross-site"),
            ("sec-fetch-site", "same-site"),
            ("sec-fetch-site", "none"),
            ("origin", "http://nas.local"),
            ("origin", "http://nas.local:8081"),
            ("origin", "http://nas.local.evil.example.org:8080"),
            ("origin", "null"),
        ] {
            assert!(!accepted(&[ours[0], ours[1], (name, value)]), "{name}: {value}");
        }
        let both = [ours[0], ours[1], ("sec-fetch-site", "cross-site"), ("origin", "http://nas.local:8080")];
        assert!(!accepted(&both), "Sec-Fetch-Site cannot be written by a page and wins");
    }

    #[test]
    fn signing_in_works_without_a_browser_and_not_from_another_site() {
        let script = headers(&[("x-wakeful", "1"), ("host", "127.0.0.1:8080")]);
        assert!(not_foreign(&script, None).is_ok());
        let foreign = headers(&[
            ("x-wakeful", "1"),
            ("host", "127.0.0.1:8080"),
            ("origin", "https://evil.example.org"),
        ]);
        assert!(not_foreign(&foreign, None).is_err());
    }
}
