//! What is to be said of an event, with every figure as text: the languages only put it into sentences.

use std::time::Duration;

use super::figure::Speech;
use crate::{
    address::Address,
    alert::compose::{Desk, Item},
    chain::Chain,
    destination::Channel,
    endpoint::{Activity, Endpoint},
    event::{Event, EventKind},
    sight::Source,
};

/// Where the chain names a node now.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Stand {
    /// In a run.
    Running,
    /// In a queue.
    Queued {
        /// From 1.
        position: u32,
        /// How many wait.
        length: u32,
    },
    /// Nowhere.
    Nowhere,
    /// We cannot tell.
    Unknown,
}

/// What is said. Figures are text in the person's own way.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Fact {
    /// Nothing answers; where the chain names it.
    Silent { since: String, stand: Stand },
    /// It goes on.
    StillDown { lasts: String, since: String, stand: Stand },
    /// A silence that was told is over.
    Back { lasted: String, stand: Stand },
    /// A silence that was not told is over.
    WasSilent { lasted: String, from: String, to: String, stand: Stand },
    /// A run began.
    JobStarted,
    /// A run ended with a result.
    JobFinished { figures: Option<String> },
    /// The node quit it.
    JobFailed,
    /// The network closed the run.
    JobAbandoned,
    /// The deployer ended it.
    JobEndedByDeployer { figures: Option<String> },
    /// Nobody can read how.
    JobEnded,
    /// It runs on past its deadline, or ran on and is over.
    JobOverdue { lasts: bool },
    /// It entered a queue.
    Queued,
    /// It was put out of one.
    Kicked { at: String, stand: Stand },
    /// Up in no queue.
    Stuck { says: Option<&'static str>, stand: Stand },
    /// Little SOL.
    SolLow { left: String },
    /// Almost none.
    SolCritical { left: String },
    /// Below the market's minimum, in xNOS.
    StakeLow { have: String, need: String },
    /// It counts no more.
    Unstaking { was: String },
    /// Less than before.
    Slashed { was: String, is: String },
    /// Another one.
    TierChanged { was: String, is: String },
    /// Below the minimum.
    VersionOld { have: String, need: String },
    /// Other ones.
    GpuChanged { names: String },
    /// So many in a row.
    JobsFailing { count: String },
    /// We are blind.
    Blind { source: Source, since: String },
    /// We see again.
    Sighted { source: Source, lasted: String },
    /// We were blind, untold.
    WasBlind { source: Source, lasted: String, from: String, to: String },
    /// We send nothing there any more.
    DestinationPaused { channel: Option<Channel>, answer: String },
    /// A summary or a test, whose words are written elsewhere.
    Summary,
}

impl Fact {
    /// What is said of an item at the desk.
    pub fn of(desk: &Desk<'_>, speech: &Speech, item: &Item<'_>) -> Self {
        match item {
            Item::One(row) => Self::of_event(desk, speech, &row.event),
            Item::Over { began, ended } => Self::over(desk, speech, &began.event, &ended.event),
        }
    }

    fn over(desk: &Desk<'_>, speech: &Speech, began: &Event, ended: &Event) -> Self {
        let lasted = speech.span(ended.seconds.unwrap_or_else(|| seconds(ended.at.since(began.at))));
        let (from, to) = (speech.time(began.at), speech.time(ended.at));
        match source(began) {
            Some(source) => Self::WasBlind { source, lasted, from, to },
            None => Self::WasSilent { lasted, from, to, stand: stand(desk, began.node) },
        }
    }

