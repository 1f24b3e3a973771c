//! What the holder of the lease holds in memory: rebuilt from the store after a restart or a take-over.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use domain::{
    address::Address,
    compare::Judged,
    network::{Network, Seen},
    node::Node,
    reading::Reading,
    rules::Rules,
    sight::Source,
    status::status,
    time::Timestamp,
    why::Why,
};
use store::{Fence, Read, StoreError};

use crate::{
    app::App,
    live::{LiveNetwork, LiveNode},
};

/// A watched node: as it was last committed, and as it is shown.
pub struct Known {
    /// As the store has it, with the status that was judged then.
    pub saved: Judged,
    /// As it is shown.
    pub live: Arc<LiveNode>,
}

/// Everything under one fence.
pub struct Held {
    /// The fence it was loaded under.
    pub fence: Fence,
    /// The chain.
    pub network: Network,
    /// Every node that somebody watches.
    pub nodes: BTreeMap<Address, Known>,
    /// The network as it is shown.
    pub view: LiveNetwork,
}

impl Held {
    /// Rebuilds it from the store.
    pub async fn load(app: &App, fence: Fence) -> Result<Self, StoreError> {
        let nodes = show_saved(app).await?;
        let network = load_network(&mut app.store.read().await?).await?;
        let (view, _) = app.live.network();
        Ok(Self { fence, network, nodes, view: (*view).clone() })
    }

    /// Follows who watches what: new nodes begin with what the last scans say of them anyway.
    pub async fn follow_watches(&mut self, app: &App) -> Result<(), StoreError> {
        let mut tx = app.store.read().await?;
        let watched: BTreeSet<Address> = tx.watched_nodes().await?.into_iter().collect();
        self.nodes.retain(|address, _| watched.contains(address));
        for address in &watched {
            if self.nodes.contains_key(address) {
                continue;
            }
            let Some(node) = tx.load_node(address).await? else { continue };
            let mut known = known(&mut tx, node, last_published(app), &app.config.rules).await?;
            if matches!(known.live.node.chain.reading, Reading::Unknown { why: Why::FirstLook, .. }) {
                Arc::make_mut(&mut known.live).node.chain =
                    app.live.chain_of(address, app.clock.now(), &app.config.rules);
            }
            self.nodes.insert(*address, known);
        }
        drop(tx);
        app.live.keep(|address| watched.contains(address));
        Ok(())
    }
}

/// Shows every watched node as it was last saved: known while that is fresh, else *unknown, last known …*.
pub async fn show_saved(app: &App) -> Result<BTreeMap<Address, Known>, StoreError> {
    let mut tx = app.store.read().await?;
    let change = tx.change().await?;
    let mut nodes = BTreeMap::new();
    for node in tx.load_nodes().await? {
        let known = known(&mut tx, node, change, &app.config.rules).await?;
        nodes.insert(known.live.node.address, known);
    }
    // A blindness outlasts a restart: it is not told anew.
    let blind = tx.open_blindness().await?;
    drop(tx);
    let (view, _) = app.live.network();
    let mut view = LiveNetwork { next_scan_at: Some(app.clock.now()), ..(*view).clone() };
    // What was turned off meanwhile is no source any more; the next commit ends its blindness.
    let is_source = |source| source != Source::Indexer || !app.config.indexer.is_empty();
    for blind in blind.iter().filter(|blind| is_source(blind.source)) {
        view.stays_blind(blind.source, blind.since, blind.why);
    }
    app.live.publish(change, nodes.values().map(|known| known.live.clone()).collect(), view);
    Ok(nodes)
}

/// The number of the last change that was shown.
fn last_published(app: &App) -> i64 {
    app.live.network().1
}

async fn known(tx: &mut Read, node: Node, change: i64, rules: &Rules) -> Result<Known, StoreError> {
    let facts = tx.facts(&node.address).await?;
    // The status as it was judged when the node was last saved, so that what changed since is news.
    let judged_at = last_judged(&node);
    let live = LiveNode {
        purse: facts.purse,
        machine: facts.machine.map(|(machine, at)| (Arc::new(machine), at)),
        changed: change,
        ..LiveNode::new(node.clone(), judged_at)
    };
    Ok(Known { saved: Judged { status: status(&node, rules, judged_at), node }, live: Arc::new(live) })
}

fn last_judged(node: &Node) -> Timestamp {
    let of = |known: Option<Timestamp>, since| known.unwrap_or(since);
    let chain = of(node.chain.reading.latest().map(|(_, at)| at), node.chain.since);
    let endpoint = of(node.endpoint.reading.latest().map(|(_, at)| at), node.endpoint.since);
    chain.max(endpoint)
}

/// The markets and open runs that the next scan must ask for by name when its lists leave them out.
async fn load_network(tx: &mut Read) -> Result<Network, StoreError> {
    let mut network = Network::default();
    for run in tx.open_runs().await? {
        network.runs.insert(run.address, Seen { value: run.run, slot: 0, at: Timestamp::default() });
    }
    network.markets = tx.markets().await?;
    Ok(network)
}
