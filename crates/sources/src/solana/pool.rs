//! Several RPC endpoints as one: each read comes whole from one of them, the healthiest that answers well.

use std::{
    future::Future,
    sync::{Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use domain::{
    address::Address,
    network::{Network, Scan},
    time::Timestamp,
    why::Why,
};

use super::{
    address::Programs,
    ended::{EndedJobs, ended_jobs},
    health::{Health, Standing, Turn, turns},
    purse::{PurseRead, purses},
    rpc::{Rpc, RpcError},
    scan::{NamedJob, jobs, scan},
};

/// Tells the time.
pub type Now<'a> = &'a (dyn Fn() -> Timestamp + Send + Sync);

/// The endpoints in the order of the configuration, and how well each serves.
#[derive(Debug)]
pub struct Pool {
    endpoints: Vec<Endpoint>,
}

#[derive(Debug)]
struct Endpoint {
    rpc: Rpc,
    health: Mutex<Health>,
}

/// A read that no endpoint brought.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unread {
    /// The reason of the last one that was asked, or why none was.
    pub why: Why,
    /// Everybody throttles us: nobody is asked before this instant.
    pub until: Option<Timestamp>,
}

/// One endpoint, as an administrator sees it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct EndpointState {
    /// Scheme, host and port; never a key.
    pub name: String,
    /// How it stands.
    pub standing: Standing,
    /// What is wrong with it.
    pub why: Option<Why>,
    /// What is remembered of it.
    pub health: Health,
    /// How many calls it got.
    pub calls: u64,
}

impl Endpoint {
    fn health(&self) -> MutexGuard<'_, Health> {
        self.health.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bad(&self, why: Why, retry_after: Option<Duration>, now: Timestamp) {
        let mut health = self.health();
        *health = health.bad(why, retry_after, now);
    }

    fn failed(&self, error: &RpcError, now: Timestamp) -> Why {
        tracing::warn!(endpoint = self.rpc.name(), %error, "a read of the chain failed");
        self.bad(error.why, error.retry_after, now);
        error.why
    }

    fn wanting(&self, why: Why, now: Timestamp) {
        tracing::warn!(endpoint = self.rpc.name(), %why, "an answer was found wanting");
        self.bad(why, None, now);
    }
}

impl Pool {
    /// A pool of endpoints that nobody has asked yet.
    #[must_use]
    pub fn new(rpcs: Vec<Rpc>) -> Self {
        let endpoint = |rpc| Endpoint { rpc, health: Mutex::default() };
        Self { endpoints: rpcs.into_iter().map(endpoint).collect() }
    }

    /// One scan of the whole network, from one endpoint: as [`scan`](super::scan), judged against what is `known`. An
    /// endpoint whose answer is stale, emptied or shortened is demoted, and the next is asked. Where nobody knows
    /// better, the fullest of the shortened answers is the scan: what it shows is true, what it leaves out is doubted.
    ///
    /// # Errors
    /// Nobody brought a scan that proves anything.
    pub async fn scan(&self, programs: &Programs, known: &Network, now: Now<'_>) -> Result<Scan, Unread> {
        let mut doubted: Option<Scan> = None;
        let mut why = None;
        for Turn { index, last_resort } in self.turns(true, now()) {
            let Some(endpoint) = self.endpoints.get(index) else { continue };
            // Who is known to answer wantingly is not asked for a second opinion.
            if last_resort && doubted.is_some() {
                break;
            }
            let (began, calls) = (now(), endpoint.rpc.calls());
            let read = match scan(&endpoint.rpc, programs, known).await {
                Ok(read) => read,
                Err(error) => {
                    why = Some(endpoint.failed(&error, now()));
                    continue;
                }
            };
            match judge(&read, known, now()) {
                Verdict::Good(slot) => {
                    let calls = u32::try_from(endpoint.rpc.calls().saturating_sub(calls)).unwrap_or(u32::MAX);
                    let each = now().since(began).checked_div(calls.max(1)).unwrap_or_default();
                    let mut health = endpoint.health();
                    *health = health.good(slot, each, now());
                    return Ok(read);
                }
                Verdict::Doubted(doubt) => {
                    endpoint.wanting(doubt, now());
                    if doubted.as_ref().is_none_or(|best| size(best) < size(&read)) {
                        doubted = Some(read);
                    }
                }
                Verdict::Worthless(reason) => {
                    endpoint.wanting(reason, now());
                    why = Some(reason);
                }
            }
        }
        doubted.ok_or_else(|| self.unread(why, now()))
    }

