//! What a space wants to be told, and when; the defaults where nobody said anything.

use domain::{alert::preference::Preferences, time::Timestamp};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute, maybe},
    stored::{from_json, time, to_json},
};

/// Preferences as their columns hold them; without any, the defaults in the account's own time zone.
pub(crate) fn preferences(value: Option<&str>, zone: &str) -> Result<Preferences, StoreError> {
    match value {
        Some(value) => from_json("the preferences", value),
        None => Ok(Preferences { zone: zone.to_owned(), ..Preferences::default() }),
    }
}

/// A space that may want a summary.
#[derive(Clone, Debug)]
pub struct Summarised {
    /// The space.
    pub space: String,
    /// What it wants.
    pub preferences: Preferences,
    /// Until when the last summary told; `None` before the first.
    pub until: Option<Timestamp>,
    /// When the preferences were last changed.
    pub changed: Timestamp,
}

impl Read {
    /// What a space wants to be told, and when.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn preferences(&mut self, space: &str) -> Result<Preferences, StoreError> {
        let row = maybe!(
            self,
            (Option<String>, String),
            "select p.value, a.time_zone from space_member m join account a on a.id = m.account
               left join preference p on p.space = m.space
             where m.space = $1 order by m.role, m.account limit 1",
            space,
        )?;
        let (value, zone) = row.unwrap_or((None, "UTC".to_owned()));
        preferences(value.as_deref(), &zone)
    }

    /// Every space that ever said what it wants.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn summarised(&mut self) -> Result<Vec<Summarised>, StoreError> {
        let rows = all!(
            self,
            (String, String, Option<i64>, i64),
            "select space, value, summarised_at, changed_at from preference order by space",
        )?;
        rows.into_iter()
            .map(|(space, value, until, changed)| {
                Ok(Summarised {
                    space,
                    preferences: preferences(Some(&value), "UTC")?,
                    until: time(until),
                    changed: Timestamp::from_millis(changed),
                })
            })
            .collect()
    }
}

impl Write {
    /// Saves what a space wants.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn put_preferences(
        &mut self,
        space: &str,
        wanted: &Preferences,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into preference (space, value, changed_at) values ($1, $2, $3)
             on conflict (space) do update set value = excluded.value, changed_at = excluded.changed_at",
            space,
            to_json(wanted)?,
            now.millis(),
        )?;
        Ok(())
    }

    /// A summary up to `until` is about to be told. `false`: somebody else did it meanwhile.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn mark_summary(&mut self, space: &str, until: Timestamp) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update preference set summarised_at = $2
             where space = $1 and (summarised_at is null or summarised_at < $2)",
            space,
            until.millis(),
        )?;
        Ok(touched == 1)
    }
}
