//! A mail server on a port of its own: takes every mail, for anybody, and lists it.

mod mime;
mod session;

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use tokio::net::TcpListener;
use tokio_util::task::TaskTracker;

use crate::app::App;

/// Takes a free port of an address.
pub(crate) fn bind(address: IpAddr) -> io::Result<TcpListener> {
    let listener = std::net::TcpListener::bind(SocketAddr::new(address, 0))?;
    listener.set_nonblocking(true)?;
    TcpListener::from_std(listener)
}

/// Accepts until the simulator stops; open connections end with it.
pub(crate) async fn run(listener: TcpListener, app: Arc<App>, tasks: TaskTracker) {
    loop {
        let accepted = tokio::select! {
            () = app.stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let app = Arc::clone(&app);
                tasks.spawn(async move {
                    let stop = app.stop.clone();
                    tokio::select! {
                        () = stop.cancelled() => {}
                        ended = session::run(stream, &app) => if let Err(error) = ended {
                            tracing::debug!(%error, "a mail connection ended early");
                        }
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "could not accept"),
        }
    }
}
