//! The whole network as the last scans left it: lists and look-ups by name merged by slot.
//!
//! Absence from a list is silence: a run or market that is missing is asked for by name, and a list that was caught
//! leaving something out proves nothing by absence (network.md §1.11).

mod places;
mod push;

use std::collections::{BTreeMap, HashSet, btree_map::Entry};

pub use places::Places;
pub use push::{Change, Merged, Pushed};

use crate::{
    address::Address,
    chain::Running,
    job::{Ending, Job, JobState, ending},
    lookup::Lookup,
    market::{Market, QueueKind},
    run::Run,
    time::Timestamp,
    why::Why,
};

/// A value with the slot and the instant at which it was last confirmed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Seen<T> {
    /// The value.
    pub value: T,
    /// The slot of the answer that said so.
    pub slot: u64,
    /// When we read it.
    pub at: Timestamp,
}

/// One list of accounts, at one slot.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct List<T> {
    /// The slot of the answer.
    pub slot: u64,
    /// The accounts that decode.
    pub accounts: Vec<(Address, T)>,
    /// The accounts that do not.
    pub unreadable: Vec<Address>,
}

/// A run that was missing from the list, asked for by name together with its job, in one answer.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct MissingRun {
    /// The run's address.
    pub address: Address,
    /// The slot of the answer.
    pub slot: u64,
    /// The run's account.
    pub run: Lookup<Run>,
    /// Its job's account.
    pub job: Lookup<Job>,
}

/// A market that was missing from the list, asked for by name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct MissingMarket {
    /// The market's address.
    pub address: Address,
    /// The slot of the answer.
    pub slot: u64,
    /// The market's account.
    pub market: Lookup<Market>,
}

/// Everything that one scan read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Scan {
    /// All markets.
    pub markets: List<Market>,
    /// All open runs.
    pub runs: List<Run>,
    /// The jobs of those runs, with the slots of their answers.
    pub jobs: Vec<(Address, u64, Lookup<Job>)>,
    /// What was asked by name because the list of runs left it out.
    pub missing_runs: Vec<MissingRun>,
    /// What was asked by name because the list of markets left it out.
    pub missing_markets: Vec<MissingMarket>,
}

/// A run that is proven to be gone.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClosedRun {
    /// The run's address.
    pub address: Address,
    /// The run as last seen.
    pub run: Run,
    /// How it ended for its node.
    pub ending: Ending,
}

/// What absorbing a scan led to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Absorbed {
    /// The runs that are proven to be gone.
    pub closed: Vec<ClosedRun>,
    /// Why being in no list proves nothing this time; `None` = it counts.
    pub absence_doubted: Option<Why>,
}

/// The chain as last known.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Network {
    /// Every market ever seen and not proven gone.
    pub markets: BTreeMap<Address, Seen<Market>>,
    /// Every open run.
    pub runs: BTreeMap<Address, Seen<Run>>,
    /// The jobs of the open runs.
    pub jobs: BTreeMap<Address, Seen<Job>>,
    /// The slot of the last good scan.
    pub slot: u64,
    /// When it was read; `None` before the first.
    pub at: Option<Timestamp>,
    /// When the slot was last seen to move.
    pub moved: Option<Timestamp>,
    /// The slots of the last scan's lists: markets, runs.
    pub(crate) listed: (u64, u64),
}

/// A chain whose slot stands still for longer than this is not being read live (a slot takes some 0.4 s).
const FROZEN_SECONDS: u64 = 10;

impl Network {
    /// The markets and runs that a list leaves out and that must be asked for by name. What was pushed at a slot after
    /// the list's own is not left out.
    #[must_use]
    pub fn missing_from(
        &self,
        markets: &List<Market>,
        runs: &List<Run>,
    ) -> (Vec<Address>, Vec<(Address, Run)>) {
        let listed = |address: &Address, list: &[Address]| list.binary_search(address).is_ok();
        let market_names = names(markets);
        let run_names = names(runs);
        (
            self.markets
                .iter()
                .filter(|(a, seen)| seen.slot <= markets.slot && !listed(a, &market_names))
                .map(|(a, _)| *a)
                .collect(),
            self.runs
                .iter()
                .filter(|(a, seen)| seen.slot <= runs.slot && !listed(a, &run_names))
                .map(|(a, seen)| (*a, seen.value))
                .collect(),
        )
    }

    /// Takes in what a scan read at `now`.
    ///
    /// # Errors
    /// The reason why the whole scan proves nothing: a network without markets, or answers older than what we have.
    /// Nothing is changed then.
    pub fn absorb(&mut self, scan: Scan, now: Timestamp) -> Result<Absorbed, Why> {
        self.refuse(&scan, now)?;
        let mut doubted = None;
        if !scan.markets.unreadable.is_empty() || !scan.runs.unreadable.is_empty() {
            doubted = Some(Why::RpcBadAccount);
        }
        let slot = scan.runs.slot.max(scan.markets.slot);
        if slot > self.slot || self.moved.is_none() {
            self.moved = Some(now);
        }
        self.slot = slot;
        self.listed = (scan.markets.slot, scan.runs.slot);
        self.at = Some(now);
        merge(&mut self.markets, scan.markets.accounts, scan.markets.slot, now);
        merge(&mut self.runs, scan.runs.accounts, scan.runs.slot, now);
        for (address, slot, job) in scan.jobs {
            if let Lookup::Found(job) = job {
                merge(&mut self.jobs, [(address, job)], slot, now);
            }
        }
        for missing in scan.missing_markets {
            doubted = self.settle_market(missing, scan.markets.slot, now).or(doubted);
        }
        let mut closed = Vec::new();
        for missing in scan.missing_runs {
            match self.settle_run(&missing, scan.runs.slot, now) {
                Settled::Closed(run) => closed.push(run),
                Settled::Doubted(why) => doubted = Some(why),
            }
        }
        let open: HashSet<Address, foldhash::fast::RandomState> =
            self.runs.values().map(|run| run.value.job).collect();
        self.jobs.retain(|address, _| open.contains(address));
        Ok(Absorbed { closed, absence_doubted: doubted })
    }

