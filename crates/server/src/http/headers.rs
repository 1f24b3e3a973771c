//! The headers of every answer: what a page of ours may do, and what must never be stored.

use axum::{
    http::{HeaderName, HeaderValue, header},
    response::Response,
};

/// No inline script, nothing from elsewhere, no frame, and no string becomes markup except through Svelte's own policy,
/// nor a worker except through ours, which knows one file.
pub const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
font-src 'self'; connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; base-uri 'none'; \
form-action 'self'; require-trusted-types-for 'script'; trusted-types svelte-trusted-html wakeful-worker";

/// Every answer: no guessing of types, nothing told to other sites, nothing embedded elsewhere.
const EVERY: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What only a page can do.
const PAGE: [(HeaderName, &str); 3] = [
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (
        HeaderName::from_static("permissions-policy"),
        "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// An answer of the API is no page: opened as one it may do nothing at all. One that says nothing about caching is never
/// stored.
const API: [(HeaderName, &str); 2] = [
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::CACHE_CONTROL, "no-store"),
];

/// Adds them to an answer; what a handler said itself stands.
pub fn add(response: &mut Response, is_api: bool) {
    let headers = response.headers_mut();
    let own: &[(HeaderName, &str)] = if is_api { &API } else { &PAGE };
    for (name, value) in EVERY.iter().chain(own) {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