    fn of_event(desk: &Desk<'_>, speech: &Speech, event: &Event) -> Self {
        let stand = || stand(desk, event.node);
        let subject = || event.subject.clone().unwrap_or_default();
        let lasted = || speech.span(event.seconds.unwrap_or_default());
        let number =
            |text: &str| text.parse::<i128>().map_or_else(|_| text.to_owned(), |micro| speech.nos(micro));
        let pair = || {
            let text = subject();
            let (one, other) = text.split_once('/').unwrap_or((&text, ""));
            (one.to_owned(), other.to_owned())
        };
        let amounts = || {
            let (one, other) = pair();
            (number(&one), number(&other))
        };
        match event.kind {
            EventKind::Silent | EventKind::Offline => {
                Self::Silent { since: speech.time(event.at), stand: stand() }
            }
            EventKind::StillDown => Self::StillDown {
                lasts: speech.span(seconds(desk.now.since(event.at))),
                since: speech.time(event.at),
                stand: stand(),
            },
            EventKind::Back => Self::Back { lasted: lasted(), stand: stand() },
            EventKind::JobStarted => Self::JobStarted,
            EventKind::JobFinished => Self::JobFinished { figures: figures(speech, event) },
            EventKind::JobFailed => Self::JobFailed,
            EventKind::JobAbandoned => Self::JobAbandoned,
            EventKind::JobEndedByDeployer => Self::JobEndedByDeployer { figures: figures(speech, event) },
            EventKind::JobEnded => Self::JobEnded,
            EventKind::JobOverdue => Self::JobOverdue { lasts: runs_on(desk, event) },
            EventKind::Queued => Self::Queued,
            EventKind::Kicked => Self::Kicked { at: speech.time(event.at), stand: stand() },
            EventKind::Stuck => Self::Stuck { says: activity(desk, event.node), stand: stand() },
            EventKind::SolLow => Self::SolLow { left: sol(speech, event) },
            EventKind::SolCritical => Self::SolCritical { left: sol(speech, event) },
            EventKind::StakeLow => {
                let (have, need) = amounts();
                Self::StakeLow { have, need }
            }
            EventKind::Unstaking => Self::Unstaking { was: number(&subject()) },
            EventKind::Slashed => {
                let (was, is) = amounts();
                Self::Slashed { was, is }
            }
            EventKind::TierChanged => {
                let (was, is) = pair();
                Self::TierChanged { was, is }
            }
            EventKind::VersionOld => {
                let (have, need) = pair();
                Self::VersionOld { have, need }
            }
            EventKind::GpuChanged => Self::GpuChanged { names: subject() },
            EventKind::JobsFailing => Self::JobsFailing { count: subject() },
            EventKind::Blind => {
                Self::Blind { source: source(event).unwrap_or(Source::Chain), since: speech.time(event.at) }
            }
            EventKind::Sighted => {
                Self::Sighted { source: source(event).unwrap_or(Source::Chain), lasted: lasted() }
            }
            EventKind::DestinationPaused => {
                let text = subject();
                let (channel, answer) = text.split_once(' ').unwrap_or((&text, ""));
                Self::DestinationPaused { channel: Channel::from_word(channel), answer: answer.to_owned() }
            }
            EventKind::Summary | EventKind::Test => Self::Summary,
        }
    }
}

/// Where the chain names a node, as it counts now.
pub fn stand(desk: &Desk<'_>, node: Option<Address>) -> Stand {
    let judged = node.and_then(|node| desk.nodes.get(&node)?.judged.as_ref());
    let Some(judged) = judged else { return Stand::Unknown };
    match judged.node.chain.clone().aged(desk.now, desk.rules).reading.known() {
        Some(Chain::Running(_)) => Stand::Running,
        Some(Chain::Queued(queued)) => Stand::Queued { position: queued.position, length: queued.length },
        Some(Chain::None) => Stand::Nowhere,
        None => Stand::Unknown,
    }
}

/// Whether the run that an event is about goes on, as far as anybody knows.
pub fn runs_on(desk: &Desk<'_>, event: &Event) -> bool {
    let judged = event.node.and_then(|node| desk.nodes.get(&node)?.judged.as_ref());
    let chain = judged.map(|judged| judged.node.chain.clone().aged(desk.now, desk.rules).reading);
    match chain.as_ref().and_then(|reading| reading.known()) {
        Some(Chain::Running(running)) => event.subject.as_ref() == Some(&running.run.to_string()),
        Some(_) => false,
        None => true,
    }
}

/// The node's own word for what it does, in its own spelling.
fn activity(desk: &Desk<'_>, node: Option<Address>) -> Option<&'static str> {
    let judged = node.and_then(|node| desk.nodes.get(&node)?.judged.as_ref())?;
    match judged.node.endpoint.reading.known()? {
        Endpoint::Silent | Endpoint::Up(Activity::Other) => None,
        Endpoint::Up(activity) => Some(match activity {
            Activity::Starting => "STARTING",
            Activity::Restarting => "RESTARTING",
            Activity::Benchmarking => "BENCHMARKING",
            Activity::Healthcheck => "HEALTHCHECK",
            Activity::JoiningMarket => "JOINING_MARKET",
            Activity::RunningJob => "RUNNING_JOB",
            Activity::Queued => "QUEUED",
            Activity::Other => return None,
        }),
    }
}

/// How long a job ran and what it paid, as far as both are known.
fn figures(speech: &Speech, event: &Event) -> Option<String> {
    let ran = event.seconds.map(|seconds| speech.span(seconds));
    let paid = event.micro_nos.map(|paid| format!("{} NOS", speech.nos(i128::from(paid))));
    ran.into_iter().chain(paid).reduce(|ran, paid| format!("{ran}, {paid}"))
}

fn sol(speech: &Speech, event: &Event) -> String {
    let lamports = event.subject.as_deref().and_then(|lamports| lamports.parse().ok());
    lamports.map_or_else(|| "?".to_owned(), |lamports| speech.sol(lamports))
}

fn source(event: &Event) -> Option<Source> {
    if !matches!(event.kind, EventKind::Blind | EventKind::Sighted) {
        return None;
    }
    Source::ALL.into_iter().find(|source| Some(source.word()) == event.subject.as_deref())
}

fn seconds(span: Duration) -> i64 {
    i64::try_from(span.as_secs()).unwrap_or(i64::MAX)
}
