//! Events: what was worth saying, each once for ever.

use domain::{
    address::Address,
    event::{Event, EventKind},
    time::Timestamp,
};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute, maybe},
    stored::maybe_address,
};

/// An event with its place in the log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LoggedEvent {
    /// Its change number.
    pub id: i64,
    /// What makes it happen once.
    pub key: String,
    /// What happened.
    pub kind: EventKind,
    /// To which node; `None` for our own blindness.
    pub node: Option<Address>,
    /// The run, the market or the source.
    pub subject: Option<String>,
    /// When it happened.
    pub at: Timestamp,
    /// How long what it ended had lasted.
    pub seconds: Option<i64>,
    /// What was paid.
    pub micro_nos: Option<i64>,
    /// When it was written down.
    pub recorded: Timestamp,
}

#[derive(sqlx::FromRow)]
pub(crate) struct Row {
    id: i64,
    key: String,
    kind: String,
    node: Option<String>,
    subject: Option<String>,
    at: i64,
    seconds: Option<i64>,
    micro_nos: Option<i64>,
    recorded_at: i64,
}

impl TryFrom<Row> for LoggedEvent {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.id,
            key: row.key,
            kind: EventKind::from_word(&row.kind)
                .ok_or_else(|| StoreError::corrupt("the kind of event", &row.kind))?,
            node: maybe_address(row.node.as_deref())?,
            subject: row.subject,
            at: Timestamp::from_millis(row.at),
            seconds: row.seconds,
            micro_nos: row.micro_nos,
            recorded: Timestamp::from_millis(row.recorded_at),
        })
    }
}

impl LoggedEvent {
    /// The event itself, without its place in the log.
    #[must_use]
    pub fn into_event(self) -> Event {
        Event {
            key: self.key,
            kind: self.kind,
            node: self.node,
            subject: self.subject,
            at: self.at,
            seconds: self.seconds,
            micro_nos: self.micro_nos,
        }
    }
}

impl Read {
    /// What happened to a space's nodes, and our own blindness: newest first, older than the number `before`. That a
    /// silence was told again is no event of a node.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn events(
        &mut self,
        space: &str,
        before: Option<i64>,
        limit: u32,
    ) -> Result<Vec<LoggedEvent>, StoreError> {
        all!(
            self,
            Row,
            "select * from event
             where (node is null or node in (select address from watch where space = $1 and deleted_at is null))
               and kind <> 'still_down' and id < $2
             order by id desc limit $3",
            space,
            before.unwrap_or(i64::MAX),
            i64::from(limit),
        )?
        .into_iter()
        .map(LoggedEvent::try_from)
        .collect()
    }

    /// The number of the event of a key.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn event_id(&mut self, key: &str) -> Result<Option<i64>, StoreError> {
        Ok(maybe!(self, (i64,), "select id from event where key = $1", key)?.map(|(id,)| id))
    }

    /// The last that happened to a node, newest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn node_events(&mut self, node: &Address, limit: u32) -> Result<Vec<LoggedEvent>, StoreError> {
        all!(
            self,
            Row,
            "select * from event where node = $1 and kind <> 'still_down' order by id desc limit $2",
            node.to_string(),
            i64::from(limit),
        )?
        .into_iter()
        .map(LoggedEvent::try_from)
        .collect()
    }
}

impl Write {
    /// Writes an event down under the next change number, and gives it. `None`: it was written before, and nothing is done.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add_event(&mut self, event: &Event, now: Timestamp) -> Result<Option<i64>, StoreError> {
        if maybe!(self, (i64,), "select id from event where key = $1", event.key.as_str())?.is_some() {
            return Ok(None);
        }
        let id = self.next_change().await?;
        let added = execute!(
            self,
            "insert into event (id, key, kind, node, subject, at, seconds, micro_nos, recorded_at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict (key) do nothing",
            id,
            event.key.as_str(),
            event.kind.word(),
            event.node.map(|node| node.to_string()),
            event.subject.as_deref(),
            event.at.millis(),
            event.seconds,
            event.micro_nos,
            now.millis(),
        )?;
        Ok((added == 1).then_some(id))
    }
}
