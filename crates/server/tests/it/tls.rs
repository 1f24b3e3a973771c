//! A front that ends TLS before a plain server, with an authority of its own.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio::{
    net::{TcpListener, TcpStream},
    task::JoinSet,
};
use tokio_rustls::{TlsAcceptor, rustls};

/// An authority and a certificate of `localhost` that it gave.
pub struct Front {
    root: CertificateDer<'static>,
    config: Arc<rustls::ServerConfig>,
}

/// A front that stands before a server; it falls when this is dropped.
pub struct Standing {
    port: u16,
    connections: Arc<AtomicUsize>,
    _tasks: JoinSet<()>,
}

impl Front {
    pub fn new() -> Self {
        let mut authority = CertificateParams::new(Vec::new()).unwrap();
        authority.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let authority = CertifiedIssuer::self_signed(authority, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let leaf = CertificateParams::new(vec!["localhost".to_owned()]).unwrap();
        let leaf = leaf.signed_by(&key, &authority).unwrap();
        let key = PrivateKeyDer::Pkcs8(key.serialize_der().into());
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = rustls::ServerConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![leaf.der().clone()], key)
            .unwrap();
        Self { root: authority.der().clone(), config: Arc::new(config) }
    }

    /// What one must trust to believe it.
    pub fn root(&self) -> Vec<u8> {
        self.root.to_vec()
    }

    /// Stands before the server of a plain URL.
    pub fn before(&self, url: &str) -> Standing {
        let behind = url.parse::<reqwest::Url>().unwrap().socket_addrs(|| None).unwrap().remove(0);
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let (listener, port) = (
            TcpListener::from_std(listener.try_clone().unwrap()).unwrap(),
            listener.local_addr().unwrap().port(),
        );
        let (acceptor, connections) = (TlsAcceptor::from(self.config.clone()), Arc::new(AtomicUsize::new(0)));
        let count = connections.clone();
        let mut tasks = JoinSet::new();
        tasks.spawn(async move {
            let mut each = JoinSet::new();
            while let Ok((socket, _)) = listener.accept().await {
                let (acceptor, count) = (acceptor.clone(), count.clone());
                each.spawn(async move {
                    let Ok(mut outside) = acceptor.accept(socket).await else { return };
                    count.fetch_add(1, Ordering::SeqCst);
                    let mut inside = TcpStream::connect(behind).await.unwrap();
                    // Whoever closes first ends it.
                    let _ = tokio::io::copy_bidirectional(&mut outside, &mut inside).await;
                });
            }
        });
        Standing { port, connections, _tasks: tasks }
    }
}

impl Standing {
    pub fn url(&self) -> String {
        format!("https://localhost:{}", self.port)
    }

    /// How many shook hands with it.
    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }
}
