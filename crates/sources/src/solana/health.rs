//! How well one RPC endpoint of several serves us, kept from read to read and judged purely: `now` is an argument.

use std::time::Duration;

use domain::{time::Timestamp, why::Why};

/// How an endpoint stands.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Standing {
    /// Nobody has asked it yet.
    Untried,
    /// Its last answer was whole and new.
    Sound,
    /// It answers, but stale, emptied or shortened: it is tried again from that instant on.
    Demoted(Timestamp),
    /// It does not answer, or with nothing that can be read: it is tried again from that instant on.
    Failing(Timestamp),
    /// It throttles us, and is not asked before that instant.
    Resting(Timestamp),
}

/// What is remembered of one endpoint.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Health {
    /// Its last answer that was whole and new.
    pub last_good: Option<Timestamp>,
    /// The slot of that answer.
    pub slot: Option<u64>,
    /// How long a call of its last good read took, on average.
    pub latency: Option<Duration>,
    /// How many reads it failed, or answered wantingly.
    pub failures: u64,
    fault: Option<Fault>,
    strikes: u32,
    struck_at: Option<Timestamp>,
}

/// What is wrong now.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
struct Fault {
    why: Why,
    in_a_row: u32,
    again_at: Timestamp,
}

/// One endpoint's turn in a read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Turn {
    /// Which, by its place in the configuration.
    pub index: usize,
    /// It is at fault, and asked only because nobody else brought anything.
    pub last_resort: bool,
}

/// A throttling endpoint that does not say how long, and the longest that it is left alone for.
const REST: (Duration, Duration) = (Duration::from_secs(2), Duration::from_secs(60));
/// Any other endpoint at fault: when it is tried again first, and at the longest.
const TRIAL: (Duration, Duration) = (Duration::from_secs(15), Duration::from_secs(600));
/// A strike weighs half after so long.
const HALVES_SECONDS: u64 = 300;
/// Strikes beyond this weigh no more.
const MOST_STRIKES: u32 = 64;
/// Answers that differ by less than this are equally quick.
const EQUALLY_QUICK: u128 = 250;

impl Health {
    /// After a read that was whole and new.
    #[must_use]
    pub fn good(self, slot: u64, latency: Duration, now: Timestamp) -> Self {
        Self { last_good: Some(now), slot: Some(slot), latency: Some(latency), fault: None, ..self }
    }

    /// After a read that failed, or an answer that was found wanting. `retry_after` is what a throttling endpoint
    /// asked for.
    #[must_use]
    pub fn bad(self, why: Why, retry_after: Option<Duration>, now: Timestamp) -> Self {
        let in_a_row = self.fault.map_or(0, |fault| fault.in_a_row).saturating_add(1);
        let pause = match (why, retry_after) {
            (Why::RpcThrottled, Some(asked)) => asked.max(Duration::from_secs(1)),
            (Why::RpcThrottled, None) => doubled(REST, in_a_row),
            _ => doubled(TRIAL, in_a_row),
        };
        Self {
            failures: self.failures.saturating_add(1),
            fault: Some(Fault { why, in_a_row, again_at: now.plus(pause) }),
            strikes: self.weight(now).saturating_add(1).min(MOST_STRIKES),
            struck_at: Some(now),
            ..self
        }
    }

    /// What is wrong with it; `None` = nothing that we know of.
    #[must_use]
    pub fn why(&self) -> Option<Why> {
        self.fault.map(|fault| fault.why)
    }

    /// How it stands at `now`.
    #[must_use]
    pub fn standing(&self, now: Timestamp) -> Standing {
        match self.fault {
            None if self.last_good.is_none() => Standing::Untried,
            None => Standing::Sound,
            Some(Fault { why: Why::RpcThrottled, again_at, .. }) if again_at > now => {
                Standing::Resting(again_at)
            }
            Some(Fault { why, again_at, .. }) if is_wanting(why) => Standing::Demoted(again_at),
            Some(Fault { again_at, .. }) => Standing::Failing(again_at),
        }
    }

    /// How much its recent faults weigh.
    fn weight(&self, now: Timestamp) -> u32 {
        let age = self.struck_at.map_or(0, |at| now.since(at).as_secs() / HALVES_SECONDS);
        self.strikes >> u32::try_from(age).unwrap_or(u32::MAX).min(31)
    }

    /// Less is better; how quick it answers decides only between equals.
    fn rank(&self, now: Timestamp) -> (u32, u128) {
        let quick = self.latency.map_or(u128::MAX, |latency| latency.as_millis() / EQUALLY_QUICK);
        (self.weight(now), quick)
    }
}

/// Who is asked, in which order: at `trial` first one that was at fault and is due again, then the sound ones, the
/// healthiest first, then as a last resort whoever is at fault. Nobody who rests is asked.
#[must_use]
pub fn turns(healths: &[Health], trial: bool, now: Timestamp) -> Vec<Turn> {
    let due = |health: &Health| health.fault.filter(|fault| fault.again_at <= now).map(|f| f.again_at);
    // One at a time, the one that waits longest: a whole row of dead endpoints must not hold up every scan.
    let tried = healths.iter().enumerate().filter_map(|(index, health)| Some((due(health)?, index))).min();
    let tried = tried.filter(|_| trial).map(|(_, index)| index);
    let mut asked: Vec<(bool, bool, u32, u128, usize)> = Vec::with_capacity(healths.len());
    for (index, health) in healths.iter().enumerate() {
        let (weight, quick) = health.rank(now);
        let resort = match health.standing(now) {
            Standing::Resting(_) => continue,
            Standing::Untried | Standing::Sound => false,
            Standing::Demoted(_) | Standing::Failing(_) => tried != Some(index),
        };
        asked.push((tried != Some(index), resort, weight, quick, index));
    }
    asked.sort_unstable();
    asked.into_iter().map(|(_, last_resort, _, _, index)| Turn { index, last_resort }).collect()
}

/// Whether an endpoint that is at fault for this reason answers all the same.
const fn is_wanting(why: Why) -> bool {
    matches!(why, Why::RpcStale | Why::RpcEmptyList | Why::RpcShortList | Why::RpcBadAccount)
}

fn doubled((first, longest): (Duration, Duration), times: u32) -> Duration {
    let factor = 1u32.checked_shl(times.saturating_sub(1)).unwrap_or(u32::MAX);
    first.saturating_mul(factor).min(longest)
}

#[cfg(test)]
#[path = "health_tests.rs"]
mod tests;
