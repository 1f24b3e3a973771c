//! A job on the wire.

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
    /// What it pays.
    pub price_micro_nos_per_second: Option<String>,
    /// When the node took it.
    pub time_start: String,
    /// When it ended, where the chain tells.
    pub time_end: Option<String>,
    /// Its cap in seconds.
    pub timeout: Option<i64>,
    /// `running`, `finished`, `failed`, `abandoned`, `ended_by_deployer` or `unknown`.
    pub outcome: &'static str,
    /// What the host was paid; `null` = unknown or still running.
    pub payout_micro_nos: Option<String>,
    /// Whether nothing can change it any more.
    #[serde(rename = "final")]
    #[schema(rename = "final")]
    pub last_word: bool,
}

impl JobBody {
    /// A job as it is shown.
    pub fn new(job: &Job) -> Self {
        Self {
            address: job.address.to_string(),
            run: job.run.to_string(),
            node: job.node.to_string(),
            market: job.market.map(|market| market.to_string()),
            price_micro_nos_per_second: job.price.map(|price| price.to_string()),
            time_start: rfc3339(job.started),
            time_end: job.ended.map(rfc3339),
            timeout: job.timeout,
            outcome: job.outcome.word(),
            payout_micro_nos: job.paid.map(|paid| paid.to_string()),
            last_word: job.last_word,
        }
    }
}
