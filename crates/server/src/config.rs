//! The configuration: judged once, before any port is opened, without I/O.

mod apis;
mod ends;
mod read;

use std::{collections::BTreeSet, fmt, net::SocketAddr, path::PathBuf, time::Duration};

use domain::{
    account::{Email, check_password},
    rules::Rules,
    session::Lifetimes,
};
use ipnet::IpNet;
use url::Url;

use crate::{cli::Settings, secret_key};
pub use ends::{MailServer, Telegram};
use read::{base_url, cidrs, days, given, list, number, seconds};

const MAINNET: &str = "https://api.mainnet-beta.solana.com";
const NODE_URL: &str = "https://{node}.node.k8s.prd.nos.ci";

/// A value that cannot be used. The program says it and exits 78 (EX_CONFIG).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ConfigError {
    /// The variable.
    pub variable: &'static str,
    /// What was given; `None` for a secret.
    pub value: Option<String>,
    /// What is accepted.
    pub accepted: String,
}

/// Who may make an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Registration {
    /// Whoever has an invitation.
    Invite,
    /// Everybody.
    Open,
    /// Nobody.
    Closed,
}

/// How log lines are written.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The first administrator, given instead of the first-run page.
#[derive(Clone)]
pub struct Admin {
    /// What they sign in with.
    pub email: Email,
    /// Their password.
    pub password: String,
}

/// Everything that can be set.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where to listen.
    pub listen: SocketAddr,
    /// The folder of the embedded database, the set-up code and the lock.
    pub data: PathBuf,
    /// The database; `None` = SQLite in `data`.
    pub database_url: Option<Secret>,
    /// The URL that people type.
    pub public_url: Option<Url>,
    /// More host names to answer to.
    pub hosts: BTreeSet<String>,
    /// Peers whose X-Forwarded-For counts.
    pub trusted_proxies: Vec<IpNet>,
    /// Private networks that nodes' endpoints, webhooks and push services may stand in.
    pub allow_private: Vec<IpNet>,
    /// RPC endpoints, tried in this order.
    pub solana_rpc: Vec<Secret>,
    /// Push (WebSocket) endpoints, tried in this order; none = push is off.
    pub solana_ws: Vec<Secret>,
    /// Certificates (DER) that are trusted beside the machine's. No variable sets them: that is `SSL_CERT_FILE`.
    pub trusted_roots: Vec<Vec<u8>>,
    /// A node's endpoint, with `{node}` in it.
    pub node_url: String,
    /// The host-manager, tried in the order of health; empty = off.
    pub host_api: Vec<Secret>,
    /// The indexer, likewise.
    pub indexer: Vec<Secret>,
    /// The bot of Telegram; `None` = off.
    pub telegram: Option<Telegram>,
    /// The way to mailboxes; `None` = off.
    pub mail: Option<MailServer>,
    /// How long displayed facts are kept.
    pub keep: Duration,
    /// The times of the rules.
    pub rules: Rules,
    /// How often the jobs that are over are listed.
    pub reconcile: Duration,
    /// The first administrator.
    pub admin: Option<Admin>,
    /// Who may register.
    pub registration: Registration,
    /// Most nodes of one account.
    pub nodes_per_account: u32,
    /// How long sessions last.
    pub lifetimes: Lifetimes,
    /// The old app's signing key, where it is still set: checked, and not used.
    pub secret_key: Option<Secret>,
    /// The log filter.
    pub log: String,
    /// The log format.
    pub log_format: LogFormat,
}

/// A text that is never printed: a keyed URL, a password.
#[derive(Clone, Eq, PartialEq)]
pub struct Secret(String);

impl Secret {
    /// The text itself, for the one who uses it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Admin(…)")
    }
}

impl fmt::Display for ConfigError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.value {
            Some(value) => write!(f, "{} is {value:?}: {}", self.variable, self.accepted),
            None => write!(f, "{}: {}", self.variable, self.accepted),
        }
    }
}

impl std::error::Error for ConfigError {}

impl ConfigError {
    fn new(variable: &'static str, value: &str, accepted: impl Into<String>) -> Self {
        Self { variable, value: Some(value.to_owned()), accepted: accepted.into() }
    }

