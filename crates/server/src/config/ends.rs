//! Through what words are sent, and who the bot is. What is not set is off.

use channels::{
    email::{Mail, Server},
    telegram::PUBLIC_API,
};
use outbound::Roots;
use url::Url;

use super::{
    ConfigError, Secret,
    read::{base_url, given},
};
use crate::cli::Settings;

/// The bot of Telegram.
#[derive(Clone, Debug)]
pub struct Telegram {
    /// Its token.
    pub token: Secret,
    /// The Bot API: the public one, or the operator's own.
    pub api: Url,
    /// Whether Telegram delivers what people write to our own public address; otherwise we ask for it.
    pub webhook: bool,
}

/// The way to mailboxes.
#[derive(Clone, Debug)]
pub struct MailServer {
    /// The operator's mail server.
    pub server: Server,
    /// Who the mail is from.
    pub from: String,
}

/// Judges the bot's settings.
pub fn telegram(settings: &Settings, public_url: Option<&Url>) -> Result<Option<Telegram>, ConfigError> {
    const WEBHOOK: &str = "WAKEFUL_TELEGRAM_WEBHOOK";
    let api = match given(settings.telegram_api.as_deref()) {
        None => base_url("WAKEFUL_TELEGRAM_API", PUBLIC_API)?,
        Some(value) => base_url("WAKEFUL_TELEGRAM_API", value)?,
    };
    let webhook = match given(settings.telegram_webhook.as_deref()).unwrap_or("off") {
        "on" => true,
        "off" => false,
        other => return Err(ConfigError::new(WEBHOOK, other, "on or off")),
    };
    if webhook && public_url.is_none_or(|url| url.scheme() != "https") {
        return Err(ConfigError::new(WEBHOOK, "on", "it goes with an https WAKEFUL_PUBLIC_URL"));
    }
    let Some(token) = given(settings.telegram_token.as_deref()) else { return Ok(None) };
    let sound = token.split_once(':').is_some_and(|(bot, key)| {
        !bot.is_empty()
            && bot.bytes().all(|byte| byte.is_ascii_digit())
            && !key.is_empty()
            && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    });
    if !sound {
        let accepted = "a bot's token, as @BotFather gives it: a number, a colon, letters";
        return Err(ConfigError::secret("WAKEFUL_TELEGRAM_TOKEN", accepted));
    }
    Ok(Some(Telegram { token: Secret(token.to_owned()), api, webhook }))
}

/// Judges the mail server and the sender, which go together.
pub fn mail(settings: &Settings) -> Result<Option<MailServer>, ConfigError> {
    let (url, from) = match (given(settings.smtp_url.as_deref()), given(settings.mail_from.as_deref())) {
        (None, None) => return Ok(None),
        (Some(url), Some(from)) => (url, from),
        (Some(_), None) => {
            return Err(ConfigError::secret(
                "WAKEFUL_MAIL_FROM",
                "it goes with WAKEFUL_SMTP_URL: who mail is from",
            ));
        }
        (None, Some(_)) => {
            return Err(ConfigError::secret(
                "WAKEFUL_SMTP_URL",
                "it goes with WAKEFUL_MAIL_FROM: the mail server",
            ));
        }
    };
    let server = Server::parse(url).map_err(|_| {
        let accepted =
            "smtps://user:password@host or smtp://host, with ?tls=required where it must be private";
        ConfigError::secret("WAKEFUL_SMTP_URL", accepted)
    })?;
    Mail::new(server.clone(), from, Roots::default()).map_err(|_| {
        ConfigError::new("WAKEFUL_MAIL_FROM", from, "an e-mail address, or a name and an <address>")
    })?;
    Ok(Some(MailServer { server, from: from.to_owned() }))
}
