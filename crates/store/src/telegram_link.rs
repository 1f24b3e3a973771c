//! One-use codes that link a chat to a space.

use domain::{destination::Place, time::Timestamp};

use crate::{
    Read, StoreError, Write,
    sql::{execute, maybe},
    stored::to_json,
};

/// What a code opened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TelegramLink {
    /// The space that the chat will hear of.
    pub space: String,
    /// The account that asked for the code.
    pub account: String,
}

impl Read {
    /// What a code opened that was used up: whoever repeats it from the chat that it linked is told so.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn used_telegram_link(&mut self, code_hash: &str) -> Result<Option<TelegramLink>, StoreError> {
        let row = maybe!(
            self,
            (String, String),
            "select space, account from telegram_link where code_hash = $1 and used_at is not null",
            code_hash,
        )?;
        Ok(row.map(|(space, account)| TelegramLink { space, account }))
    }
}

impl Write {
    /// A group has another number from now on. Gives how many destinations moved with it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn move_telegram_chat(&mut self, from: i64, to: i64) -> Result<u64, StoreError> {
        execute!(
            self,
            "update destination set address = $2, place = $3
             where channel = 'telegram' and address = $1 and not exists
               (select 1 from destination d where d.space = destination.space and d.channel = 'telegram' and d.address = $2)",
            from.to_string(),
            to.to_string(),
            to_json(&Place::Telegram { chat: to })?,
        )
    }

    /// Makes a code good until `expires`. The account's earlier unused codes are void.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add_telegram_link(
        &mut self,
        code_hash: &str,
        link: &TelegramLink,
        expires: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "delete from telegram_link where account = $1 or expires_at < $2",
            link.account.as_str(),
            now.millis(),
        )?;
        execute!(
            self,
            "insert into telegram_link (code_hash, space, account, created_at, expires_at)
             values ($1, $2, $3, $4, $5)",
            code_hash,
            link.space.as_str(),
            link.account.as_str(),
            now.millis(),
            expires.millis(),
        )?;
        Ok(())
    }

    /// Uses a code up: one caller gets what it opens, and only in its time.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn use_telegram_link(
        &mut self,
        code_hash: &str,
        now: Timestamp,
    ) -> Result<Option<TelegramLink>, StoreError> {
        let row = maybe!(
            self,
            (String, String),
            "update telegram_link set used_at = $2
             where code_hash = $1 and used_at is null and expires_at > $2 returning space, account",
            code_hash,
            now.millis(),
        )?;
        Ok(row.map(|(space, account)| TelegramLink { space, account }))
    }
}