    fn refuse(&self, scan: &Scan, now: Timestamp) -> Result<(), Why> {
        if scan.markets.accounts.is_empty() {
            let garbled = !scan.markets.unreadable.is_empty();
            return Err(if garbled { Why::RpcBadAccount } else { Why::RpcEmptyList });
        }
        let slot = scan.runs.slot.max(scan.markets.slot);
        let frozen = self.moved.is_some_and(|moved| now.since(moved).as_secs() >= FROZEN_SECONDS);
        if slot < self.slot || (slot == self.slot && frozen) || scan.runs.slot < scan.markets.slot {
            return Err(Why::RpcStale);
        }
        Ok(())
    }

    /// A market that a list left out: back with its value, gone with proof, or kept as it was.
    fn settle_market(&mut self, missing: MissingMarket, list_slot: u64, now: Timestamp) -> Option<Why> {
        match missing.market {
            Lookup::Found(market) => {
                merge(&mut self.markets, [(missing.address, market)], missing.slot, now);
                Some(Why::RpcShortList)
            }
            Lookup::Gone if missing.slot >= list_slot => {
                self.markets.remove(&missing.address);
                None
            }
            Lookup::Gone => Some(Why::RpcStale),
            Lookup::Unreadable => Some(Why::RpcBadAccount),
        }
    }

    /// A run that a list left out is gone when its own name says so, or its job's end does, at a slot not older.
    fn settle_run(&mut self, missing: &MissingRun, list_slot: u64, now: Timestamp) -> Settled {
        let Some(before) = self.runs.get(&missing.address).cloned() else {
            return Settled::Doubted(Why::RpcShortList);
        };
        if missing.slot < list_slot.max(before.slot) {
            return Settled::Doubted(Why::RpcStale);
        }
        let gone = match missing.run {
            Lookup::Found(run) => {
                merge(&mut self.runs, [(missing.address, run)], missing.slot, now);
                return Settled::Doubted(Why::RpcShortList);
            }
            Lookup::Gone => true,
            Lookup::Unreadable => self.job_has_ended_since(&before.value, &missing.job),
        };
        if !gone {
            return Settled::Doubted(Why::RpcBadAccount);
        }
        self.runs.remove(&missing.address);
        Settled::Closed(ClosedRun {
            address: missing.address,
            run: before.value,
            ending: ending(&before.value, &missing.job),
        })
    }

    /// A claimed job stays *stopped* while it runs, so *stopped* proves an end only where it is news.
    fn job_has_ended_since(&self, run: &Run, job: &Lookup<Job>) -> bool {
        let before = self.jobs.get(&run.job).map(|seen| seen.value.state);
        match job {
            Lookup::Found(job) if job.state == JobState::Done => true,
            Lookup::Found(job) if job.state == JobState::Stopped => {
                before.is_some_and(|state| state != JobState::Stopped)
            }
            _ => false,
        }
    }

    /// Where each node is, as the accounts last said: one pass over all queues and runs.
    #[must_use]
    pub fn places(&self) -> Places {
        self.places_since((0, 0))
    }

    /// Where each node is, as far as the last scan itself, or what was pushed since, says so. What it could not read
    /// stays as it was and confirms nothing.
    #[must_use]
    pub fn confirmed_places(&self) -> Places {
        self.places_since(self.listed)
    }

    fn places_since(&self, (markets, runs): (u64, u64)) -> Places {
        let markets = self.markets.iter().filter(|(_, market)| market.slot >= markets);
        let queues = markets
            .filter(|(_, market)| market.value.queue_kind == QueueKind::Node)
            .map(|(address, market)| (*address, market.value.queue.as_slice()));
        let runs = self.runs.iter().filter(|(_, run)| run.slot >= runs);
        Places::new(queues, runs.map(|(address, run)| (run.value.node, self.running(*address, &run.value))))
    }

    fn running(&self, address: Address, run: &Run) -> Running {
        let job = self.jobs.get(&run.job).map(|seen| seen.value);
        Running {
            run: address,
            job: run.job,
            started: run.since(),
            market: job.map(|job| job.market),
            price: job.map(|job| job.price),
            timeout: job.map(|job| job.timeout),
            more: 0,
        }
    }
}

enum Settled {
    Closed(ClosedRun),
    Doubted(Why),
}

fn names<T>(list: &List<T>) -> Vec<Address> {
    let mut names: Vec<Address> =
        list.accounts.iter().map(|(address, _)| *address).chain(list.unreadable.iter().copied()).collect();
    names.sort_unstable();
    names
}

/// Per account the higher slot wins.
fn merge<T>(
    into: &mut BTreeMap<Address, Seen<T>>,
    from: impl IntoIterator<Item = (Address, T)>,
    slot: u64,
    at: Timestamp,
) {
    for (address, value) in from {
        match into.entry(address) {
            Entry::Occupied(seen) if seen.get().slot > slot => {}
            Entry::Occupied(mut seen) => *seen.get_mut() = Seen { value, slot, at },
            Entry::Vacant(vacant) => {
                vacant.insert(Seen { value, slot, at });
            }
        }
    }
}

#[cfg(test)]
#[path = "network_tests.rs"]
mod tests;
