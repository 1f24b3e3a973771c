//! The one way out, for whoever reads facts or sends words: how clients are built, how a body is read up to a cap, and
//! why a request failed.

mod cause;
mod guard;
mod guarded;
mod names;
mod roots;
mod wait;

use std::time::Duration;

pub use cause::Cause;
pub use guard::{Guard, PrivateAddress};
pub use guarded::Guarded;
use names::Names;
pub use roots::Roots;
pub use wait::retry_after;

/// For the name, the connection and TLS. Less than any call that changes something may take, so that a request whose time
/// ran out is known to have had its connection.
const CONNECTING: Duration = Duration::from_secs(10);

/// The client for what the operator configured (an RPC endpoint may well stand at home): connections are pooled,
/// redirects are not followed, nothing is inflated, no proxy is taken from the environment. Timeouts and caps belong to
/// each call.
///
/// The process must have installed a rustls provider (`rustls::crypto::ring::default_provider().install_default()`).
///
/// # Errors
/// The host has no root certificates.
///
/// # Panics
/// There is no rustls provider.
pub fn client() -> Result<reqwest::Client, reqwest::Error> {
    client_trusting(&Roots::default())
}

/// The same client with certificates that are trusted beside the machine's.
///
/// # Errors
/// The host has no root certificates, or one of these is none.
pub fn client_trusting(roots: &Roots) -> Result<reqwest::Client, reqwest::Error> {
    builder(Names { lookup: names::system(), guard: None }).tls_certs_merge(roots.for_http()?).build()
}

fn builder(names: Names) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("wakeful/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .referer(false)
        .no_proxy()
        .connect_timeout(CONNECTING)
        .dns_resolver(names)
}

/// Why a body was not read to its end.
#[derive(Debug)]
pub enum BodyError {
    /// It is longer than the cap.
    TooLarge,
    /// The connection broke.
    Broken(reqwest::Error),
}

/// Reads a body as it comes, up to `most` bytes.
///
/// # Errors
/// It is longer, or the connection broke.
pub async fn body(mut response: reqwest::Response, most: usize) -> Result<Vec<u8>, BodyError> {
    let announced =
        response.content_length().map_or(0, |length| usize::try_from(length).unwrap_or(usize::MAX));
    if announced > most {
        return Err(BodyError::TooLarge);
    }
    // An announcement is no reason to allocate: it may be all that ever comes.
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(BodyError::Broken)? {
        if chunk.len() > most - body.len() {
            return Err(BodyError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
