//! Acts that a node signed itself, as two states of the chain prove them: they alone cancel its silence
//! (network.md §1.11). Being picked for a job, ended or kicked is done to it and proves nothing.

use std::collections::{BTreeSet, HashMap};

use crate::{
    address::Address,
    chain::Chain,
    job::{JobState, Outcome},
    market::{Market, QueueKind},
    network::{ClosedRun, Network},
    node::Node,
    time::Timestamp,
};

/// The last proven act of each node.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Acts(HashMap<Address, Timestamp>);

impl Acts {
    /// What two states of the chain, the later one read at `now`, prove.
    #[must_use]
    pub fn between(before: &Network, after: &Network, closed: &[ClosedRun], now: Timestamp) -> Self {
        let mut acts = Self::default();
        acts.entries(before, after, now);
        acts.claims(after, now);
        for run in closed {
            acts.ending(before, run, now);
        }
        acts
    }

    /// When `node` last signed something, told from where it was before and where it is now. From nowhere into a run
    /// there is no way without a signature: it claimed, or entered a queue and was picked.
    #[must_use]
    pub fn of(&self, before: &Node, after: &Node) -> Option<Timestamp> {
        let act = self.0.get(&after.address).copied();
        match (before.chain.reading.known(), after.chain.reading.known()) {
            (Some(Chain::None), Some(Chain::Running(run))) if run.started > before.chain.since => {
                act.max(Some(run.started))
            }
            _ => act,
        }
    }

    /// `work`: a queue holds a node that the same queue did not hold before. Only the scan's instant is known.
    fn entries(&mut self, before: &Network, after: &Network, now: Timestamp) {
        // Before the first scan after a start the markets are known without their queues.
        if before.at.is_none() {
            return;
        }
        for (address, market) in &after.markets {
            let Some(known) = before.markets.get(address) else { continue };
            if known.slot >= market.slot || waiting(&known.value) == waiting(&market.value) {
                continue;
            }
            let held: BTreeSet<&Address> = waiting(&known.value).iter().collect();
            for node in waiting(&market.value).iter().filter(|node| !held.contains(node)) {
                self.note(*node, now, now);
            }
        }
    }

    /// `claim`: nothing else opens a run of a stopped job. Where the run was quit since its list was read, the node
    /// signed that.
    fn claims(&mut self, after: &Network, now: Timestamp) {
        for run in after.runs.values() {
            let state = after.jobs.get(&run.value.job).map(|job| job.value.state);
            if state == Some(JobState::Stopped) {
                self.note(run.value.node, run.value.since(), now);
            }
        }
    }

    /// `finish`, at its block time; `quit`, of which only the scan's instant is known. A claimed job is stopped before
    /// and after, so its end does not tell a `quit` from a `quitAdmin`.
    fn ending(&mut self, before: &Network, closed: &ClosedRun, now: Timestamp) {
        let listed = before.jobs.get(&closed.run.job).is_some_and(|job| job.value.state == JobState::Listed);
        match (closed.ending.outcome, closed.ending.time_end) {
            (Outcome::Finished, Some(end)) => {
                self.note(closed.run.node, Timestamp::from_unix_seconds(end), now);
            }
            (Outcome::Failed, _) if listed => self.note(closed.run.node, now, now),
            _ => {}
        }
    }

    /// A chain's clock that runs ahead of ours takes no silence into the future.
    fn note(&mut self, node: Address, at: Timestamp, now: Timestamp) {
        let act = self.0.entry(node).or_insert(at.min(now));
        *act = (*act).max(at.min(now));
    }
}

/// The nodes that wait in a market's queue.
fn waiting(market: &Market) -> &[Address] {
    if market.queue_kind == QueueKind::Node { &market.queue } else { &[] }
}

#[cfg(test)]
#[path = "act_tests.rs"]
mod tests;
