//! The whole network at one moment, and who stands where in it.

use std::collections::{BTreeMap, HashMap};

use rand::rngs::StdRng;

use crate::job::{Job, Run};
use crate::key::Key;
use crate::market::{Market, QueueKind};
use crate::node::{Chain, Node};

/// A transaction that the chain's programs would have seen.
#[derive(Clone, Debug)]
pub(crate) struct Act {
    /// Unix milliseconds.
    pub(crate) at_ms: i64,
    /// The accounts it names.
    pub(crate) accounts: Vec<Key>,
    /// 64 bytes in base58.
    pub(crate) signature: String,
}

/// Markets, nodes, jobs and runs.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) rng: StdRng,
    pub(crate) markets: Vec<Market>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) jobs: BTreeMap<Key, Job>,
    pub(crate) runs: BTreeMap<Key, Run>,
    /// Oldest first.
    pub(crate) acts: Vec<Act>,
    /// Transactions ever signed.
    pub(crate) signed: u64,
    /// Simulated seconds that have not made a whole step yet.
    pub(crate) fraction: f64,
    /// Whole simulated seconds lived.
    pub(crate) steps: u64,
}

/// Where one node stands on the chain: more than one place of each is possible.
#[derive(Clone, Debug, Default)]
pub(crate) struct Place {
    /// Its runs.
    pub(crate) runs: Vec<Key>,
    /// Markets in whose queue it waits, with the index.
    pub(crate) queues: Vec<(Key, usize)>,
}

impl Place {
    /// A run decides, then a queue.
    pub(crate) fn chain(&self) -> Chain {
        if !self.runs.is_empty() {
            Chain::Running
        } else if !self.queues.is_empty() {
            Chain::Queued
        } else {
            Chain::None
        }
    }
}

impl World {
    pub(crate) fn node(&self, address: &Key) -> Option<&Node> {
        self.nodes.iter().find(|node| node.address == *address)
    }

    pub(crate) fn node_mut(&mut self, address: &Key) -> Option<&mut Node> {
        self.nodes.iter_mut().find(|node| node.address == *address)
    }

    pub(crate) fn market(&self, address: &Key) -> Option<&Market> {
        self.markets.iter().find(|market| market.address == *address)
    }

    pub(crate) fn market_mut(&mut self, address: &Key) -> Option<&mut Market> {
        self.markets.iter_mut().find(|market| market.address == *address)
    }

    /// The run of a job.
    pub(crate) fn run_of(&self, job: &Key) -> Option<&Run> {
        self.runs.values().find(|run| run.job == *job)
    }

    /// Where one node stands.
    pub(crate) fn place(&self, node: &Key) -> Place {
        let runs = self.runs.values().filter(|run| run.node == *node).map(|run| run.address).collect();
        let queues =
            self.markets.iter().filter_map(|m| m.node_place(node).map(|place| (m.address, place))).collect();
        Place { runs, queues }
    }

    /// Where every node stands; nodes that stand nowhere are not in it.
    pub(crate) fn places(&self) -> HashMap<Key, Place> {
        let mut places: HashMap<Key, Place> = HashMap::new();
        for run in self.runs.values() {
            places.entry(run.node).or_default().runs.push(run.address);
        }
        for market in self.markets.iter().filter(|market| market.kind == QueueKind::Node) {
            for (index, node) in market.queue.iter().enumerate() {
                places.entry(*node).or_default().queues.push((market.address, index));
            }
        }
        places
    }

    /// Notes since when each node is as it is; to be called after every change.
    pub(crate) fn note_truth(&mut self, now_ms: i64) {
        let places = self.places();
        for node in &mut self.nodes {
            let chain = places.get(&node.address).map_or(Chain::None, Place::chain);
            let (endpoint, activity) = (node.endpoint, node.activity(chain));
            node.since.note(chain, endpoint, activity, now_ms);
        }
    }
}
