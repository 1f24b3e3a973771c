//! One-use codes that link a chat to a space.

use domain::time::Timestamp;

use crate::{
    StoreError, Write,
    sql::{execute, maybe},
};

/// What a code opened.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct TelegramLink {
    /// The space that the chat will hear of.
    pub space: String,
    /// The account that asked for the code.
    pub account: String,
}

impl Write {
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
