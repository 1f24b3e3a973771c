//! The watch: what the loops know, moved one step at a time. A step is judged in memory, committed in one transaction
//! under the fence, and only then shown.

mod commit;
mod conditions;
mod held;
mod indexed;
mod markets;
mod pushed;
mod reconciled;
mod step;

use std::collections::{BTreeSet, HashMap};

use domain::{
    address::Address,
    chain::Chain,
    endpoint::Meaning,
    network::{Network, Scan},
    watching::Scanned,
    why::Why,
};
use sources::{endpoint::Round, solana::PurseRead};
use store::{Fence, StoreError};
use tokio::sync::{Mutex, watch};

use crate::{app::App, live::LiveNode};
use held::Held;
pub use held::show_saved;
use step::{Step, view_of};

/// What this server knows as the holder of the lease.
pub struct Watch {
    app: App,
    lease: watch::Sender<Option<Fence>>,
    held: Mutex<Option<Held>>,
    runs: watch::Sender<BTreeSet<Address>>,
}

impl Watch {
    /// A watch that holds nothing yet.
    pub fn new(app: App) -> Self {
        Self {
            app,
            lease: watch::Sender::new(None),
            held: Mutex::new(None),
            runs: watch::Sender::new(BTreeSet::new()),
        }
    }

    /// The lease is ours under this fence, or not ours.
    pub fn hold(&self, fence: Option<Fence>) {
        self.lease.send_if_modified(|held| std::mem::replace(held, fence) != fence);
    }

    /// The fence, while we hold the lease.
    pub fn fence(&self) -> Option<Fence> {
        *self.lease.borrow()
    }

    /// Waits for the lease; `false` when told to stop.
    pub async fn wait_for_lease(&self) -> bool {
        let mut lease = self.lease.subscribe();
        tokio::select! {
            held = lease.wait_for(Option::is_some) => held.is_ok(),
            () = self.app.stop.cancelled() => false,
        }
    }

    /// Waits until the lease is not ours.
    pub async fn lease_lost(&self) {
        let mut lease = self.lease.subscribe();
        // The sender lives as long as this does.
        let _ = lease.wait_for(Option::is_none).await;
    }

    /// The chain as last known: what a scan must ask for by name when its lists leave it out.
    pub async fn network(&self) -> Result<Network, StoreError> {
        let mut held = self.held.lock().await;
        Ok(self.current(&mut held).await?.network.clone())
    }

    /// The watched nodes, and nodes at work that nobody watches: they can bear witness.
    pub async fn endpoints(&self) -> Result<(Vec<Address>, Vec<Address>), StoreError> {
        let mut held = self.held.lock().await;
        let held = self.current(&mut held).await?;
        let watched: Vec<Address> = held.nodes.keys().copied().collect();
        let at_work = held.network.runs.values().map(|run| run.value.node);
        let mut candidates: Vec<Address> = at_work.filter(|node| !held.nodes.contains_key(node)).collect();
        // Others each round: a dead node keeps its run open, and the same three of them would never answer.
        let offset = self.app.entropy.below(u64::try_from(candidates.len()).unwrap_or(0));
        candidates.rotate_left(usize::try_from(offset).unwrap_or(0));
        Ok((watched, candidates))
    }

    /// A scan ended. Returns why it did not bring everything, if so.
    pub async fn scanned(
        &self,
        read: Result<Scan, Why>,
        next: domain::time::Timestamp,
    ) -> Result<Option<Why>, StoreError> {
        let mut guard = self.held.lock().await;
        let held = self.current(&mut guard).await?;
        let (now, rules) = (self.app.clock.now(), self.app.config.rules);
        let scanned = Scanned::new(&held.network, read, now);
        let failed = scanned.looked.failed();
        let chain = held.view.chain.observe(failed.map_or(Ok(()), Err), now);
        let nodes = held.nodes.values().map(|known| {
            let live = LiveNode::clone(&known.live);
            LiveNode { node: scanned.judge(&live.node, &rules), ..live }
        });
        let nodes = nodes.collect();
        let Scanned { network, closed, looked, .. } = scanned;
        let view =
            crate::live::LiveNetwork { chain, next_scan_at: Some(next), ..view_of(&network, &held.view) };
        let step = Step { now, nodes, network: Some(network), closed, view };
        self.commit(held, step).await?;
        self.app.live.looked(looked);
        Ok(failed)
    }

