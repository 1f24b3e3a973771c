//! A node: a wallet, a machine behind an endpoint, and the truth about both.

use serde::{Deserialize, Serialize};

use crate::key::Key;
use crate::stake::Stake;

/// What the node's own endpoint does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Endpoint {
    /// Answers.
    Up,
    /// The tunnel answers in its place: 404 and a page.
    Down,
    /// Accepts, never answers.
    Hang,
    /// Somebody else answers: 200 and a page.
    Html,
}

impl Endpoint {
    /// Down and hanging both count as silence.
    pub(crate) fn is_silent(self) -> bool {
        matches!(self, Self::Down | Self::Hang)
    }
}

/// The state that the node tells about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Activity {
    RunningJob,
    Benchmarking,
    #[serde(rename = "HEALTHCHECK")]
    HealthCheck,
    Restarting,
    Starting,
    JoiningMarket,
    Queued,
    Other,
}

impl Activity {
    /// Activities that a well node leaves within minutes.
    pub(crate) fn is_short(self) -> bool {
        matches!(self, Self::Starting | Self::Restarting | Self::JoiningMarket | Self::Queued)
    }
}

/// The kind of host, as the host services call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub(crate) enum Tier {
    Premium,
    Community,
    Other,
}

/// A graphics card as the node reports it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Gpu {
    pub(crate) name: String,
    pub(crate) uuid: String,
    /// Megabytes, fractional as the real ones.
    pub(crate) memory_mb: f64,
    /// Compute capability.
    #[serde(default = "eight")]
    pub(crate) major: u32,
    /// Compute capability.
    #[serde(default)]
    pub(crate) minor: u32,
}

fn eight() -> u32 {
    8
}

/// Where a node stands on the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Chain {
    Running,
    Queued,
    None,
}

/// Since when the truth is as it is, unix milliseconds; never before the simulator's start.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Since {
    pub(crate) chain: Chain,
    pub(crate) chain_ms: i64,
    pub(crate) endpoint: Endpoint,
    pub(crate) endpoint_ms: i64,
    pub(crate) activity: Activity,
    pub(crate) activity_ms: i64,
    /// Since when the activity is one of the short ones.
    pub(crate) short_ms: Option<i64>,
}

impl Since {
    /// The truth begins now.
    pub(crate) fn start(chain: Chain, endpoint: Endpoint, activity: Activity, now_ms: i64) -> Self {
        Self {
            chain,
            chain_ms: now_ms,
            endpoint,
            endpoint_ms: now_ms,
            activity,
            activity_ms: now_ms,
            short_ms: activity.is_short().then_some(now_ms),
        }
    }

    /// Moves each instant whose value changed.
    pub(crate) fn note(&mut self, chain: Chain, endpoint: Endpoint, activity: Activity, now_ms: i64) {
        if self.chain != chain {
            (self.chain, self.chain_ms) = (chain, now_ms);
        }
        if self.endpoint != endpoint {
            (self.endpoint, self.endpoint_ms) = (endpoint, now_ms);
        }
        if self.activity != activity {
            (self.activity, self.activity_ms) = (activity, now_ms);
        }
        self.short_ms = activity.is_short().then(|| self.short_ms.unwrap_or(now_ms));
    }
}

/// What the machine says about itself beside its state.
#[derive(Clone, Debug)]
pub(crate) struct Machine {
    pub(crate) version: String,
    pub(crate) country: &'static str,
    pub(crate) cpu: &'static str,
    pub(crate) cores: u32,
    pub(crate) ram_mb: u32,
    pub(crate) disk_gb: u32,
    pub(crate) ping_ms: u32,
    pub(crate) download_mbps: u32,
    pub(crate) upload_mbps: u32,
    pub(crate) gpus: Vec<Gpu>,
    /// Unix milliseconds of the node program's start.
    pub(crate) booted_ms: i64,
}

/// A node and its wallet.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub(crate) address: Key,
    pub(crate) lamports: u64,
    /// Micro-NOS in the wallet's token account; without it there is no account.
    pub(crate) nos: Option<u64>,
    pub(crate) nos_account: Key,
    pub(crate) stake: Option<Stake>,
    pub(crate) stake_account: Key,
    pub(crate) stake_vault: (Key, u8),
    /// The market it works for.
    pub(crate) home: Key,
    pub(crate) endpoint: Endpoint,
    /// Said whatever the chain shows; without it the answer follows the chain.
    pub(crate) says: Option<Activity>,
    pub(crate) machine: Machine,
    pub(crate) tier: Tier,
    /// Life leaves it alone.
    pub(crate) pinned: bool,
    /// Simulated seconds until it joins its market again.
    pub(crate) rejoin: Option<u32>,
    pub(crate) since: Since,
}

impl Node {
    /// Whether life may act for it: nobody holds it and its machine is well.
    pub(crate) fn is_lively(&self) -> bool {
        !self.pinned && self.endpoint == Endpoint::Up && self.says.is_none()
    }

    /// The activity it tells, given its place on the chain.
    pub(crate) fn activity(&self, chain: Chain) -> Activity {
        self.says.unwrap_or(match chain {
            Chain::Running => Activity::RunningJob,
            Chain::Queued => Activity::Queued,
            Chain::None if self.rejoin.is_some() => Activity::JoiningMarket,
            Chain::None => Activity::Other,
        })
    }
}
