//! E-mail over TLS: from the first byte, after STARTTLS, and never with a server that cannot show who it is.

use std::sync::Arc;

use channels::email::{Mail, Server};
use domain::{
    alert::outcome::{Answer, Outcome},
    time::Timestamp,
};
use outbound::Roots;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tokio::{
    io::{AsyncBufReadExt, AsyncRead, AsyncWrite, AsyncWriteExt, BufReader},
    net::{TcpListener, TcpStream},
};
use tokio_rustls::TlsAcceptor;

use crate::ends::{PATIENCE, words};

/// A mail server for one conversation, and who vouches for it.
struct Post {
    listener: TcpListener,
    tls: TlsAcceptor,
    issuer: Vec<u8>,
}

impl Post {
    async fn open() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut issuer = CertificateParams::default();
        issuer.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let issuer = CertifiedIssuer::self_signed(issuer, KeyPair::generate().unwrap()).unwrap();
        let key = KeyPair::generate().unwrap();
        let own =
            CertificateParams::new(vec!["localhost".to_owned()]).unwrap().signed_by(&key, &issuer).unwrap();
        let config = rustls::ServerConfig::builder()
            .with_no_client_auth()
            .with_single_cert(vec![own.der().clone()], PrivateKeyDer::Pkcs8(key.serialize_der().into()))
            .unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self { listener, tls: TlsAcceptor::from(Arc::new(config)), issuer: issuer.der().to_vec() }
    }

    fn url(&self, scheme: &str) -> String {
        format!("{scheme}://me:hush@localhost:{}", self.listener.local_addr().unwrap().port())
    }

    async fn accept(&self) -> TcpStream {
        self.listener.accept().await.unwrap().0
    }
}

/// Speaks until the mail is taken, STARTTLS is asked for or the client leaves; what it heard, line by line.
async fn speak(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    greet: bool,
    starttls: bool,
) -> (Vec<String>, bool) {
    let mut stream = BufReader::new(stream);
    let (mut heard, mut in_mail) = (Vec::new(), false);
    if greet && stream.write_all(b"220 ready\r\n").await.is_err() {
        return (heard, false);
    }
    loop {
        let mut line = String::new();
        if stream.read_line(&mut line).await.unwrap_or(0) == 0 {
            return (heard, false);
        }
        let line = line.trim_end().to_owned();
        heard.push(line.clone());
        let answer = match line.split(' ').next().unwrap_or_default() {
            "." if in_mail => "250 taken",
            _ if in_mail => continue,
            "EHLO" if starttls => "250-localhost\r\n250 STARTTLS",
            "EHLO" => "250-localhost\r\n250 AUTH PLAIN",
            "STARTTLS" => {
                stream.write_all(b"220 go on\r\n").await.unwrap();
                return (heard, true);
            }
            "AUTH" => "235 welcome",
            "DATA" => {
                in_mail = true;
                "354 go on"
            }
            _ => "250 ok",
        };
        in_mail &= line != ".";
        stream.write_all(format!("{answer}\r\n").as_bytes()).await.unwrap();
    }
}

async fn send(url: &str, roots: Roots) -> Answer {
    let server = Server::parse(url).unwrap();
    let mail = Mail::new(server, "wakeful@example.net", roots).unwrap().patient(PATIENCE);
    mail.send("ann@example.net", "m-1", &words(), None, Timestamp::from_unix_seconds(1_800_000_000)).await
}

fn asks_to_log_in(heard: &[String]) -> bool {
    heard.iter().any(|line| line.starts_with("AUTH"))
}

#[tokio::test]
async fn a_mail_goes_out_in_private_from_the_first_byte_or_after_starttls() {
    for scheme in ["smtps", "smtp"] {
        let post = Post::open().await;
        let roots = Roots::from_der(vec![post.issuer.clone()]);
        let serve = async {
            let mut stream = post.accept().await;
            if scheme == "smtp" {
                let (heard, asked) = speak(&mut stream, true, true).await;
                assert!(asked && !asks_to_log_in(&heard), "{heard:?}");
            }
            speak(post.tls.accept(stream).await.unwrap(), scheme == "smtps", false).await.0
        };
        let url = post.url(scheme);
        let (answer, heard) = tokio::join!(send(&url, roots), serve);
        assert_eq!(
            (&answer.outcome, answer.status),
            (&Outcome::Accepted { id: None }, Some(250)),
            "{answer:?}"
        );
        assert!(
            asks_to_log_in(&heard) && heard.iter().any(|line| line.starts_with("Subject: ")),
            "{heard:?}"
        );
    }
}

#[tokio::test]
async fn a_stranger_is_told_neither_the_password_nor_the_mail() {
    let post = Post::open().await;
    let serve = async {
        let stream = post.accept().await;
        assert!(post.tls.accept(stream).await.is_err(), "the client believed anybody");
    };
    let url = post.url("smtps");
    let (answer, ()) = tokio::join!(send(&url, Roots::default()), serve);
    assert_eq!((&answer.outcome, answer.status), (&Outcome::Later { after: None }, None), "{answer:?}");
}

#[tokio::test]
async fn a_server_that_is_not_here_gets_no_password_in_the_clear() {
    let post = Post::open().await;
    let url = post.url("smtp") + "?tls=required";
    let serve = async {
        let (heard, _) = speak(post.accept().await, true, false).await;
        assert!(!asks_to_log_in(&heard), "{heard:?}");
    };
    let (answer, ()) = tokio::join!(send(&url, Roots::default()), serve);
    assert_eq!(answer.outcome, Outcome::Later { after: None }, "{answer:?}");
}
