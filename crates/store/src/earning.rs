//! What the jobs of a space paid within a time, exact to the micro-NOS.

use domain::{money::Paid, time::Timestamp};

use crate::{Read, StoreError, sql::one};

/// Sums are taken in two halves that cannot overflow 64 bits, whatever a hostile market claims to pay.
const HALF: i128 = 1_000_000;

impl Read {
    /// What the jobs paid that ended from `from` on and before `to`; without them, all. The jobs are those that the list of
    /// jobs shows: of a node that is no longer watched, what began before it was let go.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn paid(
        &mut self,
        space: &str,
        from: Option<Timestamp>,
        to: Option<Timestamp>,
    ) -> Result<Paid, StoreError> {
        let (jobs, unread, high, low) = one!(
            self,
            (i64, i64, i64, i64),
            "select count(paid), count(*) - count(paid),
               cast(coalesce(sum(paid / 1000000), 0) as bigint), cast(coalesce(sum(paid % 1000000), 0) as bigint)
             from job
             where state <> 'running'
               and exists (select 1 from watch where space = $1 and watch.address = job.node
                 and (deleted_at is null or job.time_start <= deleted_at / 1000))
               and ($2 is null or coalesce(time_end, closed_at / 1000, time_start) * 1000 >= $2)
               and ($3 is null or coalesce(time_end, closed_at / 1000, time_start) * 1000 < $3)",
            space,
            from.map(Timestamp::millis),
            to.map(Timestamp::millis),
        )?;
        let count = |count| u64::try_from(count).unwrap_or(0);
        Ok(Paid {
            jobs: count(jobs),
            unread: count(unread),
            micro_nos: i128::from(high) * HALF + i128::from(low),
        })
    }
}
