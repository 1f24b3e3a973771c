//! The cookies: the session's, opaque and HttpOnly, and the one by which a browser is known to have signed in before.
//! Each is under 200 bytes, and their names are this installation's alone.

use axum::http::{HeaderMap, HeaderValue, header};

use crate::app::App;

const MAX_AGE_SECONDS: u32 = 400 * 86_400;

/// Cookies ignore the port, so two installations on one host must not share a name; only https may use the `__Host-`
/// names, and then no other name is read.
fn name(app: &App, middle: &str) -> String {
    let prefix = if app.config.is_https() { "__Host-" } else { "" };
    format!("{prefix}wakeful-{middle}{}", app.instance)
}

/// The session credential that a browser showed. Where a cookie stands twice the first wins: the longer path comes first.
pub fn shown(app: &App, headers: &HeaderMap) -> Option<String> {
    find(headers, &name(app, ""))
}

/// The value of the cookie *known*.
pub fn known(app: &App, headers: &HeaderMap) -> Option<String> {
    find(headers, &name(app, "known-"))
}

fn find(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// The header that hands the session credential to the browser. It outlives the server's limits on purpose: the server
/// then says *idle_timeout* instead of the cookie vanishing.
pub fn hand_out(app: &App, credential: &str) -> Option<HeaderValue> {
    set(app, &name(app, ""), credential, MAX_AGE_SECONDS)
}

/// The header that lets a browser be known again. It is no credential.
pub fn hand_out_known(app: &App, value: &str) -> Option<HeaderValue> {
    set(app, &name(app, "known-"), value, MAX_AGE_SECONDS)
}

/// The header that takes the session credential back after a sign-out.
pub fn take_back(app: &App) -> Option<HeaderValue> {
    set(app, &name(app, ""), "", 0)
}

/// Headers that take back what this installation set before it had its https URL: two credentials in one jar are one too
/// many. Nothing of another installation is touched.
pub fn take_back_old(app: &App, headers: &HeaderMap) -> Vec<HeaderValue> {
    if !app.config.is_https() {
        return Vec::new();
    }
    let names = ["", "known-"].map(|middle| format!("wakeful-{middle}{}", app.instance));
    let shown = names.into_iter().filter(|name| find(headers, name).is_some());
    shown.filter_map(|name| set(app, &name, "", 0)).collect()
}

fn set(app: &App, name: &str, value: &str, max_age: u32) -> Option<HeaderValue> {
    let secure = if app.config.is_https() { "; Secure" } else { "" };
    let cookie = format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax; Max-Age={max_age}{secure}");
    HeaderValue::from_str(&cookie).ok()
}