    fn secret(variable: &'static str, accepted: impl Into<String>) -> Self {
        Self { variable, value: None, accepted: accepted.into() }
    }
}

impl Config {
    /// Judges the settings. `_FILE` settings must have been read into their plain ones before.
    ///
    /// # Errors
    /// The first value that cannot be used, with what is accepted.
    pub fn from_settings(settings: &Settings) -> Result<Self, ConfigError> {
        let listen = given(settings.listen.as_deref()).unwrap_or("127.0.0.1:8080");
        let public_url = public_url(settings.public_url.as_deref())?;
        Ok(Self {
            listen: listen.parse().map_err(|_| {
                ConfigError::new(
                    "WAKEFUL_LISTEN",
                    listen,
                    "an address and a port, such as 127.0.0.1:8080 or [::]:8080",
                )
            })?,
            data: given(settings.data.as_deref()).unwrap_or("./data").into(),
            database_url: database_url(settings.database_url.as_deref())?,
            telegram: ends::telegram(settings, public_url.as_ref())?,
            mail: ends::mail(settings)?,
            public_url,
            hosts: hosts(settings.hosts.as_deref())?,
            trusted_proxies: cidrs("WAKEFUL_TRUSTED_PROXIES", settings.trusted_proxies.as_deref())?,
            allow_private: cidrs("WAKEFUL_ALLOW_PRIVATE", settings.allow_private.as_deref())?,
            solana_rpc: solana_rpc(settings.solana_rpc.as_deref())?,
            solana_ws: solana_ws(settings)?,
            trusted_roots: Vec::new(),
            node_url: node_url(settings.node_url.as_deref())?,
            host_api: apis::bases("WAKEFUL_HOST_API_URL", settings.host_api_url.as_deref(), apis::HOST_API)?,
            indexer: apis::bases("WAKEFUL_INDEXER_URL", settings.indexer_url.as_deref(), apis::INDEXER)?,
            keep: days("WAKEFUL_KEEP_DAYS", settings.keep_days.as_deref(), Duration::from_secs(90 * 86_400))?,
            rules: rules(settings)?,
            reconcile: seconds("the reconcile", settings.reconcile_seconds.as_deref(), 600, 1..=600)?,
            admin: admin(settings)?,
            registration: registration(settings.registration.as_deref())?,
            nodes_per_account: number(
                "WAKEFUL_NODES_PER_ACCOUNT",
                settings.nodes_per_account.as_deref(),
                100,
                1..=100_000,
            )?,
            lifetimes: lifetimes(settings)?,
            secret_key: secret_key(settings.secret_key.as_deref())?,
            log: log_filter(settings.log.as_deref())?,
            log_format: log_format(settings.log_format.as_deref())?,
        })
    }

    /// The address under which people reach us, without a slash at its end.
    #[must_use]
    pub fn public_base(&self) -> String {
        self.public_url.as_ref().map_or_else(
            || format!("http://{}", self.listen),
            |url| url.as_str().trim_end_matches('/').to_owned(),
        )
    }

    /// Whether cookies carry `Secure` and the `__Host-` name.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }
}

fn database_url(value: Option<&str>) -> Result<Option<Secret>, ConfigError> {
    let Some(value) = given(value) else { return Ok(None) };
    let known = ["postgres://", "postgresql://"].iter().any(|scheme| value.starts_with(scheme));
    if !known {
        return Err(ConfigError::secret(
            "WAKEFUL_DATABASE_URL",
            "a postgres:// URL, or leave it out for SQLite in WAKEFUL_DATA",
        ));
    }
    Ok(Some(Secret(value.to_owned())))
}

fn public_url(value: Option<&str>) -> Result<Option<Url>, ConfigError> {
    let Some(value) = given(value) else { return Ok(None) };
    let url = base_url("WAKEFUL_PUBLIC_URL", value)?;
    if url.path() != "/" {
        let accepted = "an origin without a path, such as https://wakeful.example.net";
        return Err(ConfigError::new("WAKEFUL_PUBLIC_URL", value, accepted));
    }
    Ok(Some(url))
}

