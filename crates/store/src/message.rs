//! Messages: what is said to a destination, once, from the folding of its rows to the record of its arrival.

mod attempt;

use domain::{
    alert::{compose::Composed, words::Words},
    destination::Place,
    time::Timestamp,
};

pub use attempt::{AttemptRow, Claimed};

use crate::{
    Read, StoreError, Write,
    sql::{execute, maybe},
    stored::{from_json, time, to_json},
};

/// What became of a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum MessageState {
    /// Not told yet.
    Waiting,
    /// The provider took it.
    Sent,
    /// The provider will never take it.
    Refused,
    /// Its destination was paused, or it was a test that did not arrive.
    Dropped,
}

/// A message.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Message {
    /// Its id: the key under which a provider that takes keys takes it once.
    pub id: String,
    /// Where it goes.
    pub destination: String,
    /// What it says.
    pub words: Words,
    /// What became of it.
    pub state: MessageState,
    /// When it was made.
    pub made: Timestamp,
    /// When it may be tried next.
    pub due: Timestamp,
    /// When the provider took it.
    pub sent: Option<Timestamp>,
    /// What the provider calls it.
    pub provider_id: Option<String>,
    /// Every attempt, oldest first.
    pub attempts: Vec<AttemptRow>,
}

impl MessageState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Waiting, Self::Sent, Self::Refused, Self::Dropped];

    /// The word of the API and of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Sent => "sent",
            Self::Refused => "refused",
            Self::Dropped => "dropped",
        }
    }

    pub(crate) fn from_word(word: &str) -> Result<Self, StoreError> {
        let state = Self::ALL.into_iter().find(|state| state.word() == word);
        state.ok_or_else(|| StoreError::corrupt("the state of a message", word))
    }
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    destination: String,
    words: String,
    state: String,
    made_at: i64,
    due_at: i64,
    sent_at: Option<i64>,
    provider_id: Option<String>,
}

pub(crate) fn words(json: &str) -> Result<Words, StoreError> {
    from_json("the words of a message", json)
}

impl Read {
    /// A message with its attempts.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn message(&mut self, id: &str) -> Result<Option<Message>, StoreError> {
        let Some(row) = maybe!(
            self,
            Row,
            "select id, destination, words, state, made_at, due_at, sent_at, provider_id
             from message where id = $1",
            id
        )?
        else {
            return Ok(None);
        };
        Ok(Some(Message {
            attempts: self.attempts(&row.id).await?,
            words: words(&row.words)?,
            state: MessageState::from_word(&row.state)?,
            id: row.id,
            destination: row.destination,
            made: Timestamp::from_millis(row.made_at),
            due: Timestamp::from_millis(row.due_at),
            sent: time(row.sent_at),
            provider_id: row.provider_id,
        }))
    }

    /// The message that a person asked for at this destination and that has not been tried to its end; the oldest.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn waiting_test(&mut self, destination: &str) -> Result<Option<String>, StoreError> {
        let row = maybe!(
            self,
            (String,),
            "select id from message where destination = $1 and request and state = 'waiting'
             order by made_at, id limit 1",
            destination,
        )?;
        Ok(row.map(|(id,)| id))
    }

    /// The message that the provider calls so at this place, with its destination's space: what a button was pressed on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn message_by_provider_id(
        &mut self,
        destination: &str,
        provider_id: &str,
    ) -> Result<Option<Message>, StoreError> {
        let row = maybe!(
            self,
            (String,),
            "select id from message where destination = $1 and provider_id = $2 order by made_at desc limit 1",
            destination,
            provider_id,
        )?;
        match row {
            Some((id,)) => self.message(&id).await,
            None => Ok(None),
        }
    }

    /// The events that a message told.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn events_of_message(&mut self, message: &str) -> Result<Vec<i64>, StoreError> {
        let rows = crate::sql::all!(
            self,
            (i64,),
            "select event from outbox where message = $1 order by event",
            message,
        )?;
        Ok(rows.into_iter().map(|(event,)| event).collect())
    }
}

impl Write {
    /// Keeps what a destination is told now, and what becomes of its rows. Every row must still wait: `false` when
    /// another server was quicker, and then the caller must drop the transaction. `ids` gives as many message ids as
    /// there are drafts.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn fold(
        &mut self,
        destination: &str,
        composed: &Composed,
        ids: &[String],
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        // The destination's own row first, as everybody does who changes what belongs to it: two servers queue up here.
        let open = execute!(
            self,
            "update destination set name = name where id = $1 and paused_at is null",
            destination
        )?;
        let mut all_waited = open == 1;
        for ((draft, id), place) in composed.messages.iter().zip(ids).zip(0_i64..) {
            let words = Words { key: id.clone(), ..draft.words.clone() };
            self.add_message(id, destination, &words, (now, place, now), false).await?;
            for row in &draft.rows {
                all_waited &= self.settle_row(row, "told", Some(id)).await?;
            }
        }
        for row in &composed.logged {
            all_waited &= self.settle_row(row, "logged", None).await?;
        }
        for row in &composed.muted {
            all_waited &= self.settle_row(row, "muted", None).await?;
        }
        for (row, due) in &composed.later {
            let touched = execute!(
                self,
                "update outbox set due_at = $2 where id = $1 and state = 'waiting'",
                row.as_str(),
                due.millis(),
            )?;
            all_waited &= touched == 1;
        }
        Ok(all_waited)
    }

    async fn settle_row(
        &mut self,
        row: &str,
        state: &'static str,
        message: Option<&str>,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update outbox set state = $2, message = $3 where id = $1 and state = 'waiting'",
            row,
            state,
            message,
        )?;
        Ok(touched == 1)
    }

    async fn add_message(
        &mut self,
        id: &str,
        destination: &str,
        words: &Words,
        (now, place, due): (Timestamp, i64, Timestamp),
        request: bool,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into message (id, destination, words, request, state, made_at, place, due_at, attempts)
             values ($1, $2, $3, $4, 'waiting', $5, $6, $7, 0)",
            id,
            destination,
            to_json(words)?,
            request,
            now.millis(),
            place,
            due.millis(),
        )?;
        Ok(())
    }

    /// Something to be told that is no event of the log: a summary, or that another destination was paused. It takes
    /// its place behind what waits, is not sent before `due`, and is tried until it arrives.
    ///
    /// # Errors
    /// When the store cannot be written; [`StoreError::Conflict`] with `foreign_key` when the destination is gone.
    pub async fn queue_message(
        &mut self,
        id: &str,
        destination: &str,
        words: &Words,
        (now, due): (Timestamp, Timestamp),
    ) -> Result<(), StoreError> {
        let words = Words { key: id.to_owned(), ..words.clone() };
        self.add_message(id, destination, &words, (now, 0, due), false).await
    }

    /// A message that a person asked for and waits for: tried once, at once, whatever else waits, and also where nothing
    /// is sent otherwise.
    ///
    /// # Errors
    /// When the store cannot be written; [`StoreError::Conflict`] with `foreign_key` when the destination is gone.
    pub async fn queue_test(
        &mut self,
        id: &str,
        destination: &str,
        words: &Words,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let words = Words { key: id.to_owned(), ..words.clone() };
        self.add_message(id, destination, &words, (now, 0, now), true).await
    }
}

/// A place of a column, for those who claim.
pub(crate) fn place(json: &str) -> Result<Place, StoreError> {
    crate::destination::place(json)
}
