//! The outbox: one row per event and destination, from the transaction of the event until a message tells it.

use domain::{
    address::Address,
    alert::{
        compose::{Told, Waiting},
        plan::{Planned, RowState, WatchedAs},
        preference::Preferences,
    },
    destination::Channel,
    time::Timestamp,
};

use crate::{
    Read, StoreError, Write,
    destination::channel,
    event::LoggedEvent,
    preference::preferences,
    sql::{all, execute, maybe},
    stored::{from_json, time},
};

/// Somebody who may want to hear of an event.
#[derive(Clone, Debug)]
pub struct Listener {
    /// The destination.
    pub destination: String,
    /// Its space.
    pub space: String,
    /// Its channel.
    pub channel: Channel,
    /// Nothing is sent there now: what happens is only written down.
    pub is_paused: bool,
    /// What the space wants.
    pub preferences: Preferences,
    /// The space's view of the node; `None` for an event of no node.
    pub watched: Option<WatchedAs>,
}

/// A row to be written with its event.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct NewRow {
    /// Its id.
    pub id: String,
    /// The destination.
    pub destination: String,
    /// What becomes of it.
    pub planned: Planned,
}

/// A destination for which something waits that is due.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct DueDesk {
    /// The destination.
    pub destination: String,
    /// Its space.
    pub space: String,
    /// Its channel.
    pub channel: Channel,
    /// How many requests were made to it since the given instant.
    pub recent: i64,
}

#[derive(sqlx::FromRow)]
struct ListenerRow {
    id: String,
    space: String,
    channel: String,
    paused_at: Option<i64>,
    value: Option<String>,
    time_zone: String,
    name: Option<String>,
    tags: Option<String>,
    muted_until: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct WaitingRow {
    row_id: String,
    due_at: i64,
    written_at: i64,
    #[sqlx(flatten)]
    event: crate::event::Row,
}

#[derive(sqlx::FromRow)]
struct ToldRow {
    told_at: i64,
    #[sqlx(flatten)]
    event: crate::event::Row,
}

pub(crate) fn row_state(word: &str) -> Result<RowState, StoreError> {
    RowState::from_word(word).ok_or_else(|| StoreError::corrupt("the state of a row", word))
}

impl TryFrom<WaitingRow> for Waiting {
    type Error = StoreError;

    fn try_from(row: WaitingRow) -> Result<Self, StoreError> {
        Ok(Self {
            id: row.row_id,
            due: Timestamp::from_millis(row.due_at),
            recorded: Timestamp::from_millis(row.written_at),
            event: LoggedEvent::try_from(row.event)?.into_event(),
        })
    }
}

impl TryFrom<ToldRow> for Told {
    type Error = StoreError;

    fn try_from(row: ToldRow) -> Result<Self, StoreError> {
        Ok(Self {
            at: Timestamp::from_millis(row.told_at),
            event: LoggedEvent::try_from(row.event)?.into_event(),
        })
    }
}

impl TryFrom<ListenerRow> for Listener {
    type Error = StoreError;

    fn try_from(row: ListenerRow) -> Result<Self, StoreError> {
        let watched = row.name.zip(row.tags).map(|(name, tags)| {
            let tags = from_json("the tags of a watch", &tags)?;
            Ok::<_, StoreError>(WatchedAs { name, tags, muted_until: time(row.muted_until) })
        });
        Ok(Self {
            destination: row.id,
            space: row.space,
            channel: channel(&row.channel)?,
            is_paused: row.paused_at.is_some(),
            preferences: preferences(row.value.as_deref(), &row.time_zone)?,
            watched: watched.transpose()?,
        })
    }
}

impl Read {
    /// Everybody who may want to hear of a node's event, or of our own blindness: then whoever watches anything. Nobody
    /// whose account is disabled.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn listeners(&mut self, node: Option<&Address>) -> Result<Vec<Listener>, StoreError> {
        let rows = match node {
            Some(node) => all!(
                self,
                ListenerRow,
                "select d.id, d.space, d.channel, d.paused_at, p.value, a.time_zone, w.name, w.tags, w.muted_until
                 from watch w join destination d on d.space = w.space join account a on a.id = d.account
                   left join preference p on p.space = d.space
                 where w.address = $1 and w.deleted_at is null and d.confirm_hash is null and a.disabled_at is null
                 order by d.id",
                node.to_string(),
            )?,
            None => all!(
                self,
                ListenerRow,
                "select d.id, d.space, d.channel, d.paused_at, p.value, a.time_zone,
                   cast(null as text) as name, cast(null as text) as tags, cast(null as bigint) as muted_until
                 from destination d join account a on a.id = d.account left join preference p on p.space = d.space
                 where d.confirm_hash is null and a.disabled_at is null
                   and exists (select 1 from watch w where w.space = d.space and w.deleted_at is null)
                 order by d.id",
            )?,
        };
        rows.into_iter().map(Listener::try_from).collect()
    }

