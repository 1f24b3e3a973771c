//! The watch as pure steps: a scan, a push or a round goes in, judged nodes and news come out. The server only loads,
//! commits and publishes.

use std::sync::Arc;

use crate::{
    act::Acts,
    address::Address,
    chain::Look,
    compare::{Judged, compare, ended},
    event::Event,
    network::{ClosedRun, Network, Places, Scan},
    node::Node,
    rules::Rules,
    status::status,
    time::Timestamp,
    why::Why,
};

/// One scan as every node's next look: kept so that a node that is added is judged at once.
#[derive(Clone, Debug)]
pub struct Looked {
    /// When.
    pub at: Timestamp,
    /// Where each node was; `Err` = the scan proved nothing.
    pub places: Result<Arc<Places>, Why>,
    /// Why being nowhere proved nothing.
    pub absence_doubted: Option<Why>,
    /// The slot.
    pub slot: u64,
}

/// A scan, absorbed.
#[derive(Clone, Debug)]
pub struct Scanned {
    /// The chain as it is now.
    pub network: Network,
    /// The runs that are proven to be gone.
    pub closed: Vec<ClosedRun>,
    /// What it says of each node.
    pub looked: Looked,
    acts: Acts,
}

impl Looked {
    /// What this scan said of one node.
    #[must_use]
    pub fn of(&self, node: &Address) -> Look {
        match &self.places {
            Ok(places) => Look::Seen {
                claim: places.get(node).unwrap_or_default(),
                absence_doubted: self.absence_doubted,
                slot: self.slot,
            },
            Err(why) => Look::Blind(*why),
        }
    }

    /// Why it did not bring everything, if so.
    #[must_use]
    pub fn failed(&self) -> Option<Why> {
        self.places.as_ref().err().copied().or(self.absence_doubted)
    }
}

impl Scanned {
    /// Takes into the chain as last known what a scan read, or why it could not read, at `now`.
    #[must_use]
    pub fn new(before: &Network, read: Result<Scan, Why>, now: Timestamp) -> Self {
        let mut network = before.clone();
        let absorbed = read.and_then(|scan| network.absorb(scan, now));
        let looked = Looked {
            at: now,
            places: absorbed.as_ref().map(|_| Arc::new(network.confirmed_places())).map_err(|why| *why),
            absence_doubted: absorbed.as_ref().ok().and_then(|absorbed| absorbed.absence_doubted),
            slot: network.slot,
        };
        let closed = absorbed.map(|absorbed| absorbed.closed).unwrap_or_default();
        let acts = Acts::between(before, &network, &closed, now);
        Self { network, closed, looked, acts }
    }

    /// A watched node after this scan.
    #[must_use]
    pub fn judge(&self, node: &Node, rules: &Rules) -> Node {
        let look = self.looked.of(&node.address);
        judge(node, look, &self.acts, self.looked.at, rules)
    }
}

/// A node after one look at the chain, and after the acts that came to light with it.
#[must_use]
pub fn judge(before: &Node, look: Look, acts: &Acts, now: Timestamp, rules: &Rules) -> Node {
    let after = before.clone().looked_at(look, now, rules);
    match acts.of(before, &after) {
        Some(act) => after.signed(act, now, rules),
        None => after,
    }
}

/// A node with its status at `now`.
#[must_use]
pub fn judged(node: Node, now: Timestamp, rules: &Rules) -> Judged {
    Judged { status: status(&node, rules, now), node }
}

/// What a step is worth saying: the ends of runs, then what became of each node. A job ends before its node queues
/// again: told in the order of life.
#[must_use]
pub fn news<'a>(
    ended_runs: impl IntoIterator<Item = &'a ClosedRun>,
    moved: impl IntoIterator<Item = (&'a Judged, &'a Judged)>,
    now: Timestamp,
) -> Vec<Event> {
    let ends = ended_runs.into_iter().filter_map(|run| ended(run, now));
    ends.chain(moved.into_iter().flat_map(|(before, after)| compare(before, after, now))).collect()
}
