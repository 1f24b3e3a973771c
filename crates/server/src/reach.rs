//! How well the sources can be reached: told by the loops, read by administrators. Nothing here decides anything.

use std::{
    sync::{PoisonError, RwLock},
    time::Duration,
};

use domain::{time::Timestamp, why::Why};
use sources::solana::{EndpointState, Standing};

/// One RPC endpoint.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RpcReach {
    /// Scheme, host and port; never a key.
    pub name: String,
    /// `untried`, `ok`, `demoted`, `failing` or `resting`.
    pub state: &'static str,
    /// When one that is at fault is asked again; a resting one is not asked before.
    pub until: Option<Timestamp>,
    /// What is wrong with it.
    pub why: Option<Why>,
    /// Its last answer that was whole and new.
    pub last_good: Option<Timestamp>,
    /// The slot of that answer.
    pub slot: Option<u64>,
    /// How long a call took then.
    pub latency: Option<Duration>,
    /// How many calls it got since the start.
    pub calls: u64,
    /// How many reads it failed or answered wantingly since the start.
    pub failures: u64,
}

/// What the loops told last.
#[derive(Debug, Default)]
pub struct Reach {
    rpc: RwLock<Vec<RpcReach>>,
    round: RwLock<Option<Duration>>,
}

impl RpcReach {
    fn new(state: EndpointState) -> Self {
        let (word, until) = match state.standing {
            Standing::Untried => ("untried", None),
            Standing::Sound => ("ok", None),
            Standing::Demoted(again_at) => ("demoted", Some(again_at)),
            Standing::Failing(again_at) => ("failing", Some(again_at)),
            Standing::Resting(until) => ("resting", Some(until)),
        };
        Self {
            name: state.name,
            state: word,
            until,
            why: state.why,
            last_good: state.health.last_good,
            slot: state.health.slot,
            latency: state.health.latency,
            calls: state.calls,
            failures: state.health.failures,
        }
    }
}

impl Reach {
    /// The RPC endpoints as they stand, in the order of the configuration.
    pub fn tell_rpc(&self, states: Vec<EndpointState>) {
        let told = states.into_iter().map(RpcReach::new).collect();
        *self.rpc.write().unwrap_or_else(PoisonError::into_inner) = told;
    }

    /// The last round over the nodes' endpoints took so long.
    pub fn tell_round(&self, took: Duration) {
        *self.round.write().unwrap_or_else(PoisonError::into_inner) = Some(took);
    }

    /// The RPC endpoints as last told.
    #[must_use]
    pub fn rpc(&self) -> Vec<RpcReach> {
        self.rpc.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// How long the last round over the nodes' endpoints took.
    #[must_use]
    pub fn round(&self) -> Option<Duration> {
        *self.round.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// Every RPC endpoint throttles us: until when nobody is asked.
    #[must_use]
    pub fn throttled_until(&self) -> Option<Timestamp> {
        let rpc = self.rpc.read().unwrap_or_else(PoisonError::into_inner);
        let rests = |rpc: &RpcReach| if rpc.state == "resting" { rpc.until } else { None };
        rpc.iter().map(rests).collect::<Option<Vec<_>>>()?.into_iter().min()
    }
}
