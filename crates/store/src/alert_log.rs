//! What was told, to whom, and whether it arrived: the log that a person reads.

use domain::{
    address::Address, alert::plan::RowState, destination::Channel, event::EventKind, time::Timestamp,
};

use crate::{
    Read, StoreError, Write,
    destination::channel,
    event::LoggedEvent,
    message::{AttemptRow, Message},
    outbox::row_state,
    sql::{all, execute, maybe},
    stored::time,
};

/// Which alerts.
#[derive(Clone, Copy, Debug, Default)]
pub struct AlertQuery<'a> {
    /// Of this node only.
    pub node: Option<&'a Address>,
    /// Of these kinds only; empty = all.
    pub kinds: &'a [EventKind],
    /// With a row for this destination only.
    pub destination: Option<&'a str>,
    /// Older than this event's number.
    pub before: Option<i64>,
    /// So many at most.
    pub limit: u32,
}

/// An event with what became of its telling.
#[derive(Clone, Debug)]
pub struct Alert {
    /// The event.
    pub event: LoggedEvent,
    /// When somebody of the space had seen it.
    pub acknowledged: Option<Timestamp>,
    /// One per destination.
    pub deliveries: Vec<Delivery>,
}

/// What became of an event at one destination.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// The destination.
    pub destination: String,
    /// Its channel.
    pub channel: Channel,
    /// What its owner calls it.
    pub name: String,
    /// What became of the row.
    pub state: RowState,
    /// When it may be told at the earliest.
    pub due: Timestamp,
    /// The message that told it, with its attempts; `None` before, or where its texts were forgotten.
    pub message: Option<Message>,
}

impl Read {
    /// A space's alerts, newest first: the events of its nodes and our own blindness, with their deliveries.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn alerts(&mut self, space: &str, query: AlertQuery<'_>) -> Result<Vec<Alert>, StoreError> {
        let kinds: Vec<&str> = query.kinds.iter().map(|kind| kind.word()).collect();
        let kinds = if kinds.is_empty() { String::new() } else { format!(",{},", kinds.join(",")) };
        let rows = all!(
            self,
            crate::event::Row,
            "select * from event e
             where (e.node is null or e.node in (select address from watch where space = $1 and deleted_at is null))
               and ($2 is null or e.node = $2) and ($3 = '' or $3 like '%,' || e.kind || ',%')
               and ($4 is null or exists (
                 select 1 from outbox o where o.event = e.id and o.destination = $4))
               and e.id < $5
               and (e.kind <> 'still_down' or exists (
                 select 1 from outbox o join destination d on d.id = o.destination
                 where o.event = e.id and d.space = $1))
             order by e.id desc limit $6",
            space,
            query.node.map(ToString::to_string),
            kinds,
            query.destination,
            query.before.unwrap_or(i64::MAX),
            i64::from(query.limit),
        )?;
        let mut alerts = Vec::with_capacity(rows.len());
        for row in rows {
            let event = LoggedEvent::try_from(row)?;
            alerts.push(Alert {
                acknowledged: self.acknowledged(space, event.id).await?,
                deliveries: self.deliveries(space, event.id).await?,
                event,
            });
        }
        Ok(alerts)
    }

    /// Whether and when somebody of the space had seen an event.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn acknowledged(&mut self, space: &str, event: i64) -> Result<Option<Timestamp>, StoreError> {
        let row = maybe!(
            self,
            (i64,),
            "select at from acknowledgement where space = $1 and event = $2",
            space,
            event,
        )?;
        Ok(time(row.map(|(at,)| at)))
    }

    /// Whether somebody of the space has seen the event of a key.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn has_acknowledged(&mut self, space: &str, key: &str) -> Result<bool, StoreError> {
        let row = maybe!(
            self,
            (i64,),
            "select a.at from acknowledgement a join event e on e.id = a.event
             where a.space = $1 and e.key = $2",
            space,
            key,
        )?;
        Ok(row.is_some())
    }

    async fn deliveries(&mut self, space: &str, event: i64) -> Result<Vec<Delivery>, StoreError> {
        let rows = all!(
            self,
            (String, String, String, String, i64, Option<String>),
            "select d.id, d.channel, d.name, o.state, o.due_at, o.message
             from outbox o join destination d on d.id = o.destination
             where o.event = $1 and d.space = $2 order by d.created_at, d.id",
            event,
            space,
        )?;
        let mut deliveries = Vec::with_capacity(rows.len());
        for (destination, word, name, state, due, message) in rows {
            let message = match message {
                Some(id) => self.message(&id).await?,
                None => None,
            };
            deliveries.push(Delivery {
                destination,
                channel: channel(&word)?,
                name,
                state: row_state(&state)?,
                due: Timestamp::from_millis(due),
                message,
            });
        }
        Ok(deliveries)
    }

    /// The last attempt at a destination, whatever it said.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn last_attempt(&mut self, destination: &str) -> Result<Option<AttemptRow>, StoreError> {
        let row = maybe!(
            self,
            (String,),
            "select t.message from delivery_attempt t join message m on m.id = t.message
             where m.destination = $1 order by t.at desc limit 1",
            destination,
        )?;
        match row {
            Some((message,)) => Ok(self.attempts(&message).await?.pop()),
            None => Ok(None),
        }
    }
}

impl Write {
    /// "I have seen it": of an event that the space hears of. `false`: it hears of none with this number. The first time
    /// stays.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn acknowledge(&mut self, space: &str, event: i64, now: Timestamp) -> Result<bool, StoreError> {
        execute!(
            self,
            "insert into acknowledgement (space, event, at)
             select $1, e.id, $3 from event e
             where e.id = $2
               and (e.node is null or e.node in (select address from watch where space = $1 and deleted_at is null))
             on conflict (space, event) do nothing",
            space,
            event,
            now.millis(),
        )?;
        Ok(self.acknowledged(space, event).await?.is_some())
    }
}
