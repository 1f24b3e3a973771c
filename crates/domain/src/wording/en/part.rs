//! Parts of English sentences.

use crate::{destination::Channel, sight::Source, wording::fact::Stand};

/// A silence by what the chain says of the node.
pub fn silent(name: &str, is: &str, stand: &Stand) -> String {
    match stand {
        Stand::Running => format!("{name} {is} silent while it runs a job"),
        Stand::Queued { position, length } => {
            format!("{name} {is} silent at place {position} of {length} in the queue")
        }
        Stand::Nowhere => format!("{name} {is} offline"),
        Stand::Unknown => format!("{name} {is} silent"),
    }
}

/// The evidence of a silence, and what to do.
pub fn silence(since: &str, stand: &Stand) -> [Option<String>; 2] {
    let (line, advice) = match stand {
        Stand::Running => (
            format!("Nothing answers since {since}, and the chain names it in a run. The job may be lost."),
            "Look at the machine and its network.",
        ),
        Stand::Queued { .. } => (
            format!("Nothing answers since {since}. If its turn comes, it will fail the job."),
            "Restart it, or stop it so that it leaves the queue.",
        ),
        Stand::Nowhere => (
            format!("Nothing answers since {since}, and the chain names it nowhere."),
            "Look at the machine, its power and its network.",
        ),
        Stand::Unknown => (
            format!("Nothing answers since {since}. What the chain says of it we cannot see now."),
            "Look at the machine and its network.",
        ),
    };
    [Some(line), Some(advice.to_owned())]
}

/// Where a node stands now.
pub fn now(stand: &Stand) -> Option<String> {
    match stand {
        Stand::Running => Some("It runs a job now.".to_owned()),
        Stand::Queued { position, length } => {
            Some(format!("It holds place {position} of {length} in the queue now."))
        }
        Stand::Nowhere => Some("It stands in no queue.".to_owned()),
        Stand::Unknown => None,
    }
}

/// What a source lets us see.
pub const fn sight(source: Source) -> &'static str {
    match source {
        Source::Chain => "the chain",
        Source::Endpoints => "the nodes’ endpoints",
        Source::Indexer => "the indexer",
    }
}

/// What follows from not seeing through a source.
pub const fn blindness(source: Source) -> &'static str {
    match source {
        Source::Chain => "No node changes state because of this.",
        Source::Endpoints => {
            "Nobody answers us there, so we cannot tell whether a node is up. None is called offline for it."
        }
        Source::Indexer => "Older jobs are filled in later. No node changes state because of this.",
    }
}

/// A channel at the head of a sentence.
pub const fn channel_name(channel: Option<Channel>) -> &'static str {
    match channel {
        Some(Channel::Telegram) => "Telegram",
        Some(Channel::Push) => "Push",
        Some(Channel::Email) => "E-mail",
        Some(Channel::Webhook) => "The webhook",
        None => "A destination",
    }
}
