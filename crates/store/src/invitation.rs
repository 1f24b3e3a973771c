//! Invitations: a code that lets one e-mail register once.

use domain::{account::Email, time::Timestamp};

use crate::{
    Read, StoreError, Write,
    sql::{execute, maybe},
    stored::time,
};

/// An invitation. The code itself is nowhere, only its hash.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Invitation {
    /// Who may use it.
    pub email: Email,
    /// When it was made.
    pub created: Timestamp,
    /// Until when it may be used.
    pub expires: Timestamp,
    /// When it was used.
    pub used: Option<Timestamp>,
}

impl Read {
    /// The invitation of a code's hash.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn invitation(&mut self, code_hash: &str) -> Result<Option<Invitation>, StoreError> {
        let row = maybe!(
            self,
            (String, i64, i64, Option<i64>),
            "select email, created_at, expires_at, used_at from invitation where code_hash = $1",
            code_hash,
        )?;
        row.map(|(email, created, expires, used)| {
            Ok(Invitation {
                email: Email::parse(&email)
                    .ok_or_else(|| StoreError::corrupt("the e-mail of an invitation", ""))?,
                created: Timestamp::from_millis(created),
                expires: Timestamp::from_millis(expires),
                used: time(used),
            })
        })
        .transpose()
    }
}

impl Write {
    /// Writes an invitation.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add_invitation(
        &mut self,
        code_hash: &str,
        email: &Email,
        now: Timestamp,
        expires: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into invitation (code_hash, email, created_at, expires_at) values ($1, $2, $3, $4)",
            code_hash,
            email.as_str(),
            now.millis(),
            expires.millis(),
        )?;
        Ok(())
    }

    /// Uses an invitation. `true` for the one caller whose e-mail it is, in time, for the first time.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn use_invitation(
        &mut self,
        code_hash: &str,
        email: &Email,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let used = execute!(
            self,
            "update invitation set used_at = $3
             where code_hash = $1 and email = $2 and used_at is null and expires_at > $3",
            code_hash,
            email.as_str(),
            now.millis(),
        )?;
        Ok(used == 1)
    }
}
