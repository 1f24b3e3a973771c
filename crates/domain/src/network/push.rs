//! What was pushed, merged into the network: presence is believed at its slot, absence never (network.md §2.2).

use std::collections::{BTreeSet, HashMap};

use super::{Network, Seen, merge};
use crate::{
    address::Address,
    chain::{Claim, Queued},
    job::{Job, JobState},
    market::{Market, QueueKind},
    run::Run,
    time::Timestamp,
};

/// One account that changed, as a push connection told it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Pushed {
    /// The account.
    pub address: Address,
    /// The slot of the change.
    pub slot: u64,
    /// What it is now.
    pub change: Change,
}

/// What became of an account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Change {
    /// A market as it is now.
    Market(Market),
    /// A run as it is now.
    Run(Run),
    /// A job as it is now.
    Job(Job),
    /// The run of this address is closed. How it ended only its job's account tells: that is asked for.
    RunGone,
}

/// What merging led to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Merged {
    /// Whether anything was news.
    pub changed: bool,
    /// The newest slot that was taken in.
    pub slot: u64,
    /// The nodes of which a push tells too little: a scan must read the rest.
    pub look: BTreeSet<Address>,
}

/// A chain makes some 2.5 slots a second. A slot further ahead than this is no slot of our chain, and believing it
/// would close our ears to every later scan.
const SLOTS_A_SECOND: u64 = 10;
const SLOTS_AHEAD: u64 = 10_000;

impl Network {
    /// Takes in what was pushed by `now`: never older over newer, and nothing before the first scan, because an account
    /// alone is no network. A scan stays the only proof that something is gone.
    pub fn merge_push(&mut self, pushed: &[Pushed], now: Timestamp) -> Merged {
        let mut merged = Merged::default();
        let Some(scanned) = self.at else { return merged };
        let passed = now.since(scanned).as_secs().saturating_mul(SLOTS_A_SECOND);
        let latest = self.slot.saturating_add(passed).saturating_add(SLOTS_AHEAD);
        let sound: Vec<&Pushed> = pushed.iter().filter(|one| one.slot <= latest).collect();
        for one in &sound {
            let news = match &one.change {
                Change::Market(market) => self.push_market(one, market, now),
                Change::Run(run) => {
                    let news = self.push_run(one, *run, now);
                    // It came late. Whether it is still open, a scan tells.
                    let late = !self.runs.contains_key(&one.address);
                    merged.look.extend(late.then_some(run.node));
                    news
                }
                Change::Job(_) | Change::RunGone => continue,
            };
            merged.note(news, one.slot);
        }
        // A job counts as far as a run names it, and the run may have come after it.
        for one in &sound {
            match &one.change {
                Change::Job(job) => self.push_job(one, job, now, &mut merged),
                Change::RunGone => {
                    let known = self.runs.get(&one.address).filter(|seen| seen.slot <= one.slot);
                    merged.look.extend(known.map(|seen| seen.value.node));
                }
                Change::Market(_) | Change::Run(_) => {}
            }
        }
        let runs = sound.iter().filter_map(|one| self.runs.get(&one.address));
        let jobless = runs.filter(|run| !self.jobs.contains_key(&run.value.job));
        merged.look.extend(jobless.map(|run| run.value.node));
        merged
    }

    /// Whether an account is news: not older than what we have of it. One that we do not have must not be older than the
    /// last scan, which would have shown it.
    fn is_newer<T>(&self, seen: Option<&Seen<T>>, slot: u64) -> bool {
        slot >= seen.map_or(self.slot, |seen| seen.slot)
    }

    fn push_market(&mut self, pushed: &Pushed, market: &Market, now: Timestamp) -> bool {
        let seen = self.markets.get(&pushed.address);
        let news = self.is_newer(seen, pushed.slot);
        let differs = seen.is_none_or(|seen| seen.value != *market);
        if news {
            merge(&mut self.markets, [(pushed.address, market.clone())], pushed.slot, now);
        }
        news && differs
    }

    fn push_run(&mut self, pushed: &Pushed, run: Run, now: Timestamp) -> bool {
        let seen = self.runs.get(&pushed.address);
        let news = self.is_newer(seen, pushed.slot);
        let differs = seen.is_none_or(|seen| seen.value != run);
        if news {
            merge(&mut self.runs, [(pushed.address, run)], pushed.slot, now);
        }
        news && differs
    }

    fn push_job(&mut self, pushed: &Pushed, job: &Job, now: Timestamp, merged: &mut Merged) {
        let nodes: Vec<Address> = self.nodes_at(&pushed.address);
        let before = self.jobs.get(&pushed.address);
        if nodes.is_empty() || before.is_some_and(|seen| seen.slot > pushed.slot) {
            return;
        }
        let state = before.map(|seen| seen.value.state);
        // A claimed job stays stopped while it runs: only what is news hints at an end.
        if job.state == JobState::Done || (job.state == JobState::Stopped && state != Some(JobState::Stopped))
        {
            merged.look.extend(nodes);
        }
        merged.note(before.is_none_or(|seen| seen.value != *job), pushed.slot);
        merge(&mut self.jobs, [(pushed.address, *job)], pushed.slot, now);
    }

    fn nodes_at(&self, job: &Address) -> Vec<Address> {
        self.runs.values().filter(|run| run.value.job == *job).map(|run| run.value.node).collect()
    }

    /// Where some nodes are, as far as accounts say that were confirmed at `since` or later.
    #[must_use]
    pub fn claims(&self, of: impl Fn(&Address) -> bool, since: Timestamp) -> HashMap<Address, Claim> {
        let mut claims: HashMap<Address, Claim> = HashMap::new();
        let queues = self.markets.iter().filter(|(_, market)| market.at >= since);
        for (address, market) in queues.filter(|(_, market)| market.value.queue_kind == QueueKind::Node) {
            let length = u32::try_from(market.value.queue.len()).unwrap_or(u32::MAX);
            for (position, node) in (1u32..).zip(&market.value.queue).filter(|(_, node)| of(node)) {
                let queued = Queued { market: *address, position, length, more: 0 };
                claims.entry(*node).or_default().add_queue(queued);
            }
        }
        for (address, run) in self.runs.iter().filter(|(_, run)| run.at >= since && of(&run.value.node)) {
            claims.entry(run.value.node).or_default().add_run(self.running(*address, &run.value));
        }
        claims
    }
}

impl Merged {
    fn note(&mut self, news: bool, slot: u64) {
        self.changed |= news;
        self.slot = self.slot.max(slot);
    }
}

#[cfg(test)]
#[path = "push_tests.rs"]
mod tests;
