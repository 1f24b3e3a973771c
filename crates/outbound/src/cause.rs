//! Why a request failed, told apart by walking down the error's sources.

use std::{error::Error, fmt, io};

use crate::{guard::PrivateAddress, names::NotResolved};

/// What went wrong on the way.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Cause {
    /// The host's name does not resolve, or the URL cannot be used.
    NoAddress,
    /// The host's name leads to a private network, where we do not go.
    Private,
    /// We ourselves cannot open one more connection: no descriptor, port or memory left. It proves nothing of others.
    Exhausted,
    /// Nobody accepts connections there, or there is no way to it.
    Refused,
    /// The connection broke.
    Reset,
    /// TLS failed.
    Tls,
    /// It took too long.
    Timeout,
}

/// ENFILE, EMFILE, ENOBUFS on Linux: the standard library has no kinds for them.
const OURS: [i32; 3] = [23, 24, 105];

impl Cause {
    /// The cause of a failed request, and the innermost error's words. They never hold the URL.
    #[must_use]
    pub fn of(error: &reqwest::Error) -> (Self, String) {
        let (cause, words) = walk(error);
        let fallback = if error.is_builder() { Self::NoAddress } else { Self::Reset };
        let cause = if error.is_timeout() { Self::Timeout } else { cause.unwrap_or(fallback) };
        (cause, words.unwrap_or_else(|| cause.to_string()))
    }

    fn of_one(error: &(dyn Error + 'static)) -> Option<Self> {
        if error.is::<NotResolved>() {
            return Some(Self::NoAddress);
        }
        if error.is::<PrivateAddress>() {
            return Some(Self::Private);
        }
        if error.is::<rustls::Error>() {
            return Some(Self::Tls);
        }
        let error = error.downcast_ref::<io::Error>()?;
        if error.raw_os_error().is_some_and(|code| OURS.contains(&code)) {
            return Some(Self::Exhausted);
        }
        match error.kind() {
            io::ErrorKind::AddrNotAvailable | io::ErrorKind::OutOfMemory => Some(Self::Exhausted),
            io::ErrorKind::TimedOut => Some(Self::Timeout),
            io::ErrorKind::ConnectionRefused
            | io::ErrorKind::HostUnreachable
            | io::ErrorKind::NetworkUnreachable
            | io::ErrorKind::PermissionDenied => Some(Self::Refused),
            _ => None,
        }
    }
}

/// The first cause that is plain, and the words of the innermost error.
fn walk(error: &reqwest::Error) -> (Option<Cause>, Option<String>) {
    let (mut cause, mut words) = (None, None);
    let mut next = error.source();
    while let Some(error) = next {
        cause = cause.or_else(|| Cause::of_one(error));
        words = Some(error.to_string());
        // An I/O error steps over the error that it wraps.
        let wrapped = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        next = wrapped.map(|inner| inner as &(dyn Error + 'static)).or_else(|| error.source());
    }
    (cause, words)
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::NoAddress => "no address",
            Self::Private => "a private address",
            Self::Exhausted => "no connection can be opened here",
            Self::Refused => "connection refused",
            Self::Reset => "connection broken",
            Self::Tls => "TLS failed",
            Self::Timeout => "timed out",
        })
    }
}
