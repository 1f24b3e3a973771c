//! A market: one queue that holds waiting nodes or waiting jobs, never both.

use crate::key::Key;

/// The capacity of a market's queue on the chain.
pub(crate) const QUEUE_CAPACITY: usize = 314;

/// What waits in the queue; the byte is the chain's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum QueueKind {
    /// Jobs wait for nodes.
    Job = 0,
    /// Nodes wait for jobs.
    Node = 1,
    /// Nothing waits.
    Empty = 255,
}

impl QueueKind {
    /// The word of the control calls.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Job => "job",
            Self::Node => "node",
            Self::Empty => "empty",
        }
    }
}

/// How life treats a market.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Mood {
    /// More nodes than jobs: a job comes every so many simulated seconds, while somebody waits.
    Nodes {
        /// Simulated seconds between two jobs, on average.
        every: f64,
        /// Simulated seconds until the next one.
        next: f64,
    },
    /// More jobs than nodes: the queue is refilled to this length.
    Jobs {
        /// Length of the job queue.
        backlog: usize,
    },
    /// Nothing happens.
    Quiet,
}

/// A market of the jobs program.
#[derive(Clone, Debug)]
pub(crate) struct Market {
    pub(crate) address: Key,
    /// May kick nodes and change the market.
    pub(crate) authority: Key,
    /// Seconds after the end when a Done job may be closed.
    pub(crate) job_expiration: i64,
    /// Micro-NOS per second for jobs listed now.
    pub(crate) price: u64,
    /// Seconds that a new job may run.
    pub(crate) timeout: i64,
    pub(crate) job_type: u8,
    pub(crate) vault: Key,
    pub(crate) vault_bump: u8,
    /// NFT collection; the system program means open to all.
    pub(crate) access_key: Key,
    /// Micro-xNOS needed to enter.
    pub(crate) node_xnos_minimum: u128,
    pub(crate) kind: QueueKind,
    /// Index 0 is served next.
    pub(crate) queue: Vec<Key>,
    pub(crate) mood: Mood,
}

impl Market {
    /// Appends; the first entry decides what the queue holds.
    pub(crate) fn push(&mut self, kind: QueueKind, key: Key) {
        self.kind = kind;
        self.queue.push(key);
    }

    /// Takes an entry out; popping the last leaves the queue empty in kind too.
    pub(crate) fn take(&mut self, index: usize) -> Key {
        let key = self.queue.remove(index);
        if self.queue.is_empty() {
            self.kind = QueueKind::Empty;
        }
        key
    }

    /// Whether nodes wait in it.
    pub(crate) fn has_nodes(&self) -> bool {
        self.kind == QueueKind::Node && !self.queue.is_empty()
    }

    /// Whether jobs wait in it.
    pub(crate) fn has_jobs(&self) -> bool {
        self.kind == QueueKind::Job && !self.queue.is_empty()
    }

    /// Whether the queue is at the chain's capacity.
    pub(crate) fn is_full(&self) -> bool {
        self.queue.len() >= QUEUE_CAPACITY
    }

    /// The place of a node among waiting nodes.
    pub(crate) fn node_place(&self, node: &Key) -> Option<usize> {
        (self.kind == QueueKind::Node).then(|| self.queue.iter().position(|k| k == node)).flatten()
    }
}
