//! The heartbeat: the last trusted session time, from which a restarted program goes on; and the time of witnesses.

use std::time::Duration;

use domain::{session_time::Heartbeat, time::Timestamp};

use crate::{
    Read, StoreError, Write,
    sql::{Conn, one},
};

const HEARTBEAT: &str = "heartbeat";
const VOUCHED: &str = "clock_vouched";

impl Read {
    /// The last heartbeat that was kept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn heartbeat(&mut self) -> Result<Option<Heartbeat>, StoreError> {
        let Some(text) = self.meta(HEARTBEAT).await? else { return Ok(None) };
        let mut parts = text.splitn(3, ' ');
        let mut number = || parts.next().and_then(|part| part.parse::<u64>().ok());
        let (at, boot) = (number(), number());
        let (Some(at), Some(boot), Some(boot_id)) = (at, boot, parts.next()) else {
            return Err(StoreError::corrupt("the heartbeat", &text));
        };
        Ok(Some(Heartbeat {
            at: Timestamp::from_millis(i64::try_from(at).unwrap_or(i64::MAX)),
            boot: Duration::from_millis(boot),
            boot_id: boot_id.to_owned(),
        }))
    }

    /// The clock of the database server; `None` where it is ours.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn database_clock(&mut self) -> Result<Option<Timestamp>, StoreError> {
        if matches!(self.conn, Conn::Sqlite(_)) {
            return Ok(None);
        }
        let (millis,) =
            one!(self, (i64,), "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)")?;
        Ok(Some(Timestamp::from_millis(millis)))
    }

    /// The wall clock that an administrator vouched for, if one did.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn vouched_clock(&mut self) -> Result<Option<Timestamp>, StoreError> {
        let text = self.meta(VOUCHED).await?;
        Ok(text.and_then(|text| text.parse().ok()).map(Timestamp::from_millis))
    }
}

impl Write {
    /// Keeps a heartbeat.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn keep_heartbeat(&mut self, beat: &Heartbeat) -> Result<(), StoreError> {
        let text = format!("{} {} {}", beat.at.millis().max(0), beat.boot.as_millis(), beat.boot_id);
        self.put_meta(HEARTBEAT, &text).await
    }

    /// An administrator says that the wall clock is right; running servers hear it within a minute.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn vouch_for_clock(&mut self, wall: Timestamp) -> Result<(), StoreError> {
        self.put_meta(VOUCHED, &wall.millis().to_string()).await
    }

    /// Forgets what an administrator said: it was heard.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn forget_vouched_clock(&mut self) -> Result<(), StoreError> {
        self.delete_meta(VOUCHED).await
    }
}
