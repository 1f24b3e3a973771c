//! Accepts connections and answers them with the router; a handler may cut its connection off.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::{TcpListener, TcpStream};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tower::ServiceExt;

/// The knife for one connection: every request carries it as an extension.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cut(Arc<AtomicBool>);

impl Cut {
    /// The connection will be reset instead of answered.
    pub(crate) fn off(&self) {
        self.0.store(true, Ordering::Release);
    }

    fn is_off(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// Accepts until told to stop; open connections end with it.
pub(crate) async fn run(listener: TcpListener, router: Router, stop: CancellationToken, tasks: TaskTracker) {
    loop {
        let accepted = tokio::select! {
            () = stop.cancelled() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                let (router, stop) = (router.clone(), stop.clone());
                tasks.spawn(async move {
                    tokio::select! {
                        () = stop.cancelled() => {}
                        () = connection(stream, router) => {}
                    }
                });
            }
            Err(error) => tracing::warn!(%error, "could not accept"),
        }
    }
}

async fn connection(stream: TcpStream, router: Router) {
    let cut = Cut::default();
    let wire = Wire { stream, cut: cut.clone() };
    let service = service_fn(move |request: hyper::Request<Incoming>| {
        let (router, cut) = (router.clone(), cut.clone());
        async move {
            let mut request = request.map(Body::new);
            request.extensions_mut().insert(cut.clone());
            let Ok(response) = router.oneshot(request).await;
            if cut.is_off() { Err(io::Error::other("cut off")) } else { Ok(response) }
        }
    });
    let served = http1::Builder::new().serve_connection(TokioIo::new(wire), service).with_upgrades().await;
    if let Err(error) = served {
        tracing::debug!(%error, "a connection ended early");
    }
}

/// A connection that is reset, not closed, once it was cut.
struct Wire {
    stream: TcpStream,
    cut: Cut,
}

impl Drop for Wire {
    fn drop(&mut self) {
        if self.cut.is_off()
            && let Err(error) = self.stream.set_zero_linger()
        {
            tracing::debug!(%error, "closed instead of reset");
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buf: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buf)
    }
}

impl AsyncWrite for Wire {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, buf: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, buf)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}
