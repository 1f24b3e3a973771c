//! Jobs: the ledger of what the watched nodes ran, from the first look to the last word.

use domain::{address::Address, chain::Running, job::Outcome, network::ClosedRun, run::Run, time::Timestamp};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute},
    stored::{address, maybe_address, time},
};

/// A run of a job on a node.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Job {
    /// The job's address.
    pub address: Address,
    /// The run's address.
    pub run: Address,
    /// Who ran it.
    pub node: Address,
    /// Where it was listed, where its account was read.
    pub market: Option<Address>,
    /// Micro-NOS per second, where its account was read and the price fits 63 bits.
    pub price: Option<i64>,
    /// When the node took it, by the chain.
    pub started: Timestamp,
    /// When it ended, where the chain tells.
    pub ended: Option<Timestamp>,
    /// Its cap in seconds, where its account was read.
    pub timeout: Option<i64>,
    /// How it ended.
    pub outcome: Outcome,
    /// What the host was paid in micro-NOS; `None` while it runs, or when nobody can tell.
    pub paid: Option<i64>,
    /// Whether no later read can change this.
    pub last_word: bool,
    /// When we saw that it was over.
    pub closed: Option<Timestamp>,
}

/// A run that was open when it was last seen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct OpenRun {
    /// The run's address.
    pub address: Address,
    /// The run.
    pub run: Run,
}

/// Where a page of jobs ended: the start and the run of its last job.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct JobCursor {
    /// Unix seconds.
    pub started: i64,
    /// The run.
    pub run: Address,
}

/// Which jobs, and how many.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct JobQuery {
    /// Only of this node.
    pub node: Option<Address>,
    /// Only those that began at this instant or later.
    pub from: Option<Timestamp>,
    /// Only those that began before this instant.
    pub to: Option<Timestamp>,
    /// Only those after the page that ended here.
    pub after: Option<JobCursor>,
    /// The most of them.
    pub limit: u32,
}

/// The first whole second that is not before an instant.
const fn whole_seconds(at: Timestamp) -> i64 {
    at.millis().div_euclid(1_000) + (at.millis().rem_euclid(1_000) != 0) as i64
}

/// The source of what a scan reads.
const CHAIN: &str = "chain";

#[derive(sqlx::FromRow)]
struct Row {
    run: String,
    address: String,
    node: String,
    market: Option<String>,
    price: Option<i64>,
    time_start: i64,
    time_end: Option<i64>,
    timeout: Option<i64>,
    state: String,
    paid: Option<i64>,
    r#final: bool,
    closed_at: Option<i64>,
}

impl TryFrom<Row> for Job {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            address: address(&row.address)?,
            run: address(&row.run)?,
            node: address(&row.node)?,
            market: maybe_address(row.market.as_deref())?,
            price: row.price,
            started: Timestamp::from_unix_seconds(row.time_start),
            ended: row.time_end.map(Timestamp::from_unix_seconds),
            timeout: row.timeout,
            outcome: Outcome::from_word(&row.state)
                .ok_or_else(|| StoreError::corrupt("the outcome", &row.state))?,
            paid: row.paid,
            last_word: row.r#final,
            closed: time(row.closed_at),
        })
    }
}

impl Job {
    /// The cursor of the page that begins after this job.
    #[must_use]
    pub const fn cursor(&self) -> JobCursor {
        JobCursor { started: self.started.unix_seconds(), run: self.run }
    }
}

