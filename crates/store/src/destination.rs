//! Destinations: the places that a space is told things at.

use domain::{
    destination::{Channel, Place},
    session::EndReason,
    time::Timestamp,
};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute, maybe, one},
    stored::{from_json, time, to_json},
};

/// A destination.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Destination {
    /// Its id.
    pub id: String,
    /// The space whose nodes it hears of.
    pub space: String,
    /// The account that made it.
    pub account: String,
    /// The session of the browser that a push subscription belongs to.
    pub session: Option<String>,
    /// Where it is.
    pub place: Place,
    /// What its owner calls it.
    pub name: String,
    /// When it was made.
    pub created: Timestamp,
    /// Whether its reader agreed to be told; before that it hears nothing but the question.
    pub confirmed: bool,
    /// Since when and why nothing is sent there.
    pub paused: Option<(Timestamp, String)>,
    /// Since when every attempt failed.
    pub failing_since: Option<Timestamp>,
    /// When something last arrived.
    pub last_sent: Option<Timestamp>,
}

/// A destination to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewDestination<'a> {
    /// Its id.
    pub id: &'a str,
    /// The space whose nodes it hears of.
    pub space: &'a str,
    /// The account that makes it.
    pub account: &'a str,
    /// The session of the browser, for a push subscription.
    pub session: Option<&'a str>,
    /// Where it is.
    pub place: &'a Place,
    /// What its owner calls it.
    pub name: &'a str,
    /// The hash of the code that its reader must give back first; `None` = no question.
    pub confirm_hash: Option<&'a str>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    space: String,
    account: String,
    session: Option<String>,
    place: String,
    name: String,
    created_at: i64,
    confirm_hash: Option<String>,
    paused_at: Option<i64>,
    pause_reason: Option<String>,
    failing_since: Option<i64>,
    last_sent_at: Option<i64>,
}

impl TryFrom<Row> for Destination {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            place: place(&row.place)?,
            id: row.id,
            space: row.space,
            account: row.account,
            session: row.session,
            name: row.name,
            created: Timestamp::from_millis(row.created_at),
            confirmed: row.confirm_hash.is_none(),
            paused: time(row.paused_at).map(|at| (at, row.pause_reason.unwrap_or_default())),
            failing_since: time(row.failing_since),
            last_sent: time(row.last_sent_at),
        })
    }
}

/// A place as its column holds it.
pub(crate) fn place(json: &str) -> Result<Place, StoreError> {
    from_json("the place of a destination", json)
}

pub(crate) fn channel(word: &str) -> Result<Channel, StoreError> {
    Channel::from_word(word).ok_or_else(|| StoreError::corrupt("the channel", word))
}

/// What tells a place from the others of its channel.
fn address(place: &Place) -> String {
    match place {
        Place::Telegram { chat } => chat.to_string(),
        Place::Push { endpoint, .. } => endpoint.clone(),
        Place::Email { to } => to.to_lowercase(),
        Place::Webhook { url, .. } => url.clone(),
    }
}

impl Read {
    /// A space's destinations, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn destinations(&mut self, space: &str) -> Result<Vec<Destination>, StoreError> {
        all!(self, Row, "select * from destination where space = $1 order by created_at, id", space)?
            .into_iter()
            .map(Destination::try_from)
            .collect()
    }

    /// A destination, whosever it is.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn destination(&mut self, id: &str) -> Result<Option<Destination>, StoreError> {
        maybe!(self, Row, "select * from destination where id = $1", id)?
            .map(Destination::try_from)
            .transpose()
    }

    /// Every destination that is this place: one chat may be linked to several spaces.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn destinations_at(&mut self, there: &Place) -> Result<Vec<Destination>, StoreError> {
        all!(
            self,
            Row,
            "select * from destination where channel = $1 and address = $2 order by created_at, id",
            there.channel().word(),
            address(there),
        )?
        .into_iter()
        .map(Destination::try_from)
        .collect()
    }

    /// How much waits for each destination of a space: rows that no message holds yet, and messages on their way.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn waiting_counts(&mut self, space: &str) -> Result<Vec<(String, i64)>, StoreError> {
        all!(
            self,
            (String, i64),
            "select d.id,
               (select count(*) from outbox o where o.destination = d.id and o.state = 'waiting')
               + (select count(*) from message m where m.destination = d.id and m.state = 'waiting' and not m.request)
             from destination d where d.space = $1",
            space,
        )
    }
}

