//! Attempts: claimed by one server, written down before the request, completed after the answer.

use std::time::Duration;

use domain::{
    alert::{
        outcome::{Answer, Outcome},
        schedule::Next,
        words::Words,
    },
    destination::Place,
    time::Timestamp,
};

use super::words;
use crate::{
    Read, StoreError, Write,
    sql::{all, execute, maybe},
};

/// The server ended before the answer: nobody knows whether it arrived.
const INTERRUPTED: &str = "interrupted";
/// The request is on its way.
const SENDING: &str = "sending";

/// One attempt, as the log shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AttemptRow {
    /// Its number, from 1.
    pub number: i64,
    /// When it was made.
    pub at: Timestamp,
    /// `sending`, `interrupted`, or the word of an outcome.
    pub outcome: String,
    /// The provider's status.
    pub status: Option<u16>,
    /// The provider's own words.
    pub detail: String,
    /// How long it took, in milliseconds; `None` while nobody knows.
    pub took_ms: Option<i64>,
}

/// A message that is ours to send, with its attempt written down.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Claimed {
    /// The message.
    pub id: String,
    /// What it says.
    pub words: Words,
    /// Where it goes.
    pub destination: String,
    /// The destination's space.
    pub space: String,
    /// What its owner calls it.
    pub name: String,
    /// Its place.
    pub place: Place,
    /// Since when every attempt there failed.
    pub failing_since: Option<Timestamp>,
    /// The number of this attempt, from 1.
    pub attempt: i64,
    /// A person asked for it and waits.
    pub request: bool,
    /// When it was made.
    pub made: Timestamp,
}

#[derive(sqlx::FromRow)]
struct ClaimedRow {
    id: String,
    words: String,
    destination: String,
    space: String,
    name: String,
    place: String,
    failing_since: Option<i64>,
    attempts: i64,
    request: bool,
    made_at: i64,
}

impl Read {
    pub(crate) async fn attempts(&mut self, message: &str) -> Result<Vec<AttemptRow>, StoreError> {
        let rows = all!(
            self,
            (i64, i64, String, Option<i64>, String, Option<i64>),
            "select number, at, outcome, status, detail, took_ms from delivery_attempt
             where message = $1 order by number",
            message,
        )?;
        let attempt =
            |(number, at, outcome, status, detail, took_ms): (_, _, _, Option<i64>, _, _)| AttemptRow {
                number,
                at: Timestamp::from_millis(at),
                outcome,
                status: status.and_then(|status| u16::try_from(status).ok()),
                detail,
                took_ms,
            };
        Ok(rows.into_iter().map(attempt).collect())
    }

    /// The messages that may be tried now: of each destination the oldest that waits, and whatever a person asked for.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn claimable(&mut self, now: Timestamp, limit: u32) -> Result<Vec<String>, StoreError> {
        let rows = all!(
            self,
            (String,),
            "select m.id from message m join destination d on d.id = m.destination
             where m.state = 'waiting' and m.due_at <= $1
               and (m.claimed_until is null or m.claimed_until <= $1)
               and (m.request or (d.paused_at is null and not exists (
                 select 1 from message older
                 where older.destination = m.destination and older.state = 'waiting' and not older.request
                   and (older.made_at < m.made_at or (older.made_at = m.made_at and older.place < m.place)))))
             order by m.request desc, m.due_at, m.id limit $2",
            now.millis(),
            i64::from(limit),
        )?;
        Ok(rows.into_iter().map(|(id,)| id).collect())
    }
}

impl Write {
    /// Takes messages for one server until an instant, and writes their attempts down as on their way. An attempt that
    /// was never completed is told as interrupted. In its owner's quiet hours a message is put off instead. Commit before
    /// sending.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn claim_messages(
        &mut self,
        instance: &str,
        ids: &[String],
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<Claimed>, StoreError> {
        let mut claimed = Vec::new();
        let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
        // Two servers that want the same ones take them in the same order.
        ids.sort_unstable();
        for id in ids {
            if let Some(end) = self.quiet_until(id, now).await? {
                execute!(
                    self,
                    "update message set due_at = $2 where id = $1 and state = 'waiting'
                       and (claimed_until is null or claimed_until <= $3)",
                    id,
                    end.millis(),
                    now.millis(),
                )?;
                continue;
            }
            let taken = execute!(
                self,
                "update message set claimed_by = $2, claimed_until = $4, attempts = attempts + 1,
                   first_tried_at = coalesce(first_tried_at, $3)
                 where id = $1 and state = 'waiting' and due_at <= $3
                   and (claimed_until is null or claimed_until <= $3)",
                id,
                instance,
                now.millis(),
                until.millis(),
            )?;
            if taken == 1
                && let Some(message) = self.begin_attempt(id, now).await?
            {
                claimed.push(message);
            }
        }
        Ok(claimed)
    }

