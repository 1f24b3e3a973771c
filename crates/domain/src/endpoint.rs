//! The endpoint axis of one node: up, silent or unknown, from what one probe of `GET /node/info` means
//! (network.md §1.11, §4).

use crate::{reading::Reading, rules::Rules, time::Timestamp, why::Why};

/// The node's own word for what it does. The chain is trusted first.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Activity {
    /// STARTING.
    Starting,
    /// RESTARTING.
    Restarting,
    /// BENCHMARKING.
    Benchmarking,
    /// HEALTHCHECK.
    Healthcheck,
    /// JOINING_MARKET.
    JoiningMarket,
    /// RUNNING_JOB, and RUNNING as seen live.
    RunningJob,
    /// QUEUED; a failed queueing reads so too.
    Queued,
    /// OTHER and every word we do not know: often busy, never "idle".
    Other,
}

/// What came back, as far as it can be told apart.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum AnswerKind {
    /// 200, JSON, and `node` is this node.
    Ok,
    /// 404 with the tunnel's page: the tunnel answers, the node does not.
    TunnelPage,
    /// Any other status.
    HttpStatus,
    /// No full answer in time.
    Timeout,
    /// The connection was refused.
    Refused,
    /// The connection broke.
    Reset,
    /// TLS failed.
    Tls,
    /// The name does not resolve, or the URL cannot be used.
    Dns,
    /// Its address is private and not allowed; nobody was asked.
    Private,
    /// We had no connection to ask with; nobody was asked.
    Unasked,
    /// 200 that is not the JSON of a node.
    NotJson,
    /// 200 that names another node.
    OtherNode,
    /// 3xx.
    Redirect,
    /// A body over the cap.
    TooLarge,
}

/// One probe's answer: the evidence, kept for the page.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Answer {
    /// What it was.
    pub kind: AnswerKind,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// Milliseconds from request to end.
    pub ms: u32,
    /// When the probe ended.
    pub at: Timestamp,
    /// What the node says it does, when it answered.
    pub activity: Option<Activity>,
}

/// What an answer says about the node.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Meaning {
    /// The node answered.
    Up(Activity),
    /// Nobody answered for the node; counts only while a witness answered in the same round.
    NoAnswer,
    /// Somebody else answered.
    Foreign(Why),
}

/// The state of the axis, once believed.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Endpoint {
    /// It answers.
    Up(Activity),
    /// It does not, while a witness does.
    Silent,
}

/// The endpoint axis, with what its rules must remember.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EndpointAxis {
    /// The state; its `at` is the last round that confirmed it.
    pub reading: Reading<Endpoint>,
    /// Since when the state holds.
    pub since: Timestamp,
    /// Since when, without a break, the node is up in an activity that should be brief.
    pub brief_since: Option<Timestamp>,
    /// The first instant of a silence that was said (the offline time had passed and the chain could be read) and is not
    /// over yet.
    pub long_silence: Option<Timestamp>,
    /// The last time the node itself answered.
    pub last_ok: Option<Timestamp>,
    /// The last answer, whatever it was.
    pub answer: Option<Answer>,
    /// Why the last look failed; `None` when it did not.
    pub failing: Option<Why>,
}

impl Activity {
    /// Every activity there is.
    pub const ALL: [Self; 8] = [
        Self::Starting,
        Self::Restarting,
        Self::Benchmarking,
        Self::Healthcheck,
        Self::JoiningMarket,
        Self::RunningJob,
        Self::Queued,
        Self::Other,
    ];

    /// From the node's own word; everything unmapped is *other*, as in the node's source.
    #[must_use]
    pub fn from_node(state: &str) -> Self {
        match state {
            "STARTING" => Self::Starting,
            "RESTARTING" => Self::Restarting,
            "BENCHMARKING" => Self::Benchmarking,
            "HEALTHCHECK" => Self::Healthcheck,
            "JOINING_MARKET" => Self::JoiningMarket,
            "RUNNING_JOB" | "RUNNING" => Self::RunningJob,
            "QUEUED" => Self::Queued,
            _ => Self::Other,
        }
    }

    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Starting => "starting",
            Self::Restarting => "restarting",
            Self::Benchmarking => "benchmarking",
            Self::Healthcheck => "healthcheck",
            Self::JoiningMarket => "joining_market",
            Self::RunningJob => "running_job",
            Self::Queued => "queued",
            Self::Other => "other",
        }
    }

    /// The activity that a stored word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|activity| activity.word() == word)
    }

    /// Whether a healthy node leaves this state within minutes.
    #[must_use]
    pub const fn is_brief(self) -> bool {
        matches!(self, Self::Starting | Self::Restarting | Self::JoiningMarket | Self::Queued)
    }
}

impl AnswerKind {
    /// Every kind there is.
    pub const ALL: [Self; 14] = [
        Self::Ok,
        Self::TunnelPage,
        Self::HttpStatus,
        Self::Timeout,
        Self::Refused,
        Self::Reset,
        Self::Tls,
        Self::Dns,
        Self::Private,
        Self::Unasked,
        Self::NotJson,
        Self::OtherNode,
        Self::Redirect,
        Self::TooLarge,
    ];

    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::TunnelPage => "tunnel_page",
            Self::HttpStatus => "http_status",
            Self::Timeout => "timeout",
            Self::Refused => "refused",
            Self::Reset => "reset",
            Self::Tls => "tls",
            Self::Dns => "dns",
            Self::Private => "private",
            Self::Unasked => "unasked",
            Self::NotJson => "not_json",
            Self::OtherNode => "other_node",
            Self::Redirect => "redirect",
            Self::TooLarge => "too_large",
        }
    }
}

