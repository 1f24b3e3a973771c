//! A real server on a port of the kernel's that says exactly what a test tells it to.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use domain::time::Timestamp;
use outbound::{Guard, Guarded};
use sources::solana::{Limits, Rpc};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

/// What is said to one request.
#[derive(Clone)]
pub enum Reply {
    /// These bytes, then the connection is closed.
    Bytes(Vec<u8>),
    /// 200 and a body that never ends.
    Endless,
    /// The connection is reset.
    Reset,
    /// Nothing, for ever.
    Hang,
}

/// A running server; it stops when this is dropped.
pub struct Served {
    pub url: String,
    /// Bytes written so far.
    pub written: Arc<AtomicUsize>,
    tasks: JoinSet<()>,
}

impl Served {
    /// `reply` gets each request whole: head and body.
    pub async fn start(reply: impl Fn(&str) -> Reply + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let written = Arc::new(AtomicUsize::new(0));
        let mut tasks = JoinSet::new();
        let (reply, count) = (Arc::new(reply), Arc::clone(&written));
        tasks.spawn(async move {
            let mut connections = JoinSet::new();
            while let Ok((stream, _)) = listener.accept().await {
                let (reply, count) = (Arc::clone(&reply), Arc::clone(&count));
                connections.spawn(async move { answer(stream, &*reply, &count).await });
            }
        });
        Self { url, written, tasks }
    }

    /// When this returns, nobody listens there any more.
    pub async fn stop(mut self) {
        self.tasks.shutdown().await;
    }

    pub fn rpc(&self, limits: Limits) -> Rpc {
        Rpc::new(&self.url, client(), limits).unwrap()
    }
}

async fn answer(mut stream: TcpStream, reply: &(dyn Fn(&str) -> Reply + Send + Sync), count: &AtomicUsize) {
    match reply(&request(&mut stream).await) {
        Reply::Bytes(bytes) => {
            count.fetch_add(bytes.len(), Ordering::Relaxed);
            let _ = stream.write_all(&bytes).await;
            let _ = stream.shutdown().await;
        }
        Reply::Endless => {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n\r\n{\"x\":\"";
            let _ = stream.write_all(head.as_bytes()).await;
            while stream.write_all(&[b'A'; 64 * 1024]).await.is_ok() {
                count.fetch_add(64 * 1024, Ordering::Relaxed);
            }
        }
        Reply::Reset => stream.set_zero_linger().unwrap(),
        Reply::Hang => std::future::pending().await,
    }
}

async fn request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut piece = [0; 16 * 1024];
    loop {
        let read = stream.read(&mut piece).await.unwrap_or(0);
        bytes.extend_from_slice(&piece[..read]);
        let text = String::from_utf8_lossy(&bytes);
        // A TLS handshake has no end that this server would know.
        let tls = bytes.starts_with(&[0x16]);
        if tls
            || read == 0
            || text.split_once("\r\n\r\n").is_some_and(|(head, body)| body.len() >= length(head))
        {
            return text.into_owned();
        }
    }
}

fn length(head: &str) -> usize {
    let lower = head.to_lowercase();
    let line = lower.lines().find_map(|line| line.strip_prefix("content-length:"));
    line.map_or(0, |length| length.trim().parse().unwrap())
}

/// An answer of this status, with these further header lines.
pub fn with_status(status: &str, headers: &str, body: &[u8]) -> Reply {
    let head =
        format!("HTTP/1.1 {status}\r\n{headers}content-length: {}\r\nconnection: close\r\n\r\n", body.len());
    Reply::Bytes([head.as_bytes(), body].concat())
}

/// 200 and JSON, as a validator says it.
pub fn json(body: &str) -> Reply {
    with_status("200 OK", "content-type: application/json; charset=utf-8\r\n", body.as_bytes())
}

/// The client that the program uses.
pub fn client() -> reqwest::Client {
    // Only the first test of a process is the first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    outbound::client().unwrap()
}

/// The client for nodes' endpoints, allowed to reach the servers of these tests.
pub fn guarded() -> Guarded {
    let _ = rustls::crypto::ring::default_provider().install_default();
    Guarded::new(Guard::new(vec!["127.0.0.1/32".parse().unwrap()])).unwrap()
}

/// Limits under which nothing honest fails, however busy the machine is.
pub fn patient() -> Limits {
    Limits { timeout: Duration::from_secs(30), body: 1024 * 1024, slot_wait: Duration::from_millis(10) }
}

/// Limits under which a test of a timeout is short.
pub fn quick() -> Limits {
    Limits { timeout: Duration::from_millis(300), ..patient() }
}

pub const fn at(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(seconds)
}