impl Write {
    /// Makes a destination. The same place in the same space stays one: it keeps its id, is no longer paused, and takes
    /// the name, the keys and the session that are given now.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add_destination(
        &mut self,
        new: NewDestination<'_>,
        now: Timestamp,
    ) -> Result<Destination, StoreError> {
        one!(
            self,
            Row,
            "insert into destination
               (id, space, account, session, channel, address, place, name, created_at, confirm_hash)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (space, channel, address) do update set
               account = excluded.account, session = excluded.session, place = excluded.place,
               name = excluded.name, paused_at = null, pause_reason = null, failing_since = null,
               confirm_hash = case when destination.confirm_hash is null then null else excluded.confirm_hash end
             returning *",
            new.id,
            new.space,
            new.account,
            new.session,
            new.place.channel().word(),
            address(new.place),
            to_json(new.place)?,
            new.name,
            now.millis(),
            new.confirm_hash,
        )?
        .try_into()
    }

    /// Gives a destination another name. `false`: the space has none of this id.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn name_destination(&mut self, space: &str, id: &str, name: &str) -> Result<bool, StoreError> {
        let touched =
            execute!(self, "update destination set name = $3 where space = $1 and id = $2", space, id, name)?;
        Ok(touched == 1)
    }

    /// Its reader gave the code back. Gives the destination, or `None` when no open question has this hash.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn confirm_destination(
        &mut self,
        confirm_hash: &str,
    ) -> Result<Option<Destination>, StoreError> {
        maybe!(
            self,
            Row,
            "update destination set confirm_hash = null where confirm_hash = $1 returning *",
            confirm_hash,
        )?
        .map(Destination::try_from)
        .transpose()
    }

    /// Removes a destination with everything that waits for it. `false`: the space has none of this id.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn remove_destination(&mut self, space: &str, id: &str) -> Result<bool, StoreError> {
        Ok(execute!(self, "delete from destination where space = $1 and id = $2", space, id)? == 1)
    }

    /// A session ended for this reason: its browser is told nothing more, unless only time ended it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(crate) async fn remove_destinations_of_session(
        &mut self,
        sid: &str,
        reason: EndReason,
    ) -> Result<(), StoreError> {
        if !matches!(reason, EndReason::IdleTimeout | EndReason::AbsoluteTimeout) {
            execute!(self, "delete from destination where session = $1", sid)?;
        }
        Ok(())
    }

    /// All sessions of an account but one ended for this reason: the browsers of those that time had ended before are
    /// told nothing more either.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub(crate) async fn remove_destinations_of_sessions(
        &mut self,
        account: &str,
        except: Option<&str>,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from destination where account = $1 and session is not null and session <> $2",
            account,
            except.unwrap_or_default(),
        )?;
        Ok(())
    }

    /// The same person signed in again in the same browser: its subscription belongs to the new session.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn move_destinations(&mut self, from_sid: &str, to_sid: &str) -> Result<(), StoreError> {
        execute!(self, "update destination set session = $2 where session = $1", from_sid, to_sid)?;
        Ok(())
    }

    /// Stops sending there. What waits is told to nobody: the log keeps it. `false`: it was paused before, or is gone.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn pause_destination(
        &mut self,
        id: &str,
        why: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update destination set paused_at = $2, pause_reason = $3 where id = $1 and paused_at is null",
            id,
            now.millis(),
            why,
        )?;
        if touched == 0 {
            return Ok(false);
        }
        execute!(
            self,
            "update outbox set state = 'logged' where destination = $1 and state = 'waiting'",
            id
        )?;
        execute!(
            self,
            "update message set state = 'dropped' where destination = $1 and state = 'waiting' and not request",
            id,
        )?;
        Ok(true)
    }

    /// Sends there again, from now on. `false`: the space has none of this id.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn resume_destination(&mut self, space: &str, id: &str) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update destination set paused_at = null, pause_reason = null, failing_since = null
             where space = $1 and id = $2",
            space,
            id,
        )?;
        Ok(touched == 1)
    }
}