fn hosts(value: Option<&str>) -> Result<BTreeSet<String>, ConfigError> {
    list(value)
        .map(|host| {
            let sound = !host.is_empty()
                && host.len() <= 253
                && host.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_'));
            let accepted = "host names without scheme or port, separated by commas";
            if sound {
                Ok(host.to_lowercase())
            } else {
                Err(ConfigError::new("WAKEFUL_HOSTS", host, accepted))
            }
        })
        .collect()
}

fn solana_rpc(value: Option<&str>) -> Result<Vec<Secret>, ConfigError> {
    let urls: Vec<&str> = list(Some(given(value).unwrap_or(MAINNET))).collect();
    urls.iter()
        .map(|url| match base_url("WAKEFUL_SOLANA_RPC", url) {
            Ok(_) => Ok(Secret((*url).to_owned())),
            // A provider's key stands in its URL.
            Err(error) => Err(ConfigError::secret("WAKEFUL_SOLANA_RPC", error.accepted)),
        })
        .collect()
}

/// From the first RPC endpoint when nothing is given: providers serve both under one path.
fn solana_ws(settings: &Settings) -> Result<Vec<Secret>, ConfigError> {
    let accepted = "off, or ws and wss URLs separated by commas";
    let secret = || ConfigError::secret("WAKEFUL_SOLANA_WS", accepted);
    match given(settings.solana_ws.as_deref()) {
        Some("off") => Ok(Vec::new()),
        Some(value) => list(Some(value))
            .map(|text| {
                let url = Url::parse(text).ok();
                let sound = url.filter(|url| matches!(url.scheme(), "ws" | "wss") && url.has_host());
                sound.map(|_| Secret(text.to_owned())).ok_or_else(secret)
            })
            .collect(),
        None => {
            let first = solana_rpc(settings.solana_rpc.as_deref())?.into_iter().take(1);
            // http becomes ws, https becomes wss; schemes are case-insensitive.
            Ok(first.filter_map(|url| Some(Secret(format!("ws{}", url.expose().get(4..)?)))).collect())
        }
    }
}

fn node_url(value: Option<&str>) -> Result<String, ConfigError> {
    let value = given(value).unwrap_or(NODE_URL);
    let accepted = "an http or https URL with {node} in its host or path";
    let probe = value.replace("{node}", "node");
    if !value.contains("{node}") || base_url("WAKEFUL_NODE_URL", &probe).is_err() {
        return Err(ConfigError::new("WAKEFUL_NODE_URL", value, accepted));
    }
    Ok(value.trim_end_matches('/').to_owned())
}

fn rules(settings: &Settings) -> Result<Rules, ConfigError> {
    let (stuck_brief, stuck_long) = stuck(settings.stuck_seconds.as_deref())?;
    let (sol_low, sol_critical) = low_sol(settings.sol_low.as_deref())?;
    Ok(Rules {
        scan: seconds("WAKEFUL_SCAN_SECONDS", settings.scan_seconds.as_deref(), 30, 1..=3_600)?,
        probe: seconds("WAKEFUL_PROBE_SECONDS", settings.probe_seconds.as_deref(), 30, 1..=3_600)?,
        offline: seconds("WAKEFUL_OFFLINE_SECONDS", settings.offline_seconds.as_deref(), 180, 1..=86_400)?,
        stuck_brief,
        stuck_long,
        sol_low,
        sol_critical,
        ..Rules::default()
    })
}

fn stuck(value: Option<&str>) -> Result<(Duration, Duration), ConfigError> {
    let value = given(value).unwrap_or("600,3600");
    let accepted = "two numbers of seconds, such as 600,3600";
    let wrong = || ConfigError::new("WAKEFUL_STUCK_SECONDS", value, accepted);
    let (brief, long) = value.split_once(',').ok_or_else(wrong)?;
    let read = |text| seconds("WAKEFUL_STUCK_SECONDS", Some(text), 0, 1..=604_800).map_err(|_| wrong());
    Ok((read(brief)?, read(long)?))
}

