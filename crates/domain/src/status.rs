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
    pub last: Option<Last>,
    /// Running or queued, but its endpoint has been silent for the offline time.
    pub silent: bool,
    /// Up in no queue for longer than a healthy node.
    pub stuck: bool,
    /// Running past the job's deadline.
    pub overdue: bool,
}

/// The status as it was last known.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Last {
    /// The word.
    pub word: Word,
    /// When it was last confirmed.
    pub at: Timestamp,
    /// Whether it was stuck then.
    pub stuck: bool,
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
}

/// The status of a node at `now`. The axes are aged first, so that a stopped watch never shows an old word as new.
#[must_use]
pub fn status(node: &Node, rules: &Rules, now: Timestamp) -> Status {
    let node = node.clone().aged(now, rules);
    let silent_long = node.endpoint.silent_for().is_some_and(|span| span >= rules.offline);
    let plain = |word, since| Status {
        word,
        since,
        why: None,
        last: None,
        silent: false,
        stuck: false,
        overdue: false,
    };
    match &node.chain.reading {
        Reading::Known { value: Chain::Running(running), .. } => Status {
            silent: silent_long,
            overdue: running.deadline().is_some_and(|deadline| now > deadline),
            ..plain(Word::Running, node.chain.since)
        },
        Reading::Known { value: Chain::Queued(_), .. } => {
            Status { silent: silent_long, ..plain(Word::Queued, node.chain.since) }
        }
        Reading::Known { value: Chain::None, .. } => nowhere(&node, silent_long, rules, now),
        Reading::Unknown { since, why, last } => {
            let last = last.as_ref().map(|(chain, at)| last_known(chain, *at, &node, rules));
            Status { why: Some(*why), last, ..plain(Word::Unknown, *since) }
        }
    }
}

/// The row `none` of the table.
fn nowhere(node: &Node, silent_long: bool, rules: &Rules, now: Timestamp) -> Status {
    let since = node.chain.since.max(node.endpoint.since);
    let plain = |word, since, why, last| Status {
        word,
        since,
        why,
        last,
        silent: false,
        stuck: false,
        overdue: false,
    };
    match &node.endpoint.reading {
        Reading::Known { value: Endpoint::Up(_), .. } => {
            Status { stuck: is_stuck(node, since, rules, now), ..plain(Word::Up, since, None, None) }
        }
        Reading::Known { value: Endpoint::Silent, .. } if silent_long => {
            plain(Word::Offline, node.endpoint.since, None, None)
        }
        Reading::Known { value: Endpoint::Silent, .. } => {
            let last = node.endpoint.last_ok.map(|at| Last { word: Word::Up, at, stuck: false });
            plain(Word::Unknown, node.endpoint.since, Some(Why::Silent), last)
        }
        Reading::Unknown { since, why, last } => {
            // A silence that we no longer witness is no verdict; only *up* is worth remembering.
            let last = last.filter(|(endpoint, _)| matches!(endpoint, Endpoint::Up(_))).map(|(_, at)| Last {
                word: Word::Up,
                at,
                stuck: false,
            });
            plain(Word::Unknown, (*since).max(node.chain.since), Some(*why), last)
        }
    }
}

/// *Stuck*: a brief activity without a break for the brief time, or no queue at all for the long one.
fn is_stuck(node: &Node, idle_since: Timestamp, rules: &Rules, now: Timestamp) -> bool {
    let brief =
        node.endpoint.brief_since.is_some_and(|since| now.since(since.max(idle_since)) >= rules.stuck_brief);
    brief || now.since(idle_since) >= rules.stuck_long
}

/// What was known when the chain was last seen, at `at`. A silence that only became long since then was no verdict then
/// and is none now.
fn last_known(chain: &Chain, at: Timestamp, node: &Node, rules: &Rules) -> Last {
    let endpoint = node.endpoint.reading.latest().map(|(endpoint, _)| endpoint);
    let word = match (chain, endpoint) {
        (Chain::Running(_), _) => Word::Running,
        (Chain::Queued(_), _) => Word::Queued,
        (Chain::None, Some(Endpoint::Up(_))) => Word::Up,
        (Chain::None, _)
            if node.endpoint.long_silence.is_some_and(|since| at.since(since) >= rules.offline) =>
        {
            Word::Offline
        }
        (Chain::None, _) => Word::Unknown,
    };
    let idle_since = node.chain.stood_since.map(|since| since.max(node.endpoint.since));
    let stuck = word == Word::Up && idle_since.is_some_and(|since| is_stuck(node, since, rules, at));
    Last { word, at, stuck }
}

#[cfg(test)]
#[path = "status_tests.rs"]
mod tests;
