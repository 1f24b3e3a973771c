//! How the push connection to the chain is: written by its loop, read by handlers.

use domain::time::Timestamp;

/// What the push connection is doing.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum PushLink {
    /// It is not configured.
    #[default]
    Off,
    /// Another server of the same database watches.
    Standby,
    /// An endpoint is being called.
    Connecting,
    /// Changes arrive.
    Open,
    /// It was lost; another try is made later.
    Backoff,
}

/// The push connection as an administrator sees it. While it is not open, scans bring everything, only later.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct PushState {
    /// What it is doing.
    pub link: PushLink,
    /// Since when; `None` = since the start.
    pub since: Option<Timestamp>,
    /// The endpoint's scheme, host and port.
    pub endpoint: Option<String>,
    /// Why the last connection ended, without the endpoint's key.
    pub why: Option<String>,
    /// When another try is made.
    pub retry_at: Option<Timestamp>,
    /// How many connections were opened.
    pub opened: u64,
    /// How many changes arrived.
    pub changes: u64,
    /// When the last one did.
    pub last_change: Option<Timestamp>,
}

impl PushLink {
    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Standby => "standby",
            Self::Connecting => "connecting",
            Self::Open => "open",
            Self::Backoff => "backoff",
        }
    }
}

impl PushState {
    /// The same in another state since `now`.
    #[must_use]
    pub fn to(self, link: PushLink, now: Timestamp) -> Self {
        Self { link, since: Some(now), retry_at: None, ..self }
    }
}
