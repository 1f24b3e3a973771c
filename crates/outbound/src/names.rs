//! How host names become addresses. A failure keeps its own type, so that it can be told from a refused connection.
//!
//! Guarded names are judged here, on the very addresses that the connection is then made to: a name that answers
//! something else the next time is judged anew.

use std::{io, net::SocketAddr, sync::Arc};

use futures_util::future::BoxFuture;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::guard::{Guard, PrivateAddress};

/// Asks for a name's addresses; the port is the URL's, reqwest fills it in.
pub(crate) type Lookup = Arc<dyn Fn(String) -> BoxFuture<'static, io::Result<Vec<SocketAddr>>> + Send + Sync>;

/// A resolver; guarded, it leaves out what may not be reached.
pub(crate) struct Names {
    pub(crate) lookup: Lookup,
    pub(crate) guard: Option<Guard>,
}

/// A host name that does not resolve.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct NotResolved(io::Error);

/// The system's resolver.
pub(crate) fn system() -> Lookup {
    Arc::new(|name| Box::pin(async move { Ok(tokio::net::lookup_host((name, 0)).await?.collect()) }))
}

impl Resolve for Names {
    fn resolve(&self, name: Name) -> Resolving {
        let (found, guard) = ((self.lookup)(name.as_str().to_owned()), self.guard.clone());
        Box::pin(async move {
            let mut found = found.await.map_err(NotResolved)?;
            if let Some(guard) = guard {
                found.retain(|address| guard.permits(address.ip()));
                if found.is_empty() {
                    return Err(PrivateAddress.into());
                }
            }
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
