//! The chain axis of one node: running, queued, none or unknown (network.md §1.11).

use std::time::Duration;

use crate::{address::Address, reading::Reading, rules::Rules, time::Timestamp, why::Why};

/// A node at work.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Running {
    /// The run's address.
    pub run: Address,
    /// The job's address.
    pub job: Address,
    /// When the node took the job, by the chain.
    pub started: Timestamp,
    /// The job's market, once its account was read.
    pub market: Option<Address>,
    /// Micro-NOS per second, once the job's account was read.
    pub price: Option<u64>,
    /// The job's cap in seconds, once its account was read.
    pub timeout: Option<i64>,
    /// Further runs and queue places of the same node.
    pub more: u32,
}

/// A node in a queue.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Queued {
    /// Whose queue.
    pub market: Address,
    /// Its place, 1 = next to be served.
    pub position: u32,
    /// How many wait.
    pub length: u32,
    /// Places in further queues.
    pub more: u32,
}

/// What the accounts of one scan say of a node, before any rule is applied: a list, because a node can own several
/// runs, or be queued and running at once.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Claim {
    runs: Vec<Running>,
    queues: Vec<Queued>,
}

/// What the chain says of a node, once believed.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Chain {
    /// A run names it.
    Running(Running),
    /// It waits in a market's queue.
    Queued(Queued),
    /// No run names it and no queue holds it, in two scans that agree.
    None,
}

/// One look at the chain for one node.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Look {
    /// The scan was good.
    Seen {
        /// What it said of this node.
        claim: Claim,
        /// Why being nowhere proves nothing this time.
        absence_doubted: Option<Why>,
        /// The scan's slot.
        slot: u64,
    },
    /// The scan brought nothing that counts.
    Blind(Why),
}

/// The chain axis, with what its rules must remember.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ChainAxis {
    /// The state.
    pub reading: Reading<Chain>,
    /// Since when the state holds: a run by the chain's time, a queue at least since we first saw it there.
    pub since: Timestamp,
    /// The slot that last confirmed it; `None` before the first good look.
    pub slot: Option<u64>,
    /// The first scan that saw the node nowhere, not yet confirmed by a second.
    pub nowhere_since: Option<Timestamp>,
    /// Why the last look failed; `None` when it did not.
    pub failing: Option<Why>,
}

impl Claim {
    /// Another run of this node.
    pub fn add_run(&mut self, run: Running) {
        self.runs.push(run);
    }

    /// Another queue that holds this node.
    pub fn add_queue(&mut self, queue: Queued) {
        self.queues.push(queue);
    }

    /// What counts: a run before any queue, the youngest run, the place that is served soonest.
    fn judged(self) -> Option<Chain> {
        let all = u32::try_from(self.runs.len() + self.queues.len()).unwrap_or(u32::MAX);
        let more = all.saturating_sub(1);
        if let Some(run) = self.runs.into_iter().max_by_key(|run| (run.started, run.run)) {
            return Some(Chain::Running(Running { more, ..run }));
        }
        let queue = self.queues.into_iter().min_by_key(|queue| (queue.position, queue.market))?;
        Some(Chain::Queued(Queued { more, ..queue }))
    }
}

impl Chain {
    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(&self) -> &'static str {
        match self {
            Self::Running(_) => "running",
            Self::Queued(_) => "queued",
            Self::None => "none",
        }
    }

    /// What one interval of this state is about: the run, the market, or nothing.
    #[must_use]
    pub const fn subject(&self) -> Option<Address> {
        match self {
            Self::Running(running) => Some(running.run),
            Self::Queued(queued) => Some(queued.market),
            Self::None => None,
        }
    }

    /// The market of the job or of the queue, where it is known.
    #[must_use]
    pub const fn market(&self) -> Option<Address> {
        match self {
            Self::Running(running) => running.market,
            Self::Queued(queued) => Some(queued.market),
            Self::None => None,
        }
    }

    /// Whether both belong to the same interval.
    #[must_use]
    pub fn same_interval(&self, other: &Self) -> bool {
        self.word() == other.word() && self.subject() == other.subject()
    }
}

impl Running {
    /// When the job's cap is reached; nobody closes it by himself then.
    #[must_use]
    pub fn deadline(&self) -> Option<Timestamp> {
        let seconds = u64::try_from(self.timeout?.max(0)).unwrap_or(0);
        Some(self.started.plus(Duration::from_secs(seconds)))
    }
}

impl ChainAxis {
    /// Nothing known yet.
    #[must_use]
    pub const fn new(since: Timestamp) -> Self {
        Self { reading: Reading::never(since), since, slot: None, nowhere_since: None, failing: None }
    }

    /// The axis after one more look at `now`.
    #[must_use]
    pub fn observe(self, look: Look, now: Timestamp, rules: &Rules) -> Self {
        match look {
            Look::Blind(why) => self.failed(why, now, rules),
            Look::Seen { claim, absence_doubted, slot } => match (claim.judged(), absence_doubted) {
                (Some(state), _) => self.believe(state, slot, now),
                (None, Some(why)) => self.failed(why, now, rules),
                (None, None) => self.nowhere(slot, now, rules),
            },
        }
    }

    /// The axis as it counts at `now`, however long ago the last look was.
    #[must_use]
    pub fn aged(self, now: Timestamp, rules: &Rules) -> Self {
        let why = self.failing.unwrap_or(Why::NotWatching);
        let was_known = self.reading.known().is_some();
        let reading = self.reading.aged(now, rules.chain_valid(), why);
        match &reading {
            Reading::Unknown { since, .. } if was_known => Self { since: *since, reading, ..self },
            _ => Self { reading, ..self },
        }
    }

    fn failed(self, why: Why, now: Timestamp, rules: &Rules) -> Self {
        let reading = self.reading.failed(why);
        Self { reading, failing: Some(why), ..self }.aged(now, rules)
    }

    fn believe(self, state: Chain, slot: u64, now: Timestamp) -> Self {
        let same = self.reading.known().is_some_and(|before| before.same_interval(&state));
        let since = match &state {
            Chain::Running(running) => running.started,
            _ if same => self.since,
            _ => now,
        };
        Self {
            reading: Reading::Known { value: state, at: now },
            since,
            slot: Some(slot),
            nowhere_since: None,
            failing: None,
        }
    }

    /// `none` is believed after two scans that agree; until then the state before stands.
    fn nowhere(self, slot: u64, now: Timestamp, rules: &Rules) -> Self {
        match (self.reading.known(), self.nowhere_since) {
            (Some(Chain::None), _) => self.believe(Chain::None, slot, now),
            (_, Some(first)) if now.since(first) <= rules.chain_valid() => {
                // Scans that are asked for may follow each other too closely to be two looks.
                if now.since(first) >= rules.second_look() {
                    return Self { since: first, ..self.believe(Chain::None, slot, now) };
                }
                self.pending(first, now, rules)
            }
            // A first look from before a long blindness agrees with nothing any more.
            _ => self.pending(now, now, rules),
        }
    }

    fn pending(self, first: Timestamp, now: Timestamp, rules: &Rules) -> Self {
        let pending = Self { nowhere_since: Some(first), ..self };
        Self { failing: None, ..pending.failed(Why::WaitingForSecondLook, now, rules) }
    }
}

#[cfg(test)]
#[path = "chain_tests.rs"]
mod tests;