    /// What the nodes' wallets hold: as [`purses`](super::purses).
    ///
    /// # Errors
    /// Nobody answered.
    pub async fn purses(
        &self,
        programs: &Programs,
        nodes: &[Address],
        now: Now<'_>,
    ) -> Result<Vec<(Address, PurseRead)>, Unread> {
        self.first(|rpc| purses(rpc, programs, nodes), now).await
    }

    /// The jobs that are over, at slots not before `from`: as [`ended_jobs`](super::ended_jobs).
    ///
    /// # Errors
    /// Nobody answered.
    pub async fn ended_jobs(
        &self,
        programs: &Programs,
        from: u64,
        now: Now<'_>,
    ) -> Result<EndedJobs, Unread> {
        self.first(|rpc| ended_jobs(rpc, programs, Some(from)), now).await
    }

    /// Jobs by name, at slots not before `from`: as [`jobs`](super::jobs).
    ///
    /// # Errors
    /// Nobody answered.
    pub async fn jobs(
        &self,
        programs: &Programs,
        names: &[Address],
        from: u64,
        now: Now<'_>,
    ) -> Result<Vec<NamedJob>, Unread> {
        self.first(|rpc| jobs(rpc, programs, names, from), now).await
    }

    /// Every endpoint as it stands at `now`, in the order of the configuration.
    #[must_use]
    pub fn states(&self, now: Timestamp) -> Vec<EndpointState> {
        let state = |endpoint: &Endpoint| {
            let health = *endpoint.health();
            EndpointState {
                name: endpoint.rpc.name().to_owned(),
                standing: health.standing(now),
                why: health.why(),
                health,
                calls: endpoint.rpc.calls(),
            }
        };
        self.endpoints.iter().map(state).collect()
    }

    /// The first whole answer. It takes nobody's fault away: only a scan shows whether an endpoint is whole again.
    async fn first<'a, T, F>(&'a self, read: impl Fn(&'a Rpc) -> F, now: Now<'_>) -> Result<T, Unread>
    where
        F: Future<Output = Result<T, RpcError>>,
    {
        let mut why = None;
        for turn in self.turns(false, now()) {
            let Some(endpoint) = self.endpoints.get(turn.index) else { continue };
            match read(&endpoint.rpc).await {
                Ok(found) => return Ok(found),
                // An answer that one kind of question cannot have says nothing of the others.
                Err(error) if matches!(error.why, Why::RpcError | Why::RpcTooLarge) => {
                    tracing::warn!(endpoint = endpoint.rpc.name(), %error, "a question was refused");
                    why = Some(error.why);
                }
                Err(error) => why = Some(endpoint.failed(&error, now())),
            }
        }
        Err(self.unread(why, now()))
    }

    fn turns(&self, trial: bool, now: Timestamp) -> Vec<Turn> {
        let healths: Vec<Health> = self.endpoints.iter().map(|endpoint| *endpoint.health()).collect();
        turns(&healths, trial, now)
    }

    /// Why nobody brought anything; until when, where all of them rest by now.
    fn unread(&self, why: Option<Why>, now: Timestamp) -> Unread {
        let rests = |endpoint: &Endpoint| match endpoint.health().standing(now) {
            Standing::Resting(until) => Some(until),
            _ => None,
        };
        let until = self.endpoints.iter().map(rests).collect::<Option<Vec<_>>>();
        Unread {
            why: why.unwrap_or(Why::RpcThrottled),
            until: until.and_then(|until| until.into_iter().min()),
        }
    }
}

/// What a scan is worth beside what is known.
enum Verdict {
    /// Whole and new, as of this slot.
    Good(u64),
    /// It left something out that exists.
    Doubted(Why),
    /// It proves nothing.
    Worthless(Why),
}

/// Judged by the rules that take it in.
fn judge(read: &Scan, known: &Network, now: Timestamp) -> Verdict {
    let mut after = known.clone();
    match after.absorb(read.clone(), now) {
        Ok(absorbed) => absorbed.absence_doubted.map_or(Verdict::Good(after.slot), Verdict::Doubted),
        Err(why) => Verdict::Worthless(why),
    }
}

fn size(scan: &Scan) -> usize {
    scan.markets.accounts.len().saturating_add(scan.runs.accounts.len())
}
