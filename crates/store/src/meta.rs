//! Facts about the installation, each a key and a text.

use crate::{
    Read, StoreError, Write,
    sql::{execute, maybe, one},
};

const INSTANCE: &str = "instance";

impl Read {
    /// A fact about the installation.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn meta(&mut self, key: &str) -> Result<Option<String>, StoreError> {
        let row = maybe!(self, (String,), "select value from meta where key = $1", key)?;
        Ok(row.map(|(value,)| value))
    }

    /// The six letters that tell this installation's cookies from another's on the same host; `None` before
    /// [`Write::instance_or_insert`].
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn instance(&mut self) -> Result<Option<String>, StoreError> {
        self.meta(INSTANCE).await
    }
}

impl Write {
    /// Writes a fact, over an older one.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn put_meta(&mut self, key: &str, value: &str) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into meta (key, value) values ($1, $2) on conflict (key) do update set value = excluded.value",
            key,
            value,
        )?;
        Ok(())
    }

    /// The fact as it is, made from `candidate` when there is none. Of several that try at once one makes it, and all
    /// get the same.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn meta_or_insert(&mut self, key: &str, candidate: &str) -> Result<String, StoreError> {
        // The update that changes nothing makes PostgreSQL wait for, and return, a row that somebody else inserts.
        let (value,) = one!(
            self,
            (String,),
            "insert into meta (key, value) values ($1, $2)
             on conflict (key) do update set value = meta.value returning value",
            key,
            candidate,
        )?;
        Ok(value)
    }

    /// The installation's six letters, made once from `candidate` (six of a-z2-7).
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn instance_or_insert(&mut self, candidate: &str) -> Result<String, StoreError> {
        self.meta_or_insert(INSTANCE, candidate).await
    }

    /// Removes a fact if it still has this value; `true` for the one caller that removed it. With it a set-up code is
    /// used once, however many try at the same time.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn take_meta(&mut self, key: &str, value: &str) -> Result<bool, StoreError> {
        Ok(execute!(self, "delete from meta where key = $1 and value = $2", key, value)? == 1)
    }

    /// Removes a fact, whatever its value.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn delete_meta(&mut self, key: &str) -> Result<(), StoreError> {
        execute!(self, "delete from meta where key = $1", key)?;
        Ok(())
    }
}
