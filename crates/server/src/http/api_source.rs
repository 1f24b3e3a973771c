//! How one of the network's own HTTP APIs serves us, for the page of the sources.

use domain::{
    catalogue::{Catalogue, Said},
    sight::Sight,
    time::Timestamp,
    why::Why,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::time::rfc3339;

/// One of the network's own HTTP APIs.
#[derive(Debug, Eq, PartialEq, Serialize, ToSchema)]
#[schema(as = ApiSource)]
pub struct ApiSourceBody {
    /// `off` (not configured), `untried`, `ok` or `failing`.
    pub state: &'static str,
    /// When it was last read.
    pub last_good: Option<String>,
    /// Since when reading fails.
    pub since: Option<String>,
    /// Why, as a stable code.
    pub why: Option<&'static str>,
}

impl ApiSourceBody {
    fn new(is_on: bool, last_good: Option<Timestamp>, failing: Option<(Timestamp, Why)>) -> Self {
        let state = match (is_on, failing, last_good) {
            (false, ..) => "off",
            (true, Some(_), _) => "failing",
            (true, None, Some(_)) => "ok",
            (true, None, None) => "untried",
        };
        let failing = failing.filter(|_| is_on);
        Self {
            state,
            last_good: last_good.map(rfc3339),
            since: failing.map(|(since, _)| rfc3339(since)),
            why: failing.map(|(_, why)| why.code()),
        }
    }

    /// The host-manager: as good as the worse of its two answers.
    pub fn host(is_on: bool, catalogue: &Catalogue) -> Self {
        fn of<T>(said: &Said<T>) -> (Option<Timestamp>, Option<(Timestamp, Why)>) {
            (said.last.as_ref().map(|(_, at)| *at), said.failing)
        }
        let (names, version) = (of(&catalogue.markets), of(&catalogue.minimum_version));
        let last_good = names.0.zip(version.0).map(|(one, other)| one.min(other));
        Self::new(is_on, last_good, names.1.or(version.1))
    }

    /// The indexer.
    pub fn indexer(is_on: bool, sight: &Sight) -> Self {
        Self::new(is_on, sight.last_good, sight.blind())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds)
    }

    #[test]
    fn the_host_manager_is_as_good_as_its_worse_answer() {
        let state = |catalogue: &Catalogue| ApiSourceBody::host(true, catalogue).state;
        let none = Catalogue::default();
        assert_eq!(state(&none), "untried");
        let half = Catalogue {
            markets: none.markets.observe(Ok(Default::default()), at(5)),
            ..Catalogue::default()
        };
        assert_eq!(state(&half), "untried");
        let both = Catalogue {
            minimum_version: half.minimum_version.observe(Ok("1.1.9".to_owned()), at(6)),
            ..half
        };
        assert_eq!(state(&both), "ok");
        let lost =
            Catalogue { minimum_version: both.minimum_version.observe(Err(Why::ApiTimeout), at(9)), ..both };
        let shown = ApiSourceBody::host(true, &lost);
        assert_eq!(
            (shown.state, shown.last_good, shown.why),
            ("failing", Some(rfc3339(at(5))), Some("api_timeout"))
        );
        assert_eq!(ApiSourceBody::host(false, &lost).state, "off");
    }
}
