//! How host names become addresses. A failure keeps its own type, so that it can be told from a refused connection.
//!
//! This is also where names that lead to private networks will be turned away.

use std::{io, net::SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The system's resolver.
pub(super) struct Names;

/// A host name that does not resolve.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(super) struct NotResolved(io::Error);

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // The port is the URL's; reqwest fills it in.
            let found: Vec<SocketAddr> =
                tokio::net::lookup_host((name.as_str(), 0)).await.map_err(NotResolved)?.collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
