//! Ending sessions, and the log of it that every server follows.

use domain::{session::EndReason, time::Timestamp};

use crate::{
    Read, StoreError, Write,
    session::end_reason,
    sql::{Conn, all, execute, one},
    wake::CHANNEL,
};

/// A line of the revocation log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Revocation {
    /// Its number: without gaps, in the order of commits.
    pub rev: i64,
    /// The session that ended.
    pub sid: String,
    /// Why.
    pub reason: EndReason,
    /// When.
    pub at: Timestamp,
}

impl Read {
    /// The number of the last revocation; 0 before the first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn rev(&mut self) -> Result<i64, StoreError> {
        let (value,) = one!(self, (i64,), "select value from counter where name = 'revocation'")?;
        Ok(value)
    }

    /// The revocations after a number, in their order.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn revocations_after(&mut self, rev: i64) -> Result<Vec<Revocation>, StoreError> {
        let rows = all!(
            self,
            (i64, String, String, i64),
            "select rev, sid, reason, at from revocation_log where rev > $1 order by rev",
            rev,
        )?;
        rows.into_iter()
            .map(|(rev, sid, word, at)| {
                Ok(Revocation { rev, sid, reason: end_reason(&word)?, at: Timestamp::from_millis(at) })
            })
            .collect()
    }
}

impl Write {
    /// Ends a session and logs it. Gives the revocation's number, or `None` when it had ended before: the first reason
    /// stays.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn end_session(
        &mut self,
        sid: &str,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        self.line_up_for_revocation().await?;
        self.end_one(sid, reason, now).await
    }

    /// Ends every session of an account that still goes on, except one. Gives their ids.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn end_sessions_of(
        &mut self,
        account: &str,
        except: Option<&str>,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<Vec<String>, StoreError> {
        self.line_up_for_revocation().await?;
        let open = all!(
            self,
            (String,),
            "select sid from session where account = $1 and ended_at is null and sid <> $2 order by sid",
            account,
            except.unwrap_or_default(),
        )?;
        let mut ended = Vec::new();
        for (sid,) in open {
            if self.end_one(&sid, reason, now).await?.is_some() {
                ended.push(sid);
            }
        }
        self.remove_destinations_of_sessions(account, except).await?;
        Ok(ended)
    }

    async fn end_one(
        &mut self,
        sid: &str,
        reason: EndReason,
        now: Timestamp,
    ) -> Result<Option<i64>, StoreError> {
        let touched = execute!(
            self,
            "update session set ended_at = $2, end_reason = $3 where sid = $1 and ended_at is null",
            sid,
            now.millis(),
            reason.word(),
        )?;
        if touched == 0 {
            return Ok(None);
        }
        let (rev,) = one!(
            self,
            (i64,),
            "update counter set value = value + 1 where name = 'revocation' returning value"
        )?;
        execute!(
            self,
            "insert into revocation_log (rev, sid, reason, at) values ($1, $2, $3, $4)",
            rev,
            sid,
            reason.word(),
            now.millis(),
        )?;
        self.remove_destinations_of_session(sid, reason).await?;
        // Sent when the transaction commits, once however often it is said. SQLite has nobody to tell.
        if matches!(self.conn, Conn::Postgres(_)) {
            execute!(self, "select pg_notify($1, '')", CHANNEL)?;
        }
        Ok(Some(rev))
    }

    /// Two that end the same sessions in different orders would wait for each other; here they queue up instead.
    async fn line_up_for_revocation(&mut self) -> Result<(), StoreError> {
        execute!(self, "update counter set value = value where name = 'revocation'")?;
        Ok(())
    }
}
