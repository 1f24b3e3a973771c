//! How well we see through one source: our own blindness, said once and apart from any node's state.

use crate::{time::Timestamp, why::Why};

/// Where facts come from.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Source {
    /// Solana's RPC.
    Chain,
    /// The nodes' own endpoints, behind their tunnel.
    Endpoints,
    /// The network's indexer, where one is configured.
    Indexer,
}

/// One source's sight.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Sight {
    /// The last good look.
    pub last_good: Option<Timestamp>,
    failing_since: Option<Timestamp>,
    why: Option<Why>,
    misses: u32,
}

impl Source {
    /// Every source there is.
    pub const ALL: [Self; 3] = [Self::Chain, Self::Endpoints, Self::Indexer];

    /// The word of the API.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Endpoints => "endpoints",
            Self::Indexer => "indexer",
        }
    }
}

impl Sight {
    /// The sight after one more look at `now`.
    #[must_use]
    pub fn observe(self, look: Result<(), Why>, now: Timestamp) -> Self {
        match look {
            Ok(()) => Self { last_good: Some(now), ..Self::default() },
            Err(why) => Self {
                last_good: self.last_good,
                failing_since: self.failing_since.or(Some(now)),
                why: Some(why),
                misses: self.misses.saturating_add(1),
            },
        }
    }

    /// A blindness that began before this server did, as it was written down.
    #[must_use]
    pub const fn blind_since(since: Timestamp, why: Why) -> Self {
        Self { last_good: None, failing_since: Some(since), why: Some(why), misses: 2 }
    }

    /// Why the last look failed; `None` when it did not.
    #[must_use]
    pub const fn failing(&self) -> Option<Why> {
        self.why
    }

    /// Since when and why we are blind. One miss after good looks is weather; two in a row, or a first look that
    /// fails, are worth a sentence.
    #[must_use]
    pub fn blind(&self) -> Option<(Timestamp, Why)> {
        let enough = self.misses >= 2 || (self.misses == 1 && self.last_good.is_none());
        self.failing_since.zip(self.why).filter(|_| enough)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_blindness_that_was_written_down_goes_on_as_it_was() {
        let at = Timestamp::from_unix_seconds;
        let before = Sight::blind_since(at(2), Why::RpcThrottled);
        assert_eq!(before.blind(), Some((at(2), Why::RpcThrottled)));
        assert_eq!(before.observe(Err(Why::RpcTimeout), at(9)).blind(), Some((at(2), Why::RpcTimeout)));
        assert_eq!(before.observe(Ok(()), at(9)).blind(), None);
    }

    #[test]
    fn one_miss_is_weather_and_two_are_blindness_since_the_first() {
        let at = Timestamp::from_unix_seconds;
        let good = Sight::default().observe(Ok(()), at(1));
        let once = good.observe(Err(Why::RpcTimeout), at(2));
        assert_eq!(once.blind(), None);
        let twice = once.observe(Err(Why::RpcThrottled), at(3));
        assert_eq!(twice.blind(), Some((at(2), Why::RpcThrottled)));
        assert_eq!(twice.observe(Ok(()), at(4)).blind(), None);
        assert!(Sight::default().observe(Err(Why::RpcTimeout), at(1)).blind().is_some());
    }
}
