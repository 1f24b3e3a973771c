//! The last view of every watched node and of the network: what answers, streams and previews are served from.

use std::{
    collections::HashMap,
    sync::{Arc, PoisonError, RwLock},
};

use domain::{
    address::Address,
    chain::ChainAxis,
    endpoint::{Endpoint, EndpointAxis},
    node::{Machine, Node, Purse},
    rules::Rules,
    sight::{Sight, Source},
    time::Timestamp,
    watching::Looked,
    why::Why,
};
use tokio::sync::watch;

/// A watched node with everything that is shown of it.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveNode {
    /// Its two axes.
    pub node: Node,
    /// What its wallet holds.
    pub purse: Purse,
    /// What it says of its machine, and when.
    pub machine: Option<(Arc<Machine>, Timestamp)>,
    /// The number of the last change that a person could see.
    pub changed: i64,
}

/// A market, as the network page shows it.
#[derive(Clone, Debug, PartialEq)]
pub struct LiveMarket {
    /// Its address.
    pub address: Address,
    /// Who may kick nodes and change it.
    pub authority: Address,
    /// The NFT collection that opens it; the system program = open to all.
    pub access_key: Address,
    /// The least micro-xNOS to enter.
    pub xnos_minimum: u128,
    /// The longest a job may run, in seconds.
    pub job_timeout: i64,
    /// Whether it takes nobody: nodes that join are silently turned away.
    pub disabled: bool,
    /// Micro-NOS per second.
    pub price: u64,
    /// What waits: job, node, empty or other.
    pub queue_type: &'static str,
    /// How many wait.
    pub queue_length: usize,
    /// How many of its jobs run.
    pub runs: usize,
    /// When it was read.
    pub at: Timestamp,
    /// At which slot.
    pub slot: u64,
}

/// The network and how well we see it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LiveNetwork {
    /// The slot of the last good scan.
    pub slot: Option<u64>,
    /// When it was.
    pub at: Option<Timestamp>,
    /// When the next one is due.
    pub next_scan_at: Option<Timestamp>,
    /// Every market.
    pub markets: Vec<LiveMarket>,
    /// How many runs are open.
    pub runs: usize,
    /// Our sight of the chain.
    pub chain: Sight,
    /// Our sight of the nodes' endpoints.
    pub endpoints: Sight,
    /// Our sight of the indexer; never blind when none is configured.
    pub indexer: Sight,
    /// How many endpoints answered in the last round.
    pub answered: usize,
    /// How many were asked.
    pub asked: usize,
    /// When that was.
    pub round_at: Option<Timestamp>,
}

#[derive(Debug, Default)]
struct View {
    /// Shared with the loop that wrote them: ten thousand of them are some ten megabytes.
    nodes: HashMap<Address, Arc<LiveNode>>,
    network: Arc<LiveNetwork>,
    network_changed: i64,
    looks: Vec<Looked>,
}

/// The view, shared by the loops that write it and the handlers that read it.
#[derive(Debug)]
pub struct Live {
    view: RwLock<View>,
    tick: watch::Sender<i64>,
}

impl Default for Live {
    fn default() -> Self {
        Self { view: RwLock::default(), tick: watch::Sender::new(0) }
    }
}

impl LiveNode {
    /// A node nobody has looked at yet.
    #[must_use]
    pub const fn new(node: Node, since: Timestamp) -> Self {
        Self { node, purse: Purse::new(since), machine: None, changed: 0 }
    }

    /// The node said this of its machine: what it said before is kept once, not again.
    pub fn says(&mut self, machine: Machine, at: Timestamp) {
        let said = self.machine.take().map(|(said, _)| said).filter(|said| **said == machine);
        self.machine = Some((said.unwrap_or_else(|| Arc::new(machine)), at));
    }

    /// Whether a person would see a difference: everything but the instants and slots of the same state.
    #[must_use]
    pub fn differs(&self, before: &Self) -> bool {
        let values = |purse: &Purse| {
            [purse.sol.known().copied(), purse.nos.known().copied(), purse.stake.known().copied()]
        };
        self.node.chain.reading.latest().map(|(chain, _)| chain)
            != before.node.chain.reading.latest().map(|(chain, _)| chain)
            || self.node.chain.reading.known().is_some() != before.node.chain.reading.known().is_some()
            || endpoint_words(&self.node.endpoint) != endpoint_words(&before.node.endpoint)
            || values(&self.purse) != values(&before.purse)
            || self.machine.as_ref().map(|(machine, _)| machine)
                != before.machine.as_ref().map(|(machine, _)| machine)
    }
}

