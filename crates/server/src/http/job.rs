//! A job on the wire.

use domain::{catalogue::Catalogue, job::Outcome, money::accrued, time::Timestamp};
use serde::Serialize;
use store::Job;
use utoipa::ToSchema;

use super::time::rfc3339;

/// A job that a watched node ran or runs.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Job)]
pub struct JobBody {
    /// The job's account.
    pub address: String,
    /// The run's account.
    pub run: String,
    /// The node.
    pub node: String,
    /// The market, where it was read.
    pub market: Option<String>,
    /// What the market is called, where that is known.
    pub market_name: Option<String>,
    /// What it pays.
    pub price_micro_nos_per_second: Option<String>,
    /// When the node took it.
    pub time_start: String,
    /// When it ended, where the chain tells.
    pub time_end: Option<String>,
    /// Its cap in seconds.
    pub timeout: Option<i64>,
    /// Start + cap.
    pub deadline: Option<String>,
    /// Running past its deadline: nobody closes it by himself.
    pub overdue: bool,
    /// `running`, `finished`, `failed`, `abandoned`, `ended_by_deployer` or `unknown`.
    pub outcome: &'static str,
    /// What it has earned so far while it runs: price × time, capped by its timeout.
    pub accrued_micro_nos: Option<String>,
    /// What the host was paid; `null` = unknown or still running.
    pub payout_micro_nos: Option<String>,
    /// That in dollars; `null` = no price is known.
    pub usd: Option<String>,
    /// Whether nothing can change it any more.
    #[serde(rename = "final")]
    #[schema(rename = "final")]
    pub last_word: bool,
    /// What the indexer says was paid; `null` = not asked.
    pub indexer_micro_nos: Option<String>,
    /// What arrived on the node's account; `null` = not read.
    pub account_micro_nos: Option<String>,
}

impl JobBody {
    /// A job as it is shown at `now`.
    pub fn new(job: &Job, names: &Catalogue, now: Timestamp) -> Self {
        let runs = job.outcome == Outcome::Running;
        let deadline = job.timeout.map(|timeout| {
            Timestamp::from_unix_seconds(job.started.unix_seconds().saturating_add(timeout.max(0)))
        });
        let price = job.price.and_then(|price| u64::try_from(price).ok());
        let so_far = price.zip(job.timeout).filter(|_| runs);
        let so_far = so_far.and_then(|(price, timeout)| accrued(price, job.started, timeout, now));
        Self {
            address: job.address.to_string(),
            run: job.run.to_string(),
            node: job.node.to_string(),
            market: job.market.map(|market| market.to_string()),
            market_name: job.market.and_then(|market| names.market(&market)).map(|name| name.name.clone()),
            price_micro_nos_per_second: job.price.map(|price| price.to_string()),
            time_start: rfc3339(job.started),
            time_end: job.ended.map(rfc3339),
            timeout: job.timeout,
            deadline: deadline.map(rfc3339),
            overdue: runs && deadline.is_some_and(|deadline| now > deadline),
            outcome: job.outcome.word(),
            accrued_micro_nos: so_far.map(|amount| amount.to_string()),
            payout_micro_nos: job.paid.map(|paid| paid.to_string()),
            usd: None,
            last_word: job.last_word,
            indexer_micro_nos: None,
            account_micro_nos: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::address::Address;

    fn running() -> Job {
        Job {
            address: Address::new([1; 32]),
            run: Address::new([2; 32]),
            node: Address::new([3; 32]),
            market: None,
            price: Some(278),
            started: Timestamp::from_unix_seconds(1_000),
            ended: None,
            timeout: Some(100),
            outcome: Outcome::Running,
            paid: None,
            last_word: false,
            closed: None,
        }
    }

    #[test]
    fn a_job_earns_up_to_its_timeout_and_is_overdue_after_it() {
        let shown = |second| {
            let body = JobBody::new(&running(), &Catalogue::default(), Timestamp::from_unix_seconds(second));
            (body.overdue, body.accrued_micro_nos.unwrap())
        };
        assert_eq!(shown(1_010), (false, "2780".to_owned()));
        assert_eq!(shown(1_100), (false, "27800".to_owned()));
        assert_eq!(shown(1_500), (true, "27800".to_owned()));
        let ended = Job { outcome: Outcome::Finished, paid: Some(5), ..running() };
        let body = JobBody::new(&ended, &Catalogue::default(), Timestamp::from_unix_seconds(9_999));
        assert_eq!(
            (body.overdue, body.accrued_micro_nos, body.payout_micro_nos),
            (false, None, Some("5".to_owned()))
        );
    }

    #[test]
    fn hostile_figures_are_unknown_and_never_cut() {
        let hostile = Job {
            price: Some(i64::MAX),
            timeout: Some(i64::MAX),
            started: Timestamp::from_millis(i64::MIN),
            ..running()
        };
        let body = JobBody::new(&hostile, &Catalogue::default(), Timestamp::from_unix_seconds(i64::MAX));
        assert_eq!(body.accrued_micro_nos, None);
    }
}
