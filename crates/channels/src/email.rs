//! E-mail, by way of the operator's mail server.

mod letter;
mod server;

use std::{
    sync::atomic::{AtomicU8, Ordering},
    time::Duration,
};

use domain::{
    alert::{
        outcome::{Answer, Outcome},
        words::Words,
    },
    time::Timestamp,
};
use lettre::{
    Address,
    message::Mailbox,
    transport::smtp::{
        Error,
        authentication::{DEFAULT_MECHANISMS, Mechanism},
        client::{AsyncSmtpConnection, TlsParameters},
        commands::{Data, Mail as From, Rcpt},
        extension::{ClientId, Extension, MailParameter},
        response::Response,
    },
};
use outbound::Roots;
use url::Url;

use crate::{exchange::PATIENCE, never, said::said};
pub use server::{BadServer, Server};

/// For the name and the connection.
const CONNECTING: Duration = Duration::from_secs(10);

/// The sender of mail. Its password is never printed.
#[derive(Clone, Debug)]
pub struct Mail {
    server: Server,
    from: Mailbox,
    roots: Roots,
    patience: Duration,
}

/// A text that no mail can be sent from.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is no e-mail address")]
pub struct BadSender;

/// How far a conversation came.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Stage {
    /// Who we are: what is refused here is the operator's to mend.
    Introducing = 0,
    /// For whom it is.
    Addressing = 1,
    /// The server is ready for the mail, and has nothing of it.
    Ready = 2,
    /// The mail went out, or part of it.
    Sending = 3,
}

impl Mail {
    /// A sender by this server, in this name: an address, or `Name <address>`.
    ///
    /// # Errors
    /// The name is no address.
    pub fn new(server: Server, from: &str, roots: Roots) -> Result<Self, BadSender> {
        let from = from.trim().parse().map_err(|_| BadSender)?;
        Ok(Self { server, from, roots, patience: PATIENCE })
    }

    /// The same with another patience: for the whole conversation.
    #[must_use]
    pub fn patient(self, patience: Duration) -> Self {
        Self { patience, ..self }
    }

    /// The address that mail comes from.
    #[must_use]
    pub fn address(&self) -> String {
        self.from.email.to_string()
    }

    /// Sends to an address; `page` is where the app can be opened.
    pub async fn send(
        &self,
        to: &str,
        message_id: &str,
        words: &Words,
        page: Option<&Url>,
        now: Timestamp,
    ) -> Answer {
        let Ok(address) = to.parse::<Address>() else {
            return never(Outcome::Gone, "this is no e-mail address");
        };
        let Some(letter) = letter::write(&self.from, &address, message_id, words, page, now) else {
            return never(Outcome::Refused, "no mail can be written of this message");
        };
        let stage = AtomicU8::new(Stage::Introducing as u8);
        let talk = self.converse(&address, &letter, page, &stage);
        match tokio::time::timeout(self.patience, talk).await {
            Ok(Ok(response)) => Answer {
                outcome: Outcome::Accepted { id: None },
                status: Some(response.code().into()),
                detail: said(&response.message().collect::<Vec<_>>().join(" "), &[]),
            },
            Ok(Err(error)) => self.failed(&error, stage.load(Ordering::Relaxed)),
            Err(_) => {
                let outcome = silent(stage.load(Ordering::Relaxed));
                never(outcome, "the mail server did not answer in time")
            }
        }
    }

    async fn converse(
        &self,
        to: &Address,
        letter: &[u8],
        page: Option<&Url>,
        stage: &AtomicU8,
    ) -> Result<Response, Error> {
        let reach = |at: Stage| stage.store(at as u8, Ordering::Relaxed);
        let mut talk = self.connect(page).await?;
        let mut options = Vec::new();
        if !(to.to_string().is_ascii() && self.from.email.to_string().is_ascii())
            && talk.server_info().supports_feature(Extension::SmtpUtfEight)
        {
            options.push(MailParameter::SmtpUtfEight);
        }
        talk.command(From::new(Some(self.from.email.clone()), options)).await?;
        reach(Stage::Addressing);
        talk.command(Rcpt::new(to.clone(), Vec::new())).await?;
        reach(Stage::Ready);
        talk.command(Data).await?;
        reach(Stage::Sending);
        let response = talk.message(letter).await?;
        // It is taken: how the goodbye goes changes nothing.
        let _ = tokio::time::timeout(Duration::from_secs(1), talk.quit()).await;
        Ok(response)
    }

