//! First answers to requests that carry an Idempotency-Key: whoever repeats the request gets the same one.

use std::time::Duration;

use domain::time::Timestamp;

use crate::{
    Read, StoreError, Write,
    sql::{execute, maybe},
};

/// An answer that was given.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The content type of the body.
    pub content_type: Option<String>,
    /// The body.
    pub body: String,
}

/// What is known of a key.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Repeat {
    /// Nothing: this request is the first, and the key is taken for it.
    First,
    /// The first one is still at work.
    AtWork,
    /// The same request was answered so.
    Answered(Answer),
    /// The key was used for another request.
    Another,
}

/// How long an answer is kept.
const KEPT: Duration = Duration::from_secs(86_400);
/// A first request that left no answer for this long was lost on its way.
const LOST_AFTER: Duration = Duration::from_secs(60);

#[derive(sqlx::FromRow)]
struct Row {
    request_hash: String,
    at: i64,
    status: Option<i64>,
    content_type: Option<String>,
    body: Option<String>,
}

impl Read {
    async fn first_answer(&mut self, account: &str, key: &str) -> Result<Option<Row>, StoreError> {
        maybe!(self, Row, "select * from first_answer where account = $1 and key = $2", account, key)
    }
}

impl Write {
    /// Takes a key for a request, unless it is taken. Of several at once one is the first.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn take_key(
        &mut self,
        account: &str,
        key: &str,
        request_hash: &str,
        now: Timestamp,
    ) -> Result<Repeat, StoreError> {
        let touched = execute!(
            self,
            "insert into first_answer (account, key, request_hash, at) values ($1, $2, $3, $4)
             on conflict (account, key) do update set
               request_hash = excluded.request_hash, at = excluded.at, status = null, content_type = null, body = null
             where first_answer.at <= $5 or (first_answer.status is null and first_answer.at <= $6)",
            account,
            key,
            request_hash,
            now.millis(),
            now.minus(KEPT).millis(),
            now.minus(LOST_AFTER).millis(),
        )?;
        if touched == 1 {
            return Ok(Repeat::First);
        }
        let Some(row) = self.first_answer(account, key).await? else { return Ok(Repeat::AtWork) };
        if row.request_hash != request_hash {
            return Ok(Repeat::Another);
        }
        let Some(status) = row.status else { return Ok(Repeat::AtWork) };
        Ok(Repeat::Answered(Answer {
            status: u16::try_from(status)
                .map_err(|_| StoreError::corrupt("the status of an answer", &row.at.to_string()))?,
            content_type: row.content_type,
            body: row.body.unwrap_or_default(),
        }))
    }

    /// Keeps the answer of the request that took a key.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn keep_answer(&mut self, account: &str, key: &str, answer: &Answer) -> Result<(), StoreError> {
        execute!(
            self,
            "update first_answer set status = $3, content_type = $4, body = $5 where account = $1 and key = $2",
            account,
            key,
            i64::from(answer.status),
            answer.content_type.as_deref(),
            answer.body.as_str(),
        )?;
        Ok(())
    }

    /// Gives a key back whose request changed nothing, so that it can be tried again.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn give_key_back(&mut self, account: &str, key: &str) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from first_answer where account = $1 and key = $2 and status is null",
            account,
            key
        )?;
        Ok(())
    }

    /// Forgets answers that are past their time; gives how many.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn forget_old_answers(&mut self, now: Timestamp) -> Result<u64, StoreError> {
        execute!(self, "delete from first_answer where at <= $1", now.minus(KEPT).millis())
    }
}
