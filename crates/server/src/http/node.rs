//! A node on the wire.

use std::sync::Arc;

use domain::{
    chain::{Chain, ChainAxis},
    endpoint::{Activity, Endpoint, EndpointAxis},
    node::{Machine, Node, Purse},
    reading::Reading,
    rules::Rules,
    status::{Status, status},
    time::Timestamp,
};
use serde::Serialize;
use store::Watch;
use utoipa::ToSchema;

use super::{machine::MachineBody, measured::Measured, requirement::Requirements, time::rfc3339};
use crate::{app::App, live::LiveNode};

/// A watched node: the person's words for it, and what is known of it.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Node)]
pub struct NodeBody {
    /// Its wallet.
    pub address: String,
    /// The person's name for it; empty = none.
    pub name: String,
    /// The person's notes.
    pub notes: String,
    /// The person's tags.
    pub tags: Vec<String>,
    /// `running`, `queued`, `up`, `offline` or `unknown`.
    pub status: &'static str,
    /// Since when that holds.
    pub since: String,
    /// Why it is unknown.
    pub why: Option<&'static str>,
    /// The last known status, while unknown.
    pub last: Option<LastStatus>,
    /// Running or queued, but its endpoint is silent.
    pub silent: bool,
    /// Up in no queue for longer than a healthy node.
    pub stuck: bool,
    /// Running past the job's deadline.
    pub overdue: bool,
    /// What the chain says.
    pub chain: ChainBody,
    /// What the node's own endpoint says.
    pub endpoint: EndpointBody,
    /// SOL, in lamports.
    pub sol_lamports: Measured,
    /// NOS, in micro-NOS.
    pub nos_micro: Measured,
    /// The stake's weight, in micro-xNOS.
    pub stake_micro_xnos: Measured,
    /// What the network asks of it, and whether it has it.
    pub requirements: Requirements,
    /// Until when nothing is sent about it; `null` = it speaks.
    pub muted_until: Option<String>,
    /// Since when the person watches it.
    pub added_at: String,
}

/// The last known state of something unknown.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Last {
    /// The state's word.
    pub state: &'static str,
    /// When it was last confirmed.
    pub at: String,
}

/// The last known status of an unknown node.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct LastStatus {
    /// The status's word.
    pub status: &'static str,
    /// When it was last confirmed.
    pub at: String,
    /// Whether its endpoint had been silent for the offline time.
    pub silent: bool,
    /// Whether it was stuck then.
    pub stuck: bool,
    /// Whether its job was past the deadline then.
    pub overdue: bool,
}

/// The chain axis.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Chain)]
pub struct ChainBody {
    /// `running`, `queued`, `none` or `unknown`.
    pub state: &'static str,
    /// Since when; a queue: at least since.
    pub since: String,
    /// When it was last confirmed.
    pub at: Option<String>,
    /// The slot that confirmed it.
    pub slot: Option<u64>,
    /// Why it is unknown.
    pub why: Option<&'static str>,
    /// The last known state, while unknown.
    pub last: Option<Last>,
    /// The market of the queue or of the job.
    pub market: Option<String>,
    /// The place in the queue, 1 = next.
    pub position: Option<u32>,
    /// How many wait.
    pub queue_length: Option<u32>,
    /// The job.
    pub job: Option<String>,
    /// The run.
    pub run: Option<String>,
    /// The job's price.
    pub price_micro_nos_per_second: Option<String>,
    /// Start of the run + the job's timeout.
    pub deadline: Option<String>,
    /// Further runs and queue places of the same node; normally 0.
    pub more: u32,
}

/// The endpoint axis.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Endpoint)]
pub struct EndpointBody {
    /// `up`, `silent` or `unknown`.
    pub state: &'static str,
    /// Since when.
    pub since: String,
    /// When it was last confirmed.
    pub at: Option<String>,
    /// Why it is unknown.
    pub why: Option<&'static str>,
    /// The last known state, while unknown.
    pub last: Option<Last>,
    /// The node's own word, in lower case.
    pub activity: Option<&'static str>,
    /// The last time the node itself answered.
    pub last_ok: Option<String>,
    /// The last answer, whatever it was.
    pub answer: Option<AnswerBody>,
    /// What the node says of its machine.
    #[serde(flatten)]
    pub machine: MachineBody,
}

/// One probe's answer.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = Answer)]
pub struct AnswerBody {
    /// What it was.
    pub kind: &'static str,
    /// The HTTP status, where there was one.
    pub status: Option<u16>,
    /// Milliseconds from request to end.
    pub ms: u32,
    /// When.
    pub at: String,
}

