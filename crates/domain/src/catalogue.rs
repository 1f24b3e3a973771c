//! What the network's own HTTP API says of itself: the names of markets, and the least version of a node's software.
//! Displayed, used for no verdict about a node's state (network.md §3.3).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{address::Address, time::Timestamp, why::Why};

/// What a market is called. Everything but the name may be missing.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct MarketName {
    /// For people.
    pub name: String,
    /// For URLs.
    pub slug: Option<String>,
    /// `PREMIUM`, `COMMUNITY` or `OTHER`, as the API spells it.
    pub tier: Option<String>,
    /// The graphics cards that it takes.
    pub gpu_types: Vec<String>,
}

/// One thing that was read: its last value with its instant, and since when and why it could not be read again.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Said<T> {
    /// The last value and when it was read; `None` = never.
    pub last: Option<(T, Timestamp)>,
    /// Since when reading fails, and why; `None` = the last read was good.
    pub failing: Option<(Timestamp, Why)>,
}

/// What is known of it.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Catalogue {
    /// The markets' names.
    pub markets: Said<BTreeMap<Address, MarketName>>,
    /// The least version with which a node may work.
    pub minimum_version: Said<String>,
}

impl<T> Default for Said<T> {
    fn default() -> Self {
        Self { last: None, failing: None }
    }
}

impl<T> Said<T> {
    /// After one more read at `now`: a failed one takes nothing away.
    #[must_use]
    pub fn observe(self, read: Result<T, Why>, now: Timestamp) -> Self {
        match read {
            Ok(value) => Self { last: Some((value, now)), failing: None },
            Err(why) => {
                let since = self.failing.map_or(now, |(since, _)| since);
                Self { failing: Some((since, why)), ..self }
            }
        }
    }

    /// The last value, however old.
    pub const fn value(&self) -> Option<&T> {
        match &self.last {
            Some((value, _)) => Some(value),
            None => None,
        }
    }
}

impl Catalogue {
    /// What a market is called.
    #[must_use]
    pub fn market(&self, address: &Address) -> Option<&MarketName> {
        self.markets.value()?.get(address)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_read_that_fails_keeps_the_last_value_with_its_age() {
        let at = Timestamp::from_unix_seconds;
        let said = Said::default().observe(Ok("1.1.9"), at(1));
        let failed = said.observe(Err(Why::ApiTimeout), at(5)).observe(Err(Why::ApiThrottled), at(9));
        assert_eq!(failed.last, Some(("1.1.9", at(1))));
        assert_eq!(failed.failing, Some((at(5), Why::ApiThrottled)), "since the first failure");
        assert_eq!(
            failed.observe(Ok("1.2.0"), at(10)),
            Said { last: Some(("1.2.0", at(10))), failing: None }
        );
    }
}