type EndpointWords = (Option<Endpoint>, bool, Timestamp, Option<(domain::endpoint::AnswerKind, Option<u16>)>);

fn endpoint_words(axis: &EndpointAxis) -> EndpointWords {
    let latest = axis.reading.latest().map(|(endpoint, _)| *endpoint);
    (
        latest,
        axis.reading.known().is_some(),
        axis.since,
        axis.answer.map(|answer| (answer.kind, answer.status)),
    )
}

impl LiveMarket {
    /// Whether it takes only nodes that hold its access key.
    #[must_use]
    pub fn needs_a_key(&self) -> bool {
        self.access_key != Address::SYSTEM
    }
}

impl LiveNetwork {
    /// Our sight through one source.
    #[must_use]
    pub const fn sight(&self, source: Source) -> Sight {
        match source {
            Source::Chain => self.chain,
            Source::Endpoints => self.endpoints,
            Source::Indexer => self.indexer,
        }
    }

    /// The sources that we are blind to.
    #[must_use]
    pub fn blind(&self) -> Vec<(Source, Timestamp, Why)> {
        Source::ALL
            .into_iter()
            .filter_map(|source| self.sight(source).blind().map(|(since, why)| (source, since, why)))
            .collect()
    }

    /// We have been blind to a source since before this server looked.
    pub fn stays_blind(&mut self, source: Source, since: Timestamp, why: Why) {
        let sight = match source {
            Source::Chain => &mut self.chain,
            Source::Endpoints => &mut self.endpoints,
            Source::Indexer => &mut self.indexer,
        };
        if sight.blind().is_none() {
            *sight = Sight::blind_since(since, why);
        }
    }
}

impl Live {
    fn read<T>(&self, read: impl FnOnce(&View) -> T) -> T {
        read(&self.view.read().unwrap_or_else(PoisonError::into_inner))
    }

    fn write<T>(&self, write: impl FnOnce(&mut View) -> T) -> T {
        write(&mut self.view.write().unwrap_or_else(PoisonError::into_inner))
    }

    /// One node.
    #[must_use]
    pub fn node(&self, address: &Address) -> Option<LiveNode> {
        self.read(|view| view.nodes.get(address).map(|node| LiveNode::clone(node)))
    }

    /// The network, with the number of its last change.
    #[must_use]
    pub fn network(&self) -> (Arc<LiveNetwork>, i64) {
        self.read(|view| (view.network.clone(), view.network_changed))
    }

    /// Tells of every change: the number of the last one.
    #[must_use]
    pub fn subscribe(&self) -> watch::Receiver<i64> {
        self.tick.subscribe()
    }

    /// The chain axis of a node that nobody watched until now, from the scans that were made anyway.
    #[must_use]
    pub fn chain_of(&self, node: &Address, since: Timestamp, rules: &Rules) -> ChainAxis {
        self.read(|view| {
            let first = view.looks.first().map_or(since, |look| look.at);
            view.looks
                .iter()
                .fold(ChainAxis::new(first), |axis, look| axis.observe(look.of(node), look.at, rules))
        })
    }

    /// A person watches a node: it is shown from now on, as far as the scans that were made anyway tell.
    pub fn watched(&self, address: Address, now: Timestamp, rules: &Rules) {
        let chain = self.chain_of(&address, now, rules);
        self.write(|view| {
            view.nodes
                .entry(address)
                .or_insert_with(|| Arc::new(LiveNode::new(Node { chain, ..Node::new(address, now) }, now)));
        });
    }

    /// Something of a person's own changed, under the number `change`.
    pub fn tell(&self, change: i64) {
        self.tick.send_modify(|last| *last = change.max(*last));
    }

    /// Takes in what a loop has committed under the number `change`.
    pub fn publish(&self, change: i64, nodes: Vec<Arc<LiveNode>>, network: LiveNetwork) {
        self.write(|view| {
            for node in nodes {
                view.nodes.insert(node.node.address, node);
            }
            view.network = Arc::new(network);
            view.network_changed = change;
        });
        self.tell(change);
    }

    /// Remembers a scan; two are enough for every rule.
    pub fn looked(&self, look: Looked) {
        self.write(|view| {
            if view.looks.len() >= 2 {
                view.looks.remove(0);
            }
            view.looks.push(look);
        });
    }

    /// Drops the nodes that nobody watches any more.
    pub fn keep(&self, watched: impl Fn(&Address) -> bool) {
        self.write(|view| view.nodes.retain(|address, _| watched(address)));
    }
}