impl NodeBody {
    /// What a person sees of a watch now.
    pub fn of(app: &App, watch: &Watch, now: Timestamp) -> Self {
        let live = app
            .live
            .node(&watch.address)
            .unwrap_or_else(|| LiveNode::new(Node::new(watch.address, watch.added), watch.added));
        let (network, _) = app.live.network();
        let requirements = Requirements::new(
            &live.node.chain,
            &live.purse,
            live.machine.as_ref().map(|(machine, _)| machine.as_ref()),
            &network,
            &app.catalogue.get(),
        );
        Self::new(watch, &live, requirements, &app.config.rules, now)
    }

    /// What a person sees of a node at `now`.
    fn new(
        watch: &Watch,
        live: &LiveNode,
        requirements: Requirements,
        rules: &Rules,
        now: Timestamp,
    ) -> Self {
        let shown = status(&live.node, rules, now);
        let node = live.node.clone().aged(now, rules);
        let Purse { sol, nos, stake } = &live.purse;
        Self {
            address: watch.address.to_string(),
            name: watch.name.clone(),
            notes: watch.notes.clone(),
            tags: watch.tags.clone(),
            status: shown.word.word(),
            since: rfc3339(shown.since),
            why: shown.why.map(domain::why::Why::code),
            last: last_status(&shown),
            silent: shown.silent,
            stuck: shown.stuck,
            overdue: shown.overdue,
            chain: ChainBody::new(&node.chain),
            endpoint: EndpointBody::new(&node.endpoint, live.machine.as_ref()),
            sol_lamports: Measured::new(sol),
            nos_micro: Measured::new(nos),
            stake_micro_xnos: Measured::new(stake),
            requirements,
            muted_until: watch.muted_until.filter(|until| *until > now).map(rfc3339),
            added_at: rfc3339(watch.added),
        }
    }
}

fn last_status(shown: &Status) -> Option<LastStatus> {
    shown.last.map(|last| LastStatus {
        status: last.word.word(),
        at: rfc3339(last.at),
        silent: last.silent,
        stuck: last.stuck,
        overdue: last.overdue,
    })
}

impl ChainBody {
    /// The axis as it stands; the caller has aged it.
    pub fn new(axis: &ChainAxis) -> Self {
        let (why, last) = unknown(&axis.reading, Chain::word);
        let plain = Self {
            state: axis.reading.known().map_or("unknown", Chain::word),
            since: rfc3339(axis.since),
            at: confirmed(&axis.reading),
            slot: axis.slot,
            why,
            last,
            market: None,
            position: None,
            queue_length: None,
            job: None,
            run: None,
            price_micro_nos_per_second: None,
            deadline: None,
            more: 0,
        };
        // What stood last is shown too, so that an unknown node keeps its market and its place in the page.
        match axis.reading.latest().map(|(chain, _)| chain) {
            Some(Chain::Running(run)) => Self {
                market: run.market.map(|market| market.to_string()),
                job: Some(run.job.to_string()),
                run: Some(run.run.to_string()),
                price_micro_nos_per_second: run.price.map(|price| price.to_string()),
                deadline: run.deadline().map(rfc3339),
                more: run.more,
                ..plain
            },
            Some(Chain::Queued(queued)) => Self {
                market: Some(queued.market.to_string()),
                position: Some(queued.position),
                queue_length: Some(queued.length),
                more: queued.more,
                ..plain
            },
            Some(Chain::None) | None => plain,
        }
    }
}

impl EndpointBody {
    fn new(axis: &EndpointAxis, machine: Option<&(Arc<Machine>, Timestamp)>) -> Self {
        let (why, last) = unknown(&axis.reading, Endpoint::word);
        let activity = match axis.reading.known() {
            Some(Endpoint::Up(activity)) => Some(Activity::word(*activity)),
            _ => None,
        };
        Self {
            state: axis.reading.known().map_or("unknown", Endpoint::word),
            since: rfc3339(axis.since),
            at: confirmed(&axis.reading),
            why,
            last,
            activity,
            last_ok: axis.last_ok.map(rfc3339),
            answer: axis.answer.map(|answer| AnswerBody {
                kind: answer.kind.word(),
                status: answer.status,
                ms: answer.ms,
                at: rfc3339(answer.at),
            }),
            machine: machine
                .map(|(machine, at)| MachineBody::new(Machine::clone(machine), *at))
                .unwrap_or_default(),
        }
    }
}

fn confirmed<T>(reading: &Reading<T>) -> Option<String> {
    match reading {
        Reading::Known { at, .. } => Some(rfc3339(*at)),
        Reading::Unknown { .. } => None,
    }
}

fn unknown<T>(
    reading: &Reading<T>,
    word: impl Fn(&T) -> &'static str,
) -> (Option<&'static str>, Option<Last>) {
    match reading {
        Reading::Known { .. } => (None, None),
        Reading::Unknown { why, last, .. } => {
            (Some(why.code()), last.as_ref().map(|(value, at)| Last { state: word(value), at: rfc3339(*at) }))
        }
    }
}
