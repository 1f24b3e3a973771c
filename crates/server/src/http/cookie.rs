//! The session cookie: opaque, HttpOnly, one name per installation.

use axum::http::{HeaderMap, HeaderValue, header};
use sha2::{Digest, Sha256};

use crate::app::App;

const MAX_AGE_SECONDS: u32 = 400 * 86_400;

/// The cookie's name. Cookies ignore the port, so two installations on one host must not share it; only https may use
/// the `__Host-` name, and then no other name is read.
fn name(app: &App) -> String {
    let prefix = if app.config.is_https() { "__Host-" } else { "" };
    format!("{prefix}wakeful-{}", app.instance)
}

/// The credential that a browser showed. Where a cookie stands twice the first wins: the longer path comes first.
pub fn shown(app: &App, headers: &HeaderMap) -> Option<String> {
    let name = name(app);
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, _)| *key == name)
        .map(|(_, value)| value.to_owned())
}

/// What the store keeps of a credential: SHA-256 in hexadecimal.
pub fn hash(credential: &str) -> String {
    Sha256::digest(credential.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The header that hands the credential to the browser. It outlives the server's limits on purpose: the server then
/// says *idle_timeout* instead of the cookie vanishing.
pub fn hand_out(app: &App, credential: &str) -> Option<HeaderValue> {
    let secure = if app.config.is_https() { "; Secure" } else { "" };
    let name = name(app);
    let cookie =
        format!("{name}={credential}; Path=/; HttpOnly; SameSite=Lax; Max-Age={MAX_AGE_SECONDS}{secure}");
    HeaderValue::from_str(&cookie).ok()
}

/// The header that takes it back after a sign-out.
pub fn take_back(app: &App) -> Option<HeaderValue> {
    let secure = if app.config.is_https() { "; Secure" } else { "" };
    HeaderValue::from_str(&format!("{}=; Path=/; HttpOnly; SameSite=Lax; Max-Age=0{secure}", name(app))).ok()
}