impl Read {
    /// The last jobs of a node, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn node_jobs(&mut self, node: &Address, limit: u32) -> Result<Vec<Job>, StoreError> {
        all!(
            self,
            Row,
            "select * from job where node = $1 order by time_start desc, run desc limit $2",
            node.to_string(),
            i64::from(limit),
        )?
        .into_iter()
        .map(Job::try_from)
        .collect()
    }

    /// How the jobs of a space's nodes ended in `[from, to)`: each outcome with how many and what they paid.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn jobs_ended(
        &mut self,
        space: &str,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Outcome, i64, i64)>, StoreError> {
        let rows = all!(
            self,
            (String, i64, i64),
            "select state, count(*), cast(coalesce(sum(paid), 0) as bigint) from job
             where node in (select address from watch where space = $1 and deleted_at is null)
               and time_end >= $2 and time_end < $3 group by state order by state",
            space,
            whole_seconds(from),
            whole_seconds(to),
        )?;
        let ended = |(word, count, paid): (String, i64, i64)| {
            let outcome = Outcome::from_word(&word);
            Ok((outcome.ok_or_else(|| StoreError::corrupt("the outcome", &word))?, count, paid))
        };
        rows.into_iter().map(ended).collect()
    }

    /// The jobs of a space's nodes, newest first. Of a node that is no longer watched, those that began before it was
    /// let go.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn jobs(&mut self, space: &str, query: JobQuery) -> Result<Vec<Job>, StoreError> {
        all!(
            self,
            Row,
            "select * from job
             where exists (select 1 from watch where space = $1 and watch.address = job.node
                 and (deleted_at is null or job.time_start <= deleted_at / 1000))
               and ($2 is null or node = $2)
               and ($3 is null or time_start < $3 or (time_start = $3 and run < $4))
               and ($5 is null or time_start >= $5) and ($6 is null or time_start < $6)
             order by time_start desc, run desc limit $7",
            space,
            query.node.map(|node| node.to_string()),
            query.after.map(|cursor| cursor.started),
            query.after.map(|cursor| cursor.run.to_string()),
            query.from.map(whole_seconds),
            query.to.map(whole_seconds),
            i64::from(query.limit),
        )?
        .into_iter()
        .map(Job::try_from)
        .collect()
    }

    /// The jobs of one node that ran at `from` or later, oldest first, at most `limit` of them: the newest are kept. The
    /// chain's clock may be ahead of ours, so there is no end.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn node_jobs_since(
        &mut self,
        node: &Address,
        from: Timestamp,
        limit: u32,
    ) -> Result<Vec<Job>, StoreError> {
        let mut jobs = all!(
            self,
            Row,
            "select * from job where node = $1
               and (state = 'running' or coalesce(time_end, closed_at / 1000, time_start) >= $2)
             order by time_start desc, run desc limit $3",
            node.to_string(),
            from.unix_seconds(),
            i64::from(limit),
        )?
        .into_iter()
        .map(Job::try_from)
        .collect::<Result<Vec<Job>, StoreError>>()?;
        jobs.reverse();
        Ok(jobs)
    }

    /// Every run that was open when it was last seen, so that after a restart its end is noticed.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open_runs(&mut self) -> Result<Vec<OpenRun>, StoreError> {
        all!(
            self,
            (String, String, String, i64),
            "select run, address, node, time_start from job where state = 'running' order by run"
        )?
        .into_iter()
        .map(|(run, job, node, time)| {
            Ok(OpenRun {
                address: address(&run)?,
                run: Run { job: address(&job)?, node: address(&node)?, time },
            })
        })
        .collect()
    }
}

impl Write {
    /// Saves a run that is open. What a look did not read stays as it was; a job that has ended stays ended, also where
    /// its end was found before its run was seen.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn save_running(&mut self, node: &Address, running: &Running) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into job (run, address, node, market, price, time_start, timeout, state, source, final)
             select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
             where not exists
               (select 1 from job where address = $2 and node = $3 and time_start = $6 and final and run <> $1)
             on conflict (run) do update set
               market = coalesce(excluded.market, job.market), price = coalesce(excluded.price, job.price),
               timeout = coalesce(excluded.timeout, job.timeout)
             where job.state = excluded.state",
            running.run.to_string(),
            running.job.to_string(),
            node.to_string(),
            running.market.map(|market| market.to_string()),
            running.price.and_then(|price| i64::try_from(price).ok()),
            running.started.unix_seconds(),
            running.timeout,
            Outcome::Running.word(),
            CHAIN,
            false,
        )?;
        Ok(())
    }

    /// Saves how a run ended, as seen at `now`. A last word is never taken back. Returns whether something was written:
    /// a run that we never saved is added only when somebody watches its node.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn close_job(&mut self, closed: &ClosedRun, now: Timestamp) -> Result<bool, StoreError> {
        let ending = &closed.ending;
        let touched = execute!(
            self,
            "insert into job (run, address, node, time_start, time_end, state, paid, source, final, closed_at)
             select $1, $2, $3, $4, $5, $6, $7, $8, $9, $10
             where exists (select 1 from watch where watch.address = $3 and deleted_at is null)
               or exists (select 1 from job where run = $1)
             on conflict (run) do update set
               time_start = excluded.time_start, time_end = excluded.time_end, state = excluded.state,
               paid = excluded.paid, final = excluded.final, closed_at = coalesce(job.closed_at, excluded.closed_at)
             where not job.final and (job.state = 'running' or excluded.final)",
            closed.address.to_string(),
            closed.run.job.to_string(),
            closed.run.node.to_string(),
            ending.time_start,
            ending.time_end,
            ending.outcome.word(),
            ending.paid,
            CHAIN,
            ending.last_word,
            now.millis(),
        )?;
        Ok(touched == 1)
    }
}
