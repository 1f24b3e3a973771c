//! What a push connection told, taken in at once: presence is shown within a second, absence is left to a scan.

use std::collections::{BTreeMap, BTreeSet};

use domain::{
    act::Acts,
    address::Address,
    chain::{Claim, Look},
    market::{Market, QueueKind},
    network::{Merged, Network, Pushed, Seen},
    time::Timestamp,
    watching::judge,
};
use store::StoreError;
use tokio::sync::watch;

use super::{
    Watch,
    held::Held,
    step::{Step, view_of},
};
use crate::live::LiveNode;

impl Watch {
    /// The open runs of watched nodes, as they come and go: what to be told of by name.
    pub fn runs(&self) -> watch::Receiver<BTreeSet<Address>> {
        self.runs.subscribe()
    }

    /// Tells which runs of watched nodes are open.
    pub(super) fn follow_runs(&self, held: &Held) {
        let ours = |run: &Address| held.nodes.contains_key(run);
        let open = held.network.runs.iter().filter(|(_, run)| ours(&run.value.node));
        let open: BTreeSet<Address> = open.map(|(address, _)| *address).collect();
        self.runs.send_if_modified(|runs| {
            let news = *runs != open;
            *runs = open;
            news
        });
    }

    /// Changes were pushed. Returns whether a scan must read what they leave open: who is in no place any more, and how
    /// a run ended.
    pub async fn pushed(&self, changes: &[Pushed]) -> Result<bool, StoreError> {
        let mut guard = self.held.lock().await;
        // Pushes come many a second: who watches what is followed by the rounds and scans between them.
        if self.fence().is_none() || guard.as_ref().map(|held| held.fence) != self.fence() {
            self.current(&mut guard).await?;
        }
        let held = guard.as_mut().ok_or(StoreError::FenceLost)?;
        let now = self.app.clock.now();
        let mut network = held.network.clone();
        let merged = network.merge_push(changes, now);
        let (nodes, vanished) = self.judge(held, &network, &merged, now);
        let look = vanished || merged.look.iter().any(|node| held.nodes.contains_key(node));
        if !merged.changed {
            return Ok(look);
        }
        if nodes.is_empty() && same_facts(&held.network.markets, &network.markets) {
            // Nobody here is concerned, and nothing of it is kept.
            held.network = network;
            return Ok(look);
        }
        let view = view_of(&network, &held.view);
        let step = Step { now, nodes, network: Some(network), closed: Vec::new(), view };
        self.commit(held, step).await?;
        Ok(look)
    }

    /// The watched nodes that are elsewhere than before, and whether one of them is nowhere: of that a push is no proof.
    fn judge(
        &self,
        held: &Held,
        network: &Network,
        merged: &Merged,
        now: Timestamp,
    ) -> (Vec<LiveNode>, bool) {
        let rules = self.app.config.rules;
        let fresh = now.minus(rules.chain_valid());
        let watched = |node: &Address| held.nodes.contains_key(node);
        let (before, mut after) = (held.network.claims(watched, fresh), network.claims(watched, fresh));
        let vanished = before.keys().any(|node| !after.contains_key(node));
        after.retain(|node, claim: &mut Claim| before.get(node) != Some(claim));
        let acts = Acts::between(&held.network, network, &[], now);
        let moved = after.into_iter().filter_map(|(node, claim)| {
            let mut live = LiveNode::clone(&held.nodes.get(&node)?.live);
            let look = Look::Seen { claim, absence_doubted: None, slot: merged.slot };
            live.node = judge(&live.node, look, &acts, now, &rules);
            Some(live)
        });
        (moved.collect(), vanished)
    }
}

/// Whether the store has nothing to learn: it keeps markets without their queues.
fn same_facts(before: &BTreeMap<Address, Seen<Market>>, after: &BTreeMap<Address, Seen<Market>>) -> bool {
    let fact = |market: &Market| Market { queue_kind: QueueKind::Empty, queue: Vec::new(), ..market.clone() };
    before.len() == after.len()
        && after.iter().all(|(address, seen)| {
            before.get(address).is_some_and(|known| fact(&known.value) == fact(&seen.value))
        })
}
