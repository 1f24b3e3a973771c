//! A watched node: its two axes, kept and judged apart.

use crate::{
    address::Address,
    chain::{ChainAxis, Look},
    endpoint::{Answer, EndpointAxis},
    reading::Reading,
    rules::Rules,
    status::{Verdict, Word, verdict},
    time::Timestamp,
};

/// What is known of a node, whoever watches it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Node {
    /// Its wallet.
    pub address: Address,
    /// What the chain says.
    pub chain: ChainAxis,
    /// What its own endpoint says.
    pub endpoint: EndpointAxis,
    /// The last status that was no *unknown*, as judged at the last look that could judge: what an unknown remembers.
    pub verdict: Option<Verdict>,
}

/// What a node's wallet holds. A `null` account is a known zero.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Purse {
    /// Lamports.
    pub sol: Reading<i64>,
    /// Micro-NOS.
    pub nos: Reading<i64>,
    /// Micro-xNOS.
    pub stake: Reading<i64>,
}

/// What a node says of its machine: displayed, used for no verdict.
#[derive(Clone, Debug, Default, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Machine {
    /// The node software's version.
    pub version: Option<String>,
    /// Two letters.
    pub country: Option<String>,
    /// The operating system's word.
    pub system: Option<String>,
    /// The processor's model.
    pub cpu: Option<String>,
    /// Memory in MB.
    pub ram_mb: Option<u64>,
    /// Disk in GB.
    pub disk_gb: Option<u64>,
    /// Mbit/s down.
    pub download_mbps: Option<u64>,
    /// Mbit/s up.
    pub upload_mbps: Option<u64>,
    /// Milliseconds to the network's test server.
    pub ping_ms: Option<u64>,
    /// The graphics driver.
    pub driver: Option<String>,
    /// CUDA's version.
    pub cuda: Option<String>,
    /// The graphics cards.
    pub gpus: Vec<Gpu>,
}

/// One graphics card.
#[derive(Clone, Debug, Default, Eq, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Gpu {
    /// Its name.
    pub name: String,
    /// Its memory in MB.
    pub memory_mb: Option<u64>,
    /// Its serial; two machines under one key show as flips of it.
    pub uuid: Option<String>,
}

impl Node {
    /// A node nobody has looked at yet.
    #[must_use]
    pub const fn new(address: Address, since: Timestamp) -> Self {
        Self { address, chain: ChainAxis::new(since), endpoint: EndpointAxis::new(since), verdict: None }
    }

    /// The node after one more look at the chain at `now`.
    #[must_use]
    pub fn looked_at(self, look: Look, now: Timestamp, rules: &Rules) -> Self {
        Self { chain: self.chain.observe(look, now, rules), ..self }.judged(now, rules)
    }

    /// The node after one more probe of its endpoint. `witnessed`: another one answered in the same round.
    #[must_use]
    pub fn probed(self, answer: Answer, witnessed: bool, rules: &Rules) -> Self {
        Self { endpoint: self.endpoint.observe(answer, witnessed, rules), ..self }.judged(answer.at, rules)
    }

    /// The node after it signed something itself at `act`, as came to light at `now`.
    #[must_use]
    pub fn signed(self, act: Timestamp, now: Timestamp, rules: &Rules) -> Self {
        Self { endpoint: self.endpoint.signed(act), ..self }.judged(now, rules)
    }

    /// What is said of it at `now` is remembered: the verdict, and the silence that is part of it.
    fn judged(mut self, now: Timestamp, rules: &Rules) -> Self {
        let Some(verdict) = verdict(&self, rules, now) else { return self };
        if verdict.silent || verdict.word == Word::Offline {
            self.endpoint.long_silence.get_or_insert(self.endpoint.since);
        }
        Self { verdict: Some(verdict), ..self }
    }

    /// The node as it counts at `now`.
    #[must_use]
    pub fn aged(self, now: Timestamp, rules: &Rules) -> Self {
        Self { chain: self.chain.aged(now, rules), endpoint: self.endpoint.aged(now, rules), ..self }
    }
}

impl Purse {
    /// Nothing read yet.
    #[must_use]
    pub const fn new(since: Timestamp) -> Self {
        Self { sol: Reading::never(since), nos: Reading::never(since), stake: Reading::never(since) }
    }
}