fn low_sol(value: Option<&str>) -> Result<(i64, i64), ConfigError> {
    let value = given(value).unwrap_or("0.02,0.006");
    let accepted = "two amounts of SOL, the warning and the smaller critical one, such as 0.02,0.006";
    let wrong = || ConfigError::new("WAKEFUL_SOL_LOW", value, accepted);
    let (low, critical) = value.split_once(',').ok_or_else(wrong)?;
    let low = domain::money::lamports(low.trim()).ok_or_else(wrong)?;
    let critical = domain::money::lamports(critical.trim()).filter(|critical| *critical <= low);
    Ok((low, critical.ok_or_else(wrong)?))
}

fn admin(settings: &Settings) -> Result<Option<Admin>, ConfigError> {
    let email = given(settings.admin_email.as_deref());
    let password = settings.admin_password.as_deref().filter(|password| !password.is_empty());
    let (email, password) = match (email, password) {
        (None, None) => return Ok(None),
        (Some(email), Some(password)) => (email, password),
        (Some(_), None) => {
            return Err(ConfigError::secret(
                "WAKEFUL_ADMIN_PASSWORD",
                "it goes with WAKEFUL_ADMIN_EMAIL, or leave both out and use the set-up page",
            ));
        }
        (None, Some(_)) => {
            return Err(ConfigError::secret(
                "WAKEFUL_ADMIN_EMAIL",
                "it goes with WAKEFUL_ADMIN_PASSWORD, or leave both out and use the set-up page",
            ));
        }
    };
    let email = Email::parse(email)
        .ok_or_else(|| ConfigError::new("WAKEFUL_ADMIN_EMAIL", email, "an e-mail address"))?;
    check_password(password)
        .map_err(|error| ConfigError::secret("WAKEFUL_ADMIN_PASSWORD", error.to_string()))?;
    Ok(Some(Admin { email, password: password.to_owned() }))
}

fn registration(value: Option<&str>) -> Result<Registration, ConfigError> {
    match given(value).unwrap_or("invite") {
        "invite" => Ok(Registration::Invite),
        "open" => Ok(Registration::Open),
        "closed" => Ok(Registration::Closed),
        other => Err(ConfigError::new("WAKEFUL_REGISTRATION", other, "invite, open or closed")),
    }
}

/// The profile's limits, or those that were given.
fn lifetimes(settings: &Settings) -> Result<Lifetimes, ConfigError> {
    let profile = match given(settings.session_profile.as_deref()).unwrap_or("default") {
        "default" => Lifetimes::default(),
        "strict" => Lifetimes::strict(),
        other => return Err(ConfigError::new("WAKEFUL_SESSION_PROFILE", other, "default or strict")),
    };
    Ok(Lifetimes {
        idle: days("WAKEFUL_SESSION_IDLE", settings.session_idle.as_deref(), profile.idle)?,
        absolute: days("WAKEFUL_SESSION_ABSOLUTE", settings.session_absolute.as_deref(), profile.absolute)?,
        ..profile
    })
}

fn secret_key(value: Option<&str>) -> Result<Option<Secret>, ConfigError> {
    secret_key::check(value, &secret_key::PUBLISHED)
        .map_err(|accepted| ConfigError::secret("SECRET_KEY", accepted))?;
    Ok(value.map(|value| Secret(value.to_owned())))
}

fn log_filter(value: Option<&str>) -> Result<String, ConfigError> {
    let value = given(value).unwrap_or("info");
    let accepted = "error, warn, info, debug, trace, or a filter such as info,server=debug";
    tracing_subscriber::EnvFilter::try_new(value)
        .map(|_| value.to_owned())
        .map_err(|_| ConfigError::new("WAKEFUL_LOG", value, accepted))
}

fn log_format(value: Option<&str>) -> Result<LogFormat, ConfigError> {
    match given(value).unwrap_or("text") {
        "text" => Ok(LogFormat::Text),
        "json" => Ok(LogFormat::Json),
        other => Err(ConfigError::new("WAKEFUL_LOG_FORMAT", other, "text or json")),
    }
}

#[cfg(test)]
#[path = "config/config_tests.rs"]
mod tests;
