//! The status of a node from its two axes: the first table of network.md §1.11.

use crate::{
    chain::Chain, endpoint::Endpoint, node::Node, reading::Reading, rules::Rules, time::Timestamp, why::Why,
};

/// The one word of a node.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Word {
    /// A job pays.
    Running,
    /// It waits its turn in a market.
    Queued,
    /// It answers and is in no queue.
    Up,
    /// Its endpoint is silent for long enough, a witness answers, and the chain names it nowhere.
    Offline,
    /// We cannot tell, and say why.
    Unknown,
}

/// What is shown of a node at one instant.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Status {
    /// The word.
    pub word: Word,
    /// Since when it holds.
    pub since: Timestamp,
    /// Why it is unknown; `None` for every other word.
    pub why: Option<Why>,
    /// What was last known, while unknown.
    pub last: Option<Verdict>,
    /// Running or queued, but its endpoint has been silent for the offline time.
    pub silent: bool,
    /// Up in no queue for longer than a healthy node.
    pub stuck: bool,
    /// Running past the job's deadline.
    pub overdue: bool,
}

/// A status that was no *unknown*, as it is remembered while nobody can tell.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Verdict {
    /// The word.
    pub word: Word,
    /// When the chain last confirmed it.
    pub at: Timestamp,
    /// Whether its endpoint had been silent for the offline time.
    pub silent: bool,
    /// Whether it was stuck.
    pub stuck: bool,
    /// Whether its job was past the deadline.
    pub overdue: bool,
}

impl Word {
    /// Every word there is.
    pub const ALL: [Self; 5] = [Self::Running, Self::Queued, Self::Up, Self::Offline, Self::Unknown];

    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Running => "running",
            Self::Queued => "queued",
            Self::Up => "up",
            Self::Offline => "offline",
            Self::Unknown => "unknown",
        }
    }

    /// The status that a stored word names.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|known| known.word() == word)
    }
}

/// The status of a node at `now`. The axes are aged first, so that a stopped watch never shows an old word as new.
#[must_use]
pub fn status(node: &Node, rules: &Rules, now: Timestamp) -> Status {
    let node = node.clone().aged(now, rules);
    let silent_long = node.endpoint.silent_for().is_some_and(|span| span >= rules.offline);
    match &node.chain.reading {
        Reading::Known { value: Chain::Running(running), .. } => Status {
            silent: silent_long,
            overdue: running.deadline().is_some_and(|deadline| now > deadline),
            ..Status::plain(Word::Running, node.chain.since)
        },
        Reading::Known { value: Chain::Queued(_), .. } => {
            Status { silent: silent_long, ..Status::plain(Word::Queued, node.chain.since) }
        }
        Reading::Known { value: Chain::None, .. } => nowhere(&node, silent_long, rules, now),
        Reading::Unknown { since, why, .. } => Status::unknown(*since, *why, &node),
    }
}

/// What is worth remembering of a node judged at `now`; nothing while its status is unknown.
#[must_use]
pub fn verdict(node: &Node, rules: &Rules, now: Timestamp) -> Option<Verdict> {
    let Status { word, silent, stuck, overdue, .. } = status(node, rules, now);
    let (_, at) = node.chain.reading.latest()?;
    (word != Word::Unknown).then_some(Verdict { word, at, silent, stuck, overdue })
}

impl Status {
    const fn plain(word: Word, since: Timestamp) -> Self {
        Self { word, since, why: None, last: None, silent: false, stuck: false, overdue: false }
    }

    const fn unknown(since: Timestamp, why: Why, node: &Node) -> Self {
        Self { why: Some(why), last: node.verdict, ..Self::plain(Word::Unknown, since) }
    }
}

/// The row `none` of the table.
fn nowhere(node: &Node, silent_long: bool, rules: &Rules, now: Timestamp) -> Status {
    let since = node.chain.since.max(node.endpoint.since);
    match &node.endpoint.reading {
        Reading::Known { value: Endpoint::Up(_), .. } => {
            Status { stuck: is_stuck(node, since, rules, now), ..Status::plain(Word::Up, since) }
        }
        Reading::Known { value: Endpoint::Silent, .. } if silent_long => {
            Status::plain(Word::Offline, node.endpoint.since)
        }
        Reading::Known { value: Endpoint::Silent, .. } => {
            Status::unknown(node.endpoint.since, Why::Silent, node)
        }
        Reading::Unknown { since, why, .. } => Status::unknown((*since).max(node.chain.since), *why, node),
    }
}

/// *Stuck*: a brief activity without a break for the brief time, or no queue at all for the long one.
fn is_stuck(node: &Node, idle_since: Timestamp, rules: &Rules, now: Timestamp) -> bool {
    let brief =
        node.endpoint.brief_since.is_some_and(|since| now.since(since.max(idle_since)) >= rules.stuck_brief);
    brief || now.since(idle_since) >= rules.stuck_long
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
