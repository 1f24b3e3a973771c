//! The ledger beside the list of everything that is over on chain: what has no last word yet, and the last word itself.

use std::collections::{BTreeMap, BTreeSet};

use domain::{address::Address, job::Outcome, network::ClosedRun, run::Run, time::Timestamp};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute},
    stored::address,
};

/// A run without a last word.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Unsettled {
    /// The run's address.
    pub address: Address,
    /// The run.
    pub run: Run,
    /// It was open when it was last seen; else it is gone and nobody could read how it ended.
    pub open: bool,
}

/// The terms of a job that was never seen running.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Terms {
    /// Where it was listed.
    pub market: Address,
    /// Micro-NOS per second.
    pub price: u64,
    /// Its cap in seconds.
    pub timeout: i64,
}

/// The source of what only the reconcile found.
const RECONCILE: &str = "reconcile";
/// When everything that was over had last been read.
const READ_AT: &str = "reconciled_at";

impl Read {
    /// Job, node and start of every run with a last word that ended at `since` (unix seconds) or later.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn settled_runs(
        &mut self,
        since: i64,
    ) -> Result<BTreeSet<(Address, Address, i64)>, StoreError> {
        all!(
            self,
            (String, String, i64),
            "select address, node, time_start from job where time_end >= $1 and final",
            since,
        )?
        .into_iter()
        .map(|(job, node, start)| Ok((address(&job)?, address(&node)?, start)))
        .collect()
    }

    /// Every run without a last word.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn unsettled_runs(&mut self) -> Result<Vec<Unsettled>, StoreError> {
        all!(
            self,
            (String, String, String, i64, String),
            "select run, address, node, time_start, state from job where not final order by run"
        )?
        .into_iter()
        .map(|(run, job, node, time, state)| {
            Ok(Unsettled {
                address: address(&run)?,
                run: Run { job: address(&job)?, node: address(&node)?, time },
                open: state == Outcome::Running.word(),
            })
        })
        .collect()
    }

    /// Since when each watched node is watched by anybody.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn watched_since(&mut self) -> Result<BTreeMap<Address, Timestamp>, StoreError> {
        all!(
            self,
            (String, i64),
            "select address, first_seen_at from node
             where address in (select address from watch where deleted_at is null)"
        )?
        .into_iter()
        .map(|(node, at)| Ok((address(&node)?, Timestamp::from_millis(at))))
        .collect()
    }

    /// When everything that was over had last been read; `None` = never.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn reconciled_at(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let Some(text) = self.meta(READ_AT).await? else { return Ok(None) };
        let millis = text.parse().map_err(|_| StoreError::corrupt("the time of the reconcile", &text))?;
        Ok(Some(Timestamp::from_millis(millis)))
    }
}

impl Write {
    /// Saves the last word on a run that no scan closed, as read at `now`. Returns whether it is new: a last word is
    /// never taken back, and the same job of the same node and start is one run, whatever it is called.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn settle_job(
        &mut self,
        closed: &ClosedRun,
        terms: &Terms,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let ending = &closed.ending;
        let touched = execute!(
            self,
            "insert into job
               (run, address, node, market, price, time_start, time_end, timeout, state, paid, source, final, closed_at)
             select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13
             where not exists (select 1 from job where address = $2 and node = $3 and time_start = $6 and run <> $1)
             on conflict (run) do update set
               market = coalesce(job.market, excluded.market), price = coalesce(job.price, excluded.price),
               timeout = coalesce(job.timeout, excluded.timeout), time_start = excluded.time_start,
               time_end = excluded.time_end, state = excluded.state, paid = excluded.paid, final = excluded.final,
               closed_at = coalesce(job.closed_at, excluded.closed_at)
             where not job.final",
            closed.address.to_string(),
            closed.run.job.to_string(),
            closed.run.node.to_string(),
            terms.market.to_string(),
            i64::try_from(terms.price).ok(),
            ending.time_start,
            ending.time_end,
            terms.timeout,
            ending.outcome.word(),
            ending.paid,
            RECONCILE,
            ending.last_word,
            now.millis(),
        )?;
        Ok(touched == 1)
    }

    /// Everything that is over was read at `now`.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn put_reconciled_at(&mut self, now: Timestamp) -> Result<(), StoreError> {
        self.put_meta(READ_AT, &now.millis().to_string()).await
    }
}
