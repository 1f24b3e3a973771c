//! The client for URLs that are not the operator's own word: it reaches nothing private, by name or by number.

use std::{net::IpAddr, time::Duration};

use reqwest::{Method, RequestBuilder};
use url::{Host, Url};

use crate::{
    builder,
    guard::{Guard, PrivateAddress},
    names::{Lookup, Names, system},
};

/// Longer than any pause within a round, shorter than the one between two: thousands of endpoints leave no thousands of
/// open connections behind, and none is used again that the other side has just closed.
const IDLE: Duration = Duration::from_secs(5);
const MOST_IDLE: usize = 128;

/// A client that stays outside. The only way to a request is past the guard.
#[derive(Clone, Debug)]
pub struct Guarded {
    client: reqwest::Client,
    guard: Guard,
}

impl Guarded {
    /// As [`crate::client`], guarded.
    ///
    /// # Errors
    /// The host has no root certificates.
    ///
    /// # Panics
    /// There is no rustls provider.
    pub fn new(guard: Guard) -> Result<Self, reqwest::Error> {
        Self::resolving(guard, system())
    }

    fn resolving(guard: Guard, lookup: Lookup) -> Result<Self, reqwest::Error> {
        let names = Names { lookup, guard: Some(guard.clone()) };
        let client = builder(names).pool_idle_timeout(IDLE).pool_max_idle_per_host(MOST_IDLE).build()?;
        Ok(Self { client, guard })
    }

    /// A request. Names are judged when they are resolved; a number in the URL is judged here, since nobody resolves it.
    ///
    /// # Errors
    /// The URL's host is a private address.
    pub fn request(&self, method: Method, url: Url) -> Result<RequestBuilder, PrivateAddress> {
        let number = match url.host() {
            Some(Host::Ipv4(v4)) => Some(IpAddr::V4(v4)),
            Some(Host::Ipv6(v6)) => Some(IpAddr::V6(v6)),
            Some(Host::Domain(_)) | None => None,
        };
        if number.is_some_and(|number| !self.guard.permits(number)) {
            return Err(PrivateAddress);
        }
        Ok(self.client.request(method, url))
    }
}

#[cfg(test)]
mod tests {
    use std::{
        net::SocketAddr,
        sync::{
            Arc,
            atomic::{AtomicUsize, Ordering},
        },
    };

    use tokio::{
        io::{AsyncReadExt, AsyncWriteExt},
        net::TcpListener,
    };

    use super::*;
    use crate::Cause;

    /// Answers every connection once and closes it; counts them.
    async fn server(address: &str) -> (SocketAddr, Arc<AtomicUsize>) {
        let listener = TcpListener::bind(address).await.unwrap();
        let (address, count) = (listener.local_addr().unwrap(), Arc::new(AtomicUsize::new(0)));
        let served = count.clone();
        #[expect(clippy::disallowed_methods, reason = "the test is the supervisor of its server")]
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                served.fetch_add(1, Ordering::SeqCst);
                let _ = stream.read(&mut [0; 1024]).await;
                let _ = stream.write_all(b"HTTP/1.1 204 No Content\r\nconnection: close\r\n\r\n").await;
            }
        });
        (address, count)
    }

    fn only_the_first_host() -> Guard {
        let _ = rustls::crypto::ring::default_provider().install_default();
        Guard::new(vec!["127.0.0.1/32".parse().unwrap()])
    }

    #[tokio::test]
    async fn a_name_that_changes_its_answer_never_leads_inside() {
        let (public, asked) = server("127.0.0.1:0").await;
        let (_, reached) = server(&format!("127.0.0.2:{}", public.port())).await;
        let looked = Arc::new(AtomicUsize::new(0));
        let turns = looked.clone();
        let lookup: Lookup = Arc::new(move |_| {
            let last = if turns.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) { 1 } else { 2 };
            Box::pin(async move { Ok(vec![SocketAddr::from(([127, 0, 0, last], 0))]) })
        });
        let client = Guarded::resolving(only_the_first_host(), lookup).unwrap();
        let url: Url = format!("http://rebound.example.net:{}/", public.port()).parse().unwrap();
        for turn in 0..10 {
            let sent = client.request(Method::GET, url.clone()).unwrap().send().await;
            if turn % 2 == 0 {
                assert_eq!(sent.unwrap().status(), 204);
            } else {
                assert_eq!(Cause::of(&sent.unwrap_err()).0, Cause::Private);
            }
        }
        let count = |counter: &AtomicUsize| counter.load(Ordering::SeqCst);
        assert_eq!((count(&asked), count(&looked)), (5, 10), "one look at the name for each connection");
        assert_eq!(count(&reached), 0, "nobody was let in");
    }

    #[tokio::test]
    async fn of_several_addresses_only_the_permitted_ones_are_tried() {
        let (public, asked) = server("127.0.0.1:0").await;
        let (_, reached) = server(&format!("127.0.0.3:{}", public.port())).await;
        let both = |_| -> futures_util::future::BoxFuture<'static, _> {
            Box::pin(async { Ok([3, 1].map(|last| SocketAddr::from(([127, 0, 0, last], 0))).to_vec()) })
        };
        let client = Guarded::resolving(only_the_first_host(), Arc::new(both)).unwrap();
        let url: Url = format!("http://both.example.net:{}/", public.port()).parse().unwrap();
        assert_eq!(client.request(Method::GET, url).unwrap().send().await.unwrap().status(), 204);
        assert_eq!((asked.load(Ordering::SeqCst), reached.load(Ordering::SeqCst)), (1, 0));
    }

    #[tokio::test]
    async fn a_number_in_the_url_is_judged_in_every_spelling() {
        let client = Guarded::new(only_the_first_host()).unwrap();
        let asks = |url: &str| client.request(Method::GET, url.parse().unwrap()).is_ok();
        for url in ["http://127.0.0.1/", "http://127.1/", "http://[::ffff:7f00:1]/", "http://8.8.8.8/"] {
            assert!(asks(url), "{url}");
        }
        for url in [
            "http://127.0.0.2/",
            "http://2130706434/",
            "http://0x7f.2/",
            "http://0177.0.0.2/",
            "http://0/",
            "http://10.0.0.1./",
            "http://169.254.169.254/latest/meta-data",
            "http://[::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[fe80::1]/",
        ] {
            assert!(!asks(url), "{url}");
        }
        let home = Guarded::new(Guard::default()).unwrap();
        let local = home.request(Method::GET, "http://localhost:9/".parse().unwrap()).unwrap();
        assert_eq!(Cause::of(&local.send().await.unwrap_err()).0, Cause::Private);
    }
}
