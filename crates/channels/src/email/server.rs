//! Where the operator's mail server is, read from one URL.

use std::fmt;

use lettre::transport::smtp::authentication::Credentials;
use percent_encoding::percent_decode_str;
use url::{Host, Url};

/// A mail server. Prints without the password.
#[derive(Clone)]
pub struct Server {
    pub(super) host: String,
    pub(super) port: u16,
    /// TLS from the first byte.
    pub(super) encrypted: bool,
    pub(super) login: Option<Credentials>,
    password: String,
    local: bool,
    required: bool,
}

/// A text that is no mail server's URL. It does not repeat the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("this is no mail server's URL")]
pub struct BadServer;

impl Server {
    /// `smtps://` is TLS from the first byte (port 465). `smtp://` takes STARTTLS where it is offered (port 587 with a
    /// login, else 25), and insists on it with a login, unless the server is this machine, and with `?tls=required`.
    ///
    /// # Errors
    /// It is something else.
    pub fn parse(text: &str) -> Result<Self, BadServer> {
        let url: Url = text.trim().parse().map_err(|_| BadServer)?;
        let encrypted = match url.scheme() {
            "smtp" => false,
            "smtps" => true,
            _ => return Err(BadServer),
        };
        let required = match url.query() {
            None | Some("") => false,
            Some("tls=required") => true,
            Some(_) => return Err(BadServer),
        };
        if !matches!(url.path(), "" | "/") || url.fragment().is_some() {
            return Err(BadServer);
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or(BadServer)?;
        // Of a scheme that is not the web's, a number is read as a name.
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let local = match Host::parse(url.host_str().unwrap_or_default()) {
            Ok(Host::Ipv4(v4)) => v4.is_loopback(),
            Ok(Host::Ipv6(v6)) => v6.is_loopback(),
            Ok(Host::Domain(name)) => name == "localhost",
            Err(_) => return Err(BadServer),
        };
        let plain =
            |text: &str| percent_decode_str(text).decode_utf8().map(String::from).map_err(|_| BadServer);
        let (user, password) = (plain(url.username())?, plain(url.password().unwrap_or_default())?);
        let login = (!user.is_empty()).then(|| Credentials::new(user, password.clone()));
        let usual = match (encrypted, &login) {
            (true, _) => 465,
            (false, Some(_)) => 587,
            (false, None) => 25,
        };
        let port = url.port().unwrap_or(usual);
        Ok(Self { host, port, encrypted, login, password, local, required })
    }

    pub(super) fn must_encrypt(&self) -> bool {
        self.required || (self.login.is_some() && !self.local)
    }

    pub(super) fn secrets(&self) -> [&str; 1] {
        [&self.password]
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("host", &self.host).field("port", &self.port).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Server {
        Server::parse(text).unwrap()
    }

    #[test]
    fn a_url_says_all_that_is_needed() {
        for (text, host, port, encrypted, must) in [
            ("smtp://relay", "relay", 25, false, false),
            ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, false, false),
            ("smtp://me:pw@mail.example.net", "mail.example.net", 587, false, true),
            ("smtp://me:pw@localhost", "localhost", 587, false, false),
            ("smtp://me:pw@[::1]:26/", "::1", 26, false, false),
            ("smtp://relay?tls=required", "relay", 25, false, true),
            ("smtps://me%40example.net:p%2Fw@mail.example.net", "mail.example.net", 465, true, true),
        ] {
            let server = parsed(text);
            assert_eq!(
                (server.host.as_str(), server.port, server.encrypted),
                (host, port, encrypted),
                "{text}"
            );
            assert_eq!(server.must_encrypt(), must, "{text}");
        }
        assert_eq!(parsed("smtps://me%40example.net:p%2Fw@h").secrets(), ["p/w"]);
        assert!(!format!("{:?}", parsed("smtp://me:hush@h")).contains("hush"));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in
            ["", "relay", "http://relay", "smtp://", "smtp://relay/x", "smtp://relay?tls=no", "smtp://a b"]
        {
            assert_eq!(Server::parse(text).err(), Some(BadServer), "{text}");
        }
    }
}