    /// Destinations that have something due and nothing on its way, those that wait longest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn due_desks(
        &mut self,
        now: Timestamp,
        recent_since: Timestamp,
        limit: u32,
    ) -> Result<Vec<DueDesk>, StoreError> {
        let rows = all!(
            self,
            (String, String, String, i64),
            "select d.id, d.space, d.channel,
               (select count(*) from message m join delivery_attempt t on t.message = m.id
                where m.destination = d.id and t.at > $2)
             from (select destination, min(due_at) as first_due from outbox
                   where state = 'waiting' and due_at <= $1 group by destination) o
               join destination d on d.id = o.destination
             where d.paused_at is null
               and not exists (select 1 from message m
                               where m.destination = d.id and m.state = 'waiting' and not m.request)
             order by o.first_due, d.id limit $3",
            now.millis(),
            recent_since.millis(),
            i64::from(limit),
        )?;
        rows.into_iter()
            .map(|(destination, space, word, recent)| {
                Ok(DueDesk { destination, space, channel: channel(&word)?, recent })
            })
            .collect()
    }

    /// What waits for a destination, due or not, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn waiting_of(&mut self, destination: &str, limit: u32) -> Result<Vec<Waiting>, StoreError> {
        all!(
            self,
            WaitingRow,
            "select o.id as row_id, o.due_at, o.recorded_at as written_at, e.*
             from outbox o join event e on e.id = o.event
             where o.destination = $1 and o.state = 'waiting' order by o.event limit $2",
            destination,
            i64::from(limit),
        )?
        .into_iter()
        .map(Waiting::try_from)
        .collect()
    }

    /// What a destination was told since an instant, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn told_since(&mut self, destination: &str, since: Timestamp) -> Result<Vec<Told>, StoreError> {
        all!(
            self,
            ToldRow,
            "select m.made_at as told_at, e.* from message m
               join outbox o on o.message = m.id join event e on e.id = o.event
             where m.destination = $1 and m.made_at > $2 and o.state = 'told' order by e.id",
            destination,
            since.millis(),
        )?
        .into_iter()
        .map(Told::try_from)
        .collect()
    }

    /// The event of a key, if a destination was told it, however long ago.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn told_with_key(&mut self, destination: &str, key: &str) -> Result<Option<Told>, StoreError> {
        maybe!(
            self,
            ToldRow,
            "select coalesce(m.made_at, o.recorded_at) as told_at, e.* from event e
               join outbox o on o.event = e.id left join message m on m.id = o.message
             where e.key = $2 and o.destination = $1 and o.state = 'told'",
            destination,
            key,
        )?
        .map(Told::try_from)
        .transpose()
    }
}

impl Read {
    /// Whatever a destination was told of a node's silence that began at this instant: itself, and that it goes on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn told_of_silence(
        &mut self,
        destination: &str,
        node: &Address,
        since: Timestamp,
    ) -> Result<Vec<Told>, StoreError> {
        let about = format!("{node}:{}", since.millis());
        all!(
            self,
            ToldRow,
            "select coalesce(m.made_at, o.recorded_at) as told_at, e.* from event e
               join outbox o on o.event = e.id left join message m on m.id = o.message
             where e.node = $2 and e.at >= $3 and o.destination = $1 and o.state in ('told', 'waiting')
               and (e.key = 'silent:' || $4 or e.key like 'still_down:' || $4 || ':%')
             order by e.id",
            destination,
            node.to_string(),
            since.millis(),
            about,
        )?
        .into_iter()
        .map(Told::try_from)
        .collect()
    }
}

impl Write {
    /// Writes an event's rows, in its transaction. Whoever left meanwhile gets none.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn enqueue(&mut self, event: i64, rows: &[NewRow], now: Timestamp) -> Result<(), StoreError> {
        for row in rows {
            execute!(
                self,
                "insert into outbox (id, event, destination, state, due_at, recorded_at)
                 select $1, $2, d.id, $4, $5, $6 from destination d where d.id = $3
                 on conflict (event, destination) do nothing",
                row.id.as_str(),
                event,
                row.destination.as_str(),
                row.planned.state.word(),
                row.planned.due.millis(),
                now.millis(),
            )?;
        }
        Ok(())
    }
}
