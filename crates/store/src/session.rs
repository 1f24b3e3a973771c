//! Sessions: a row each, which only our own proof ends and which stays as a tombstone.

use domain::{
    session::{EndReason, Session},
    session_time::SessionTime,
    time::Timestamp,
};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute, maybe, one},
};

/// A session to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewSession<'a> {
    /// Its public id.
    pub sid: &'a str,
    /// Whose it is.
    pub account: &'a str,
    /// The cookie's hash; `None` for a session that a bearer token names.
    pub cookie_hash: Option<&'a str>,
    /// The key that signs its first bearer token; `None` for a cookie's session.
    pub kid: Option<&'a str>,
    /// The browser that it is made in, by the id of its cookie *known*.
    pub browser: Option<&'a str>,
    /// When it ends unless it is used.
    pub idle_end: Timestamp,
    /// When it ends unless the password is given again.
    pub absolute_end: Timestamp,
    /// What the person knows the device by.
    pub label: &'a str,
    /// The address, shortened.
    pub address_short: &'a str,
}

/// A session as its owner's list of devices shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Device {
    /// The session.
    pub session: Session,
    /// What the person knows the device by.
    pub label: String,
    /// The address, shortened.
    pub address_short: String,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    sid: String,
    account: String,
    created_at: i64,
    last_seen_at: i64,
    idle_end: i64,
    absolute_end: i64,
    ended_at: Option<i64>,
    end_reason: Option<String>,
    label: String,
    address_short: String,
}

impl TryFrom<Row> for Device {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let ended = match (row.end_reason, row.ended_at) {
            (None, None) => None,
            (Some(word), Some(at)) => Some((end_reason(&word)?, Timestamp::from_millis(at))),
            _ => return Err(StoreError::corrupt("the end of session", &row.sid)),
        };
        let session = Session {
            sid: row.sid,
            account: row.account,
            created: Timestamp::from_millis(row.created_at),
            last_seen: Timestamp::from_millis(row.last_seen_at),
            idle_end: Timestamp::from_millis(row.idle_end),
            absolute_end: Timestamp::from_millis(row.absolute_end),
            ended,
        };
        Ok(Self { session, label: row.label, address_short: row.address_short })
    }
}

pub(crate) fn end_reason(word: &str) -> Result<EndReason, StoreError> {
    EndReason::from_word(word).ok_or_else(|| StoreError::corrupt("the end reason", word))
}

impl Read {
    /// The session whose cookie has this hash, ended or not.
    ///
    /// # Errors
    /// When the store cannot be read: no verdict about the session.
    pub async fn session_by_cookie(&mut self, cookie_hash: &str) -> Result<Option<Session>, StoreError> {
        let row = maybe!(self, Row, "select * from session where cookie_hash = $1", cookie_hash)?;
        Ok(row.map(Device::try_from).transpose()?.map(|device| device.session))
    }

    /// The session of a public id, ended or not.
    ///
    /// # Errors
    /// When the store cannot be read: no verdict about the session.
    pub async fn session(&mut self, sid: &str) -> Result<Option<Session>, StoreError> {
        let row = maybe!(self, Row, "select * from session where sid = $1", sid)?;
        Ok(row.map(Device::try_from).transpose()?.map(|device| device.session))
    }

    /// Whether a browser has a session of this account that goes on, by its row, and was used since an instant. Whoever
    /// signs in again in that browser lost it, and no reason explains how.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn has_open_session_in(
        &mut self,
        account: &str,
        browser: &str,
        since: Timestamp,
    ) -> Result<bool, StoreError> {
        let row = maybe!(
            self,
            (String,),
            "select sid from session
             where account = $1 and browser = $2 and ended_at is null and last_seen_at >= $3 and idle_end > $3 limit 1",
            account,
            browser,
            since.millis(),
        )?;
        Ok(row.is_some())
    }

    /// The sessions of an account, those that go on before those that ended, newest first, at most 500.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn devices(&mut self, account: &str) -> Result<Vec<Device>, StoreError> {
        // A script that signs in at each of its runs leaves many tombstones.
        let rows = all!(
            self,
            Row,
            "select * from session where account = $1
             order by case when ended_at is null then 0 else 1 end, created_at desc, sid limit 500",
            account
        )?;
        rows.into_iter().map(Device::try_from).collect()
    }
}

impl Write {
    /// Makes a session.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add_session(&mut self, session: NewSession<'_>, now: Timestamp) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into session
               (sid, account, cookie_hash, kid, browser, created_at, last_seen_at, idle_end, absolute_end, label,
                address_short)
             values ($1, $2, $3, $4, $5, $6, $6, $7, $8, $9, $10)",
            session.sid,
            session.account,
            session.cookie_hash,
            session.kid,
            session.browser,
            now.millis(),
            session.idle_end.millis(),
            session.absolute_end.millis(),
            session.label,
            session.address_short,
        )?;
        Ok(())
    }

    /// Notes a use. The ends never move back, and an ended session is left alone.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn touch_session(
        &mut self,
        sid: &str,
        now: Timestamp,
        idle_end: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "update session set
               last_seen_at = case when last_seen_at < $2 then $2 else last_seen_at end,
               idle_end = case when idle_end < $3 then $3 else idle_end end
             where sid = $1 and ended_at is null",
            sid,
            now.millis(),
            idle_end.millis(),
        )?;
        Ok(())
    }

    /// Moves the absolute end, after the password was given again. `false`: the session has ended or is none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn extend_session(&mut self, sid: &str, absolute_end: Timestamp) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update session set absolute_end = $2 where sid = $1 and ended_at is null",
            sid,
            absolute_end.millis(),
        )?;
        Ok(touched == 1)
    }

    /// Notes the key that signed the newest bearer token of a session.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn set_session_kid(&mut self, sid: &str, kid: &str) -> Result<(), StoreError> {
        execute!(self, "update session set kid = $2 where sid = $1 and cookie_hash is null", sid, kid)?;
        Ok(())
    }

    /// Leaves tombstones of sessions whose own limit is long over and that nobody asked about, at most `limit` of them.
    /// Each says when its limit was reached.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn bury_timed_out(&mut self, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
        let rows = all!(
            self,
            Row,
            "select * from session where ended_at is null and absolute_end < $1 order by absolute_end, sid limit $2",
            before.millis(),
            limit,
        )?;
        let time = SessionTime { now: before, is_trusted: true };
        let mut buried = 0;
        for row in rows {
            let session = Device::try_from(row)?.session;
            if let Some((reason, at)) = session.timed_out(time) {
                buried += u64::from(self.end_session(&session.sid, reason, at).await?.is_some());
            }
        }
        Ok(buried)
    }

    /// Removes tombstones whose session's absolute end is over since `before` (and that ended before it), oldest first,
    /// at most `limit` of them. A session that goes on is never touched.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn remove_tombstones(&mut self, before: Timestamp, limit: i64) -> Result<u64, StoreError> {
        execute!(
            self,
            "delete from session where sid in (
               select sid from session
               where ended_at is not null and ended_at < $1 and absolute_end < $1
               order by absolute_end, sid limit $2)",
            before.millis(),
            limit,
        )
    }

    /// How many sessions there are, ended ones too.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn count_sessions(&mut self) -> Result<i64, StoreError> {
        let (count,) = one!(self, (i64,), "select count(*) from session")?;
        Ok(count)
    }
}
