//! One SMTP connection: greeting, EHLO, AUTH, MAIL, RCPT, DATA, QUIT.

use std::io;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::json;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpStream;

use super::mime;
use crate::app::App;
use crate::faults::delivery::{Channel, Fault};
use crate::messages::Message;

/// The largest mail, as EHLO says.
const LARGEST: usize = 1 << 20;
/// The only password that is refused.
const WRONG: &str = "wrong";

/// What the client has said so far.
#[derive(Debug, Default)]
struct Envelope {
    user: Option<String>,
    from: Option<String>,
    to: Vec<String>,
}

struct Session<'a> {
    stream: BufReader<TcpStream>,
    app: &'a App,
    envelope: Envelope,
}

/// Talks until the client leaves.
pub(super) async fn run(stream: TcpStream, app: &App) -> io::Result<()> {
    app.lock().requests.count_path("smtp");
    let mut session = Session { stream: BufReader::new(stream), app, envelope: Envelope::default() };
    if app.way(Channel::Smtp).fault == Fault::Hang {
        return session.fall_silent().await;
    }
    session.say("220 sim.example.net ESMTP").await?;
    while let Some(line) = session.line().await? {
        if !session.command(&line).await? {
            break;
        }
    }
    Ok(())
}

impl Session<'_> {
    async fn say(&mut self, line: &str) -> io::Result<()> {
        self.stream.write_all(format!("{line}\r\n").as_bytes()).await?;
        self.stream.flush().await
    }

    /// The next line without its end; none when the client left.
    async fn line(&mut self) -> io::Result<Option<String>> {
        let mut line = Vec::new();
        let limit = u64::try_from(LARGEST).unwrap_or(u64::MAX);
        if (&mut self.stream).take(limit).read_until(b'\n', &mut line).await? == 0 {
            return Ok(None);
        }
        Ok(Some(String::from_utf8_lossy(&line).trim_end_matches(['\r', '\n']).to_owned()))
    }

    /// Reads what comes and says nothing until the client leaves.
    async fn fall_silent(&mut self) -> io::Result<()> {
        tokio::io::copy(&mut self.stream, &mut tokio::io::sink()).await.map(|_| ())
    }

    /// One command; false: the conversation is over.
    async fn command(&mut self, line: &str) -> io::Result<bool> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        match verb.to_ascii_uppercase().as_str() {
            "EHLO" => self.say("250-sim.example.net\r\n250-SIZE 1048576\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n250 AUTH PLAIN LOGIN").await?,
            "HELO" => self.say("250 sim.example.net").await?,
            "NOOP" => self.say("250 2.0.0 OK").await?,
            "RSET" => {
                self.envelope.from = None;
                self.envelope.to.clear();
                self.say("250 2.0.0 OK").await?;
            }
            "AUTH" => self.auth(rest).await?,
            "MAIL" => {
                self.envelope.from = Some(address(rest));
                self.envelope.to.clear();
                self.say("250 2.1.0 OK").await?;
            }
            "RCPT" => self.recipient(rest).await?,
            "DATA" => return self.data().await,
            "QUIT" => {
                self.say("221 2.0.0 Bye").await?;
                return Ok(false);
            }
            _ => self.say("502 5.5.2 Command not recognized").await?,
        }
        Ok(true)
    }

    async fn auth(&mut self, rest: &str) -> io::Result<()> {
        let (way, first) = rest.split_once(' ').unwrap_or((rest, ""));
        let (user, password) = match way.to_ascii_uppercase().as_str() {
            "PLAIN" => {
                let first = if first.is_empty() { self.ask("334 ").await? } else { decode(first) };
                let mut parts = first.split('\0').skip(1).map(str::to_owned);
                (parts.next().unwrap_or_default(), parts.next().unwrap_or_default())
            }
            "LOGIN" => (self.ask("334 VXNlcm5hbWU6").await?, self.ask("334 UGFzc3dvcmQ6").await?),
            _ => return self.say("504 5.5.4 Unrecognized authentication type").await,
        };
        if password == WRONG {
            return self.say("535 5.7.8 Authentication credentials invalid").await;
        }
        self.envelope.user = Some(user);
        self.say("235 2.7.0 Authentication successful").await
    }

    async fn ask(&mut self, question: &str) -> io::Result<String> {
        self.say(question).await?;
        Ok(decode(&self.line().await?.unwrap_or_default()))
    }

    async fn recipient(&mut self, rest: &str) -> io::Result<()> {
        let to = address(rest);
        if self.envelope.from.is_none() {
            return self.say("503 5.5.1 MAIL first").await;
        }
        if self.app.way(Channel::Smtp).fault == Fault::NoMailbox {
            return self.say(&format!("550 5.1.1 <{to}>: Recipient address rejected: no such mailbox")).await;
        }
        self.envelope.to.push(to);
        self.say("250 2.1.5 OK").await
    }

    async fn data(&mut self) -> io::Result<bool> {
        if self.envelope.to.is_empty() {
            self.say("503 5.5.1 RCPT first").await?;
            return Ok(true);
        }
        self.say("354 End with a dot on a line of its own").await?;
        let Some(mail) = self.body().await? else { return Ok(false) };
        // Whatever becomes of it, the next mail begins anew.
        let (from, to) = (self.envelope.from.take(), std::mem::take(&mut self.envelope.to));
        let way = self.app.way(Channel::Smtp);
        tokio::select! {
            biased;
            () = left(&mut self.stream), if way.delay_ms > 0 => return Ok(false),
            () = way.delay() => {}
        }
        match way.fault {
            Fault::Later => self.say("451 4.3.0 Try again later").await?,
            Fault::Hang => return self.fall_silent().await.map(|()| false),
            _ => {
                let number = self.take(&mail, from.as_deref(), to);
                if way.fault == Fault::AcceptThenHang {
                    return self.fall_silent().await.map(|()| false);
                }
                self.say(&format!("250 2.0.0 OK: queued as {number}")).await?;
            }
        }
        Ok(true)
    }

    /// The mail until its dot; none when it never came.
    async fn body(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut mail = Vec::new();
        loop {
            let mut line = Vec::new();
            if self.stream.read_until(b'\n', &mut line).await? == 0 || mail.len() > LARGEST {
                return Ok(None);
            }
            if line.trim_ascii_end() == b"." {
                return Ok(Some(mail));
            }
            // A dot that was doubled on the way.
            mail.extend_from_slice(line.strip_prefix(b".").unwrap_or(&line));
        }
    }

    /// Lists the mail once for each who gets it; answers how many mails there were.
    fn take(&self, mail: &[u8], from: Option<&str>, recipients: Vec<String>) -> usize {
        let read = mime::read(mail);
        let at = self.app.clock.now_ms();
        for to in recipients {
            let meta = json!({
                "from": from,
                "user": self.envelope.user,
                "subject": read.header("subject"),
                "message_id": read.header("message-id"),
                "headers": read.headers,
                "html": read.html,
            });
            self.app.deliver(Message { channel: "smtp", to, text: read.text.clone(), at, meta });
        }
        self.app.lock().messages.all().len()
    }
}

/// Comes back when the client closed its side.
async fn left(stream: &mut BufReader<TcpStream>) {
    if let Ok(bytes) = stream.fill_buf().await
        && !bytes.is_empty()
    {
        // It spoke ahead of the answer, so it is still there.
        std::future::pending::<()>().await;
    }
}

/// The address of `FROM:<a@b> SIZE=…`.
fn address(rest: &str) -> String {
    let inside = rest.split_once('<').and_then(|(_, after)| after.split_once('>'));
    inside.map_or(rest, |(address, _)| address).to_owned()
}

fn decode(text: &str) -> String {
    STANDARD.decode(text.trim()).map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).unwrap_or_default()
}