impl Answer {
    /// What this answer says about the node: the second table of network.md §1.11.
    #[must_use]
    pub fn meaning(&self) -> Meaning {
        match (self.kind, self.status) {
            (AnswerKind::Ok, _) => Meaning::Up(self.activity.unwrap_or(Activity::Other)),
            (AnswerKind::HttpStatus, Some(502..=504))
            | (
                AnswerKind::TunnelPage
                | AnswerKind::Timeout
                | AnswerKind::Refused
                | AnswerKind::Reset
                | AnswerKind::Tls,
                _,
            ) => Meaning::NoAnswer,
            (AnswerKind::HttpStatus, Some(401 | 403 | 511)) => Meaning::Foreign(Why::AsksSignIn),
            (AnswerKind::HttpStatus, Some(429)) => Meaning::Foreign(Why::Throttled),
            (AnswerKind::HttpStatus, Some(451)) => Meaning::Foreign(Why::UnavailableForLegalReasons),
            (AnswerKind::HttpStatus, _) => Meaning::Foreign(Why::HttpError),
            (AnswerKind::Dns, _) => Meaning::Foreign(Why::NoAddress),
            (AnswerKind::Private, _) => Meaning::Foreign(Why::PrivateAddress),
            (AnswerKind::Unasked, _) => Meaning::Foreign(Why::NotAsked),
            (AnswerKind::NotJson, _) => Meaning::Foreign(Why::NotJson),
            (AnswerKind::OtherNode, _) => Meaning::Foreign(Why::OtherNode),
            (AnswerKind::Redirect, _) => Meaning::Foreign(Why::Redirect),
            (AnswerKind::TooLarge, _) => Meaning::Foreign(Why::TooLarge),
        }
    }
}

impl Endpoint {
    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Up(_) => "up",
            Self::Silent => "silent",
        }
    }
}

impl EndpointAxis {
    /// Nothing known yet.
    #[must_use]
    pub const fn new(since: Timestamp) -> Self {
        Self {
            reading: Reading::never(since),
            since,
            brief_since: None,
            long_silence: None,
            last_ok: None,
            answer: None,
            failing: None,
        }
    }

    /// The axis after one more probe. `witnessed`: another endpoint of the same pattern answered in the same round.
    #[must_use]
    pub fn observe(self, answer: Answer, witnessed: bool, rules: &Rules) -> Self {
        let now = answer.at;
        let axis = Self { answer: Some(answer), ..self }.aged(now, rules);
        match answer.meaning() {
            Meaning::Up(activity) => {
                let brief_since = activity.is_brief().then(|| axis.still_brief_since().unwrap_or(now));
                Self {
                    brief_since,
                    long_silence: None,
                    last_ok: Some(now),
                    ..axis.believe(Endpoint::Up(activity), now)
                }
            }
            Meaning::NoAnswer if witnessed => {
                Self { brief_since: None, ..axis.believe(Endpoint::Silent, now) }
            }
            Meaning::NoAnswer => axis.failed(Why::NoWitness, now, rules),
            Meaning::Foreign(why) => axis.failed(why, now, rules),
        }
    }

    /// The axis as it counts at `now`, however long ago the last round was.
    #[must_use]
    pub fn aged(self, now: Timestamp, rules: &Rules) -> Self {
        let why = self.failing.unwrap_or(Why::NotWatching);
        let was_known = self.reading.known().is_some();
        let reading = self.reading.aged(now, rules.endpoint_valid(), why);
        match &reading {
            Reading::Unknown { since, .. } if was_known => {
                let since = *since;
                Self { reading, since, brief_since: None, ..self }
            }
            _ => Self { reading, ..self },
        }
    }

    /// The silence as it counts: how long it was witnessed, never how long we have not looked since.
    #[must_use]
    pub fn silent_for(&self) -> Option<std::time::Duration> {
        match &self.reading {
            Reading::Known { value: Endpoint::Silent, at } => Some(at.since(self.since)),
            _ => None,
        }
    }

    /// The node signed something itself at `act`: a silence that began before is over, and a new one counts from there.
    #[must_use]
    pub fn signed(self, act: Timestamp) -> Self {
        let axis = Self { long_silence: self.long_silence.filter(|since| act <= *since), ..self };
        match &axis.reading {
            Reading::Known { value: Endpoint::Silent, .. } if act > axis.since => Self { since: act, ..axis },
            _ => axis,
        }
    }

    fn still_brief_since(&self) -> Option<Timestamp> {
        matches!(self.reading.known(), Some(Endpoint::Up(_))).then_some(self.brief_since).flatten()
    }

    fn believe(self, state: Endpoint, now: Timestamp) -> Self {
        let same = self.reading.known().is_some_and(|before| before.word() == state.word());
        let since = if same { self.since } else { now };
        Self { reading: Reading::Known { value: state, at: now }, since, failing: None, ..self }
    }

    fn failed(self, why: Why, now: Timestamp, rules: &Rules) -> Self {
        let reading = self.reading.failed(why);
        Self { reading, failing: Some(why), ..self }.aged(now, rules)
    }
}

#[cfg(test)]
#[path = "endpoint_tests.rs"]
mod tests;
