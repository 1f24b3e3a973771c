//! Our own blindness: when we could not see through a source, kept apart from any node's state.

use std::time::Duration;

use domain::{sight::Source, time::Timestamp, why::Why};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute, maybe},
    stored::{time, why},
};

/// A time in which we could not see through one source.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Blindness {
    /// Through which.
    pub source: Source,
    /// Its first instant.
    pub since: Timestamp,
    /// The first instant after it; `None` while it goes on.
    pub to: Option<Timestamp>,
    /// The last reason.
    pub why: Why,
}

type Row = (String, i64, Option<i64>, String);

fn blindness((word, since, to, code): Row) -> Result<Blindness, StoreError> {
    let source = Source::ALL.into_iter().find(|source| source.word() == word);
    Ok(Blindness {
        source: source.ok_or_else(|| StoreError::corrupt("the source", &word))?,
        since: Timestamp::from_millis(since),
        to: time(to),
        why: why(&code)?,
    })
}

impl Read {
    /// The times of blindness that go on, as far as was written down.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn open_blindness(&mut self) -> Result<Vec<Blindness>, StoreError> {
        all!(
            self,
            Row,
            "select source, since, to_at, why from blindness where to_at is null order by source",
        )?
        .into_iter()
        .map(blindness)
        .collect()
    }

    /// The times of blindness that touch `[from, to)`, oldest first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn blindness(&mut self, from: Timestamp, to: Timestamp) -> Result<Vec<Blindness>, StoreError> {
        all!(
            self,
            Row,
            "select source, since, to_at, why from blindness
             where since < $2 and (to_at is null or to_at > $1) order by since, source",
            from.millis(),
            to.millis(),
        )?
        .into_iter()
        .map(blindness)
        .collect()
    }
}

impl Read {
    /// The last time in which nobody watched: the program stood still, or the machine slept.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn last_gap(&mut self) -> Result<Option<(Timestamp, Timestamp)>, StoreError> {
        let row = maybe!(
            self,
            (i64, i64),
            "select since, to_at from blindness where why = $1 and to_at is not null
             order by to_at desc limit 1",
            Why::NotWatching.code(),
        )?;
        Ok(row.map(|(since, to)| (Timestamp::from_millis(since), Timestamp::from_millis(to))))
    }
}

impl Write {
    /// Saves how well each source is seen through at `now`: since when and why it is not, or that it is. A blindness
    /// that outlasts a restart goes on with its own beginning.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn save_sight(
        &mut self,
        sources: &[(Source, Option<(Timestamp, Why)>)],
        now: Timestamp,
    ) -> Result<(), StoreError> {
        for (source, blind) in sources {
            match blind {
                Some((since, why)) => self.blind(*source, *since, *why).await?,
                None => self.sighted(*source, now).await?,
            }
        }
        Ok(())
    }

    async fn blind(&mut self, source: Source, since: Timestamp, why: Why) -> Result<(), StoreError> {
        let goes_on = execute!(
            self,
            "update blindness set why = $2 where source = $1 and to_at is null",
            source.word(),
            why.code(),
        )?;
        if goes_on == 0 {
            execute!(
                self,
                "insert into blindness (source, since, why) values ($1, $2, $3)
                 on conflict (source, since) do update set to_at = null, why = excluded.why",
                source.word(),
                since.millis(),
                why.code(),
            )?;
        }
        Ok(())
    }

    async fn sighted(&mut self, source: Source, now: Timestamp) -> Result<(), StoreError> {
        execute!(
            self,
            "update blindness set to_at = case when since < $2 then $2 else since end
             where source = $1 and to_at is null",
            source.word(),
            now.millis(),
        )?;
        Ok(())
    }
}

/// When somebody last watched.
const WATCHED_AT: &str = "watched_at";

impl Write {
    /// Notes that we watch at `now`. Where nobody did for longer than `patience` (the program stood still, or the
    /// machine slept) that time is kept as our own blindness to chain and endpoints, over and told to nobody. A
    /// blindness that goes on holds that time already.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn note_watching(&mut self, now: Timestamp, patience: Duration) -> Result<(), StoreError> {
        let noted = self.meta(WATCHED_AT).await?.and_then(|millis| millis.parse().ok());
        let Some(last) = noted.map(Timestamp::from_millis) else {
            return self.put_meta(WATCHED_AT, &now.millis().to_string()).await;
        };
        let gone = now.since(last);
        if gone > patience {
            for source in [Source::Chain, Source::Endpoints] {
                execute!(
                    self,
                    "insert into blindness (source, since, to_at, why)
                     select $1, $2, $3, $4
                     where not exists (select 1 from blindness where source = $1 and to_at is null)
                     on conflict (source, since) do nothing",
                    source.word(),
                    last.millis(),
                    now.millis(),
                    Why::NotWatching.code(),
                )?;
            }
        }
        // Not at every commit: a third of the patience is exact enough. A clock that stepped back begins anew.
        if gone > patience / 3 || now < last {
            self.put_meta(WATCHED_AT, &now.millis().to_string()).await?;
        }
        Ok(())
    }
}