    /// A round over the endpoints ended.
    pub async fn probed(&self, round: Round) -> Result<(), StoreError> {
        let mut guard = self.held.lock().await;
        let held = self.current(&mut guard).await?;
        let (now, rules) = (self.app.clock.now(), self.app.config.rules);
        let asked = round.answers.len();
        let up = |meaning| matches!(meaning, Meaning::Up(_));
        let answered = round.answers.iter().filter(|probed| up(probed.answer.meaning())).count();
        let seen = asked == 0 || round.witnesses.any();
        let endpoints = held.view.endpoints.observe(if seen { Ok(()) } else { Err(Why::NoWitness) }, now);
        let mut nodes = Vec::new();
        for probed in round.answers {
            let Some(known) = held.nodes.get(&probed.node) else { continue };
            let mut live = LiveNode::clone(&known.live);
            let witnessed = round.witnesses.vouch_for(&probed.node);
            live.node = live.node.probed(probed.answer, witnessed, &rules);
            if let Some(machine) = probed.machine {
                live.says(machine, probed.answer.at);
            }
            nodes.push(live);
        }
        let view =
            crate::live::LiveNetwork { endpoints, answered, asked, round_at: Some(now), ..held.view.clone() };
        let step = Step { now, nodes, network: None, closed: Vec::new(), view };
        self.commit(held, step).await
    }

    /// The wallets were read, or not.
    pub async fn weighed(
        &self,
        asked: &[Address],
        read: Result<Vec<(Address, PurseRead)>, Why>,
    ) -> Result<(), StoreError> {
        let mut guard = self.held.lock().await;
        let held = self.current(&mut guard).await?;
        let now = self.app.clock.now();
        let found: HashMap<Address, PurseRead> = match &read {
            Ok(found) => found.iter().copied().collect(),
            Err(_) => HashMap::new(),
        };
        let because = read.err().unwrap_or(Why::RpcBadAccount);
        let nodes = asked.iter().filter_map(|node| held.nodes.get(node)).map(|known| {
            let mut live = LiveNode::clone(&known.live);
            step::weigh(&mut live.purse, found.get(&live.node.address), because, now);
            live
        });
        let nodes = nodes.collect();
        let step = Step { now, nodes, network: None, closed: Vec::new(), view: held.view.clone() };
        self.commit(held, step).await
    }

    /// What is held under the present fence, brought up to date with who watches what.
    async fn current<'a>(&self, held: &'a mut Option<Held>) -> Result<&'a mut Held, StoreError> {
        let fence = self.fence().ok_or(StoreError::FenceLost)?;
        if held.as_ref().is_none_or(|held| held.fence != fence) {
            *held = Some(Held::load(&self.app, fence).await?);
        }
        let held = held.as_mut().ok_or(StoreError::FenceLost)?;
        held.follow_watches(&self.app).await?;
        Ok(held)
    }

    async fn commit(&self, held: &mut Held, step: Step) -> Result<(), StoreError> {
        let committed = commit::commit(&self.app, held, step).await;
        if matches!(committed, Err(StoreError::FenceLost)) {
            self.hold(None);
        }
        self.follow_runs(held);
        committed
    }
}

/// The run of a node that is at work.
pub fn run_of(chain: &Chain) -> Option<&domain::chain::Running> {
    match chain {
        Chain::Running(running) => Some(running),
        _ => None,
    }
}