    /// When the quiet hours end in which this message must wait. It was made before them: its provider, or we ourselves,
    /// were away until now. What a person asked for waits for nothing.
    async fn quiet_until(&mut self, id: &str, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
        let space = maybe!(
            self,
            (String,),
            "select d.space from message m join destination d on d.id = m.destination
             where m.id = $1 and not m.request",
            id,
        )?;
        let Some((space,)) = space else { return Ok(None) };
        Ok(self.preferences(&space).await?.quiet_until(now))
    }

    async fn begin_attempt(&mut self, id: &str, now: Timestamp) -> Result<Option<Claimed>, StoreError> {
        execute!(
            self,
            "update delivery_attempt set outcome = $2 where message = $1 and outcome = $3",
            id,
            INTERRUPTED,
            SENDING,
        )?;
        let row = maybe!(
            self,
            ClaimedRow,
            "select m.id, m.words, m.destination, d.space, d.name, d.place, d.failing_since, m.attempts,
               m.request, m.made_at
             from message m join destination d on d.id = m.destination where m.id = $1",
            id,
        )?;
        let Some(row) = row else { return Ok(None) };
        execute!(
            self,
            "insert into delivery_attempt (message, number, at, outcome, detail) values ($1, $2, $3, $4, '')",
            id,
            row.attempts,
            now.millis(),
            SENDING,
        )?;
        Ok(Some(Claimed {
            words: words(&row.words)?,
            place: super::place(&row.place)?,
            failing_since: row.failing_since.map(Timestamp::from_millis),
            id: row.id,
            destination: row.destination,
            space: row.space,
            name: row.name,
            attempt: row.attempts,
            request: row.request,
            made: Timestamp::from_millis(row.made_at),
        }))
    }

    /// Holds on to what a server is sending.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn extend_claims(&mut self, instance: &str, until: Timestamp) -> Result<(), StoreError> {
        execute!(
            self,
            "update message set claimed_until = $2 where claimed_by = $1 and state = 'waiting'",
            instance,
            until.millis(),
        )?;
        Ok(())
    }

    /// Lets go of every claim: the one server of a folder starts, so whoever held one is gone.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn release_claims(&mut self) -> Result<(), StoreError> {
        execute!(self, "update message set claimed_by = null, claimed_until = null where state = 'waiting'")?;
        Ok(())
    }

    /// Writes down how an attempt ended, and what follows for the message and its destination. A message that a person
    /// asked for is tried once. A pause is the caller's to carry out.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn finish_attempt(
        &mut self,
        claimed: &Claimed,
        answer: &Answer,
        next: &Next,
        (now, took): (Timestamp, Duration),
    ) -> Result<(), StoreError> {
        let accepted = matches!(answer.outcome, Outcome::Accepted { .. });
        // The destination's row first: see `fold`.
        if accepted {
            execute!(
                self,
                "update destination set last_sent_at = $2, failing_since = null where id = $1",
                claimed.destination.as_str(),
                now.millis(),
            )?;
        } else if !claimed.request {
            execute!(
                self,
                "update destination set failing_since = coalesce(failing_since, $2) where id = $1",
                claimed.destination.as_str(),
                now.millis(),
            )?;
        }
        execute!(
            self,
            "update delivery_attempt set outcome = $3, status = $4, detail = $5, took_ms = $6
             where message = $1 and number = $2",
            claimed.id.as_str(),
            claimed.attempt,
            answer.outcome.word(),
            answer.status.map(i64::from),
            answer.detail.as_str(),
            i64::try_from(took.as_millis()).unwrap_or(i64::MAX),
        )?;
        let provider_id = match &answer.outcome {
            Outcome::Accepted { id } => id.as_deref(),
            _ => None,
        };
        let (state, due) = match next {
            Next::Sent => ("sent", None),
            Next::Retry { .. } if claimed.request => ("dropped", None),
            Next::Retry { at } => ("waiting", Some(*at)),
            Next::GiveUp => ("refused", None),
            Next::Pause => ("dropped", None),
        };
        execute!(
            self,
            "update message set state = $2, due_at = coalesce($3, due_at), provider_id = $4,
               sent_at = case when $5 then $6 else sent_at end, claimed_by = null, claimed_until = null
             where id = $1",
            claimed.id.as_str(),
            state,
            due.map(Timestamp::millis),
            provider_id,
            accepted,
            now.millis(),
        )?;
        Ok(())
    }
}