    async fn connect(&self, page: Option<&Url>) -> Result<AsyncSmtpConnection, Error> {
        let server = &self.server;
        let name = page
            .and_then(Url::domain)
            .map_or_else(|| ClientId::Ipv4([127, 0, 0, 1].into()), |host| ClientId::Domain(host.to_owned()));
        let tls = if server.encrypted { Some(self.tls()?) } else { None };
        let place = (server.host.as_str(), server.port);
        let mut talk = AsyncSmtpConnection::connect_tokio1(place, Some(CONNECTING), &name, tls, None).await?;
        // A server that offers it is spoken to in private; one that must is not spoken to otherwise.
        if !talk.is_encrypted() && (talk.can_starttls() || server.must_encrypt()) {
            talk.starttls(self.tls()?, &name).await?;
        }
        if let Some(login) = &server.login {
            let mechanisms: &[Mechanism] = DEFAULT_MECHANISMS;
            talk.auth(mechanisms, login).await?;
        }
        Ok(talk)
    }

    fn tls(&self) -> Result<TlsParameters, Error> {
        let mut builder = TlsParameters::builder(self.server.host.clone());
        for der in self.roots.der() {
            builder = builder
                .add_root_certificate(lettre::transport::smtp::client::Certificate::from_der(der.to_vec())?);
        }
        builder.build_rustls()
    }

    fn failed(&self, error: &Error, stage: u8) -> Answer {
        let source = std::error::Error::source(error).map(ToString::to_string);
        let words = source.unwrap_or_else(|| error.to_string());
        let status = error.status().map(u16::from);
        let outcome = status.map_or_else(|| silent(stage), |code| judged(code, &words, stage));
        Answer { outcome, status, detail: said(&words, &self.server.secrets()) }
    }
}

/// A conversation that ended without a word.
fn silent(stage: u8) -> Outcome {
    if stage == Stage::Sending as u8 { Outcome::Unclear } else { Outcome::Later { after: None } }
}

fn judged(code: u16, words: &str, stage: u8) -> Outcome {
    // 5.7.x: a policy, not this recipient (RFC 3463).
    let unknown = matches!(code, 550 | 551 | 553 | 556) && !words.starts_with("5.7.");
    match code {
        500.. if stage == Stage::Introducing as u8 => Outcome::Later { after: None },
        500.. if stage == Stage::Addressing as u8 && unknown => Outcome::Gone,
        500.. => Outcome::Refused,
        _ => Outcome::Later { after: None },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_means_something_else_at_each_stage() {
        let later = Outcome::Later { after: None };
        let (introducing, addressing) = (Stage::Introducing as u8, Stage::Addressing as u8);
        for (code, words, stage, outcome) in [
            (535, "5.7.8 wrong password", introducing, later.clone()),
            (451, "4.3.0 later", addressing, later.clone()),
            (550, "5.1.1 no such user", addressing, Outcome::Gone),
            (550, "5.7.1 relaying denied", addressing, Outcome::Refused),
            (552, "5.2.2 mailbox full", addressing, Outcome::Refused),
            (550, "spam", Stage::Sending as u8, Outcome::Refused),
            (452, "4.3.1 disk full", Stage::Sending as u8, later.clone()),
        ] {
            assert_eq!(judged(code, words, stage), outcome, "{code} {words}");
        }
        assert_eq!((silent(Stage::Ready as u8), silent(Stage::Sending as u8)), (later, Outcome::Unclear));
    }
}
