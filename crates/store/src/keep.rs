//! What is kept only for a while: the past of markets, places in queues, what machines used to say of themselves, the texts
//! of messages. Jobs, intervals and events stay for ever.

use domain::time::Timestamp;

use crate::{StoreError, Write, sql::execute};

impl Write {
    /// Forgets displayed facts and the texts of messages from before `before`. What still holds stays, however old it is: the newest of each.
    /// Returns how many rows went.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn forget_before(&mut self, before: Timestamp) -> Result<u64, StoreError> {
        let before = before.millis();
        let markets = execute!(
            self,
            "delete from market_history where at < $1 and exists (
               select 1 from market_history newer
               where newer.market = market_history.market and newer.at > market_history.at and newer.at <= $1)",
            before,
        )?;
        let places = execute!(
            self,
            "delete from queue_place where at < $1 and exists (
               select 1 from queue_place newer
               where newer.node = queue_place.node and newer.at > queue_place.at and newer.at <= $1)",
            before,
        )?;
        let facts = execute!(
            self,
            "delete from fact where at < $1 and exists (
               select 1 from fact newer
               where newer.node = fact.node and newer.name = fact.name and newer.at > fact.at)",
            before,
        )?;
        // What still waits is told, however old it is. The events themselves stay.
        let messages =
            execute!(self, "delete from message where made_at < $1 and state <> 'waiting'", before)?;
        let rows =
            execute!(self, "delete from outbox where recorded_at < $1 and state <> 'waiting'", before)?;
        execute!(self, "delete from telegram_link where expires_at < $1", before)?;
        Ok(markets + places + facts + messages + rows)
    }
}
