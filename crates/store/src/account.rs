//! Accounts: who may sign in.

use domain::{
    account::{Email, Role},
    session::EndReason,
    time::Timestamp,
};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute, maybe, one},
    stored::{millis, time},
};

/// An account.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    /// Its id.
    pub id: String,
    /// What the person signs in with.
    pub email: Email,
    /// The password's hash, as a PHC string.
    pub password_hash: String,
    /// What it may do beyond its own space.
    pub role: Role,
    /// IANA name of the time zone in which the person's days begin.
    pub time_zone: String,
    /// When it was made.
    pub created: Timestamp,
    /// Since when it may not sign in.
    pub disabled: Option<Timestamp>,
}

/// An account to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewAccount<'a> {
    /// Its id.
    pub id: &'a str,
    /// What the person signs in with.
    pub email: &'a Email,
    /// The password's hash, as a PHC string.
    pub password_hash: &'a str,
    /// What it may do beyond its own space.
    pub role: Role,
    /// IANA name of the person's time zone.
    pub time_zone: &'a str,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    email: String,
    password_hash: String,
    role: String,
    time_zone: String,
    created_at: i64,
    disabled_at: Option<i64>,
}

impl TryFrom<Row> for Account {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            email: Email::parse(&row.email)
                .ok_or_else(|| StoreError::corrupt("the e-mail of account", &row.id))?,
            id: row.id,
            password_hash: row.password_hash,
            role: Role::from_word(&row.role),
            time_zone: row.time_zone,
            created: Timestamp::from_millis(row.created_at),
            disabled: time(row.disabled_at),
        })
    }
}

impl Read {
    /// The account of an id.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn account(&mut self, id: &str) -> Result<Option<Account>, StoreError> {
        maybe!(self, Row, "select * from account where id = $1", id)?.map(Account::try_from).transpose()
    }

    /// The account of an e-mail.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn account_by_email(&mut self, email: &Email) -> Result<Option<Account>, StoreError> {
        maybe!(self, Row, "select * from account where email = $1", email.as_str())?
            .map(Account::try_from)
            .transpose()
    }

    /// All accounts, by e-mail.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn accounts(&mut self) -> Result<Vec<Account>, StoreError> {
        all!(self, Row, "select * from account order by email")?.into_iter().map(Account::try_from).collect()
    }

    /// Whether somebody runs the installation yet.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn has_admin(&mut self) -> Result<bool, StoreError> {
        let (admins,) =
            one!(self, (i64,), "select count(*) from account where role = $1", Role::Admin.word())?;
        Ok(admins > 0)
    }
}

impl Write {
    /// Makes an account, and the space that it owns.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] with `account_email_key` when the e-mail has an account.
    pub async fn add_account(
        &mut self,
        account: NewAccount<'_>,
        space: &str,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into account (id, email, password_hash, role, time_zone, created_at)
             values ($1, $2, $3, $4, $5, $6)",
            account.id,
            account.email.as_str(),
            account.password_hash,
            account.role.word(),
            account.time_zone,
            now.millis(),
        )?;
        self.add_space(space, account.id, now).await
    }

    /// Replaces the password's hash. `false`: there is no such account.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn set_password_hash(&mut self, account: &str, hash: &str) -> Result<bool, StoreError> {
        Ok(execute!(self, "update account set password_hash = $2 where id = $1", account, hash)? == 1)
    }

    /// Replaces the time zone. `false`: there is no such account.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn set_time_zone(&mut self, account: &str, zone: &str) -> Result<bool, StoreError> {
        Ok(execute!(self, "update account set time_zone = $2 where id = $1", account, zone)? == 1)
    }

    /// Forbids signing in since an instant, or allows it again. `false`: there is no such account.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn set_disabled(
        &mut self,
        account: &str,
        since: Option<Timestamp>,
    ) -> Result<bool, StoreError> {
        Ok(execute!(self, "update account set disabled_at = $2 where id = $1", account, millis(since))? == 1)
    }

    /// Forbids signing in and ends every session of an account in one stroke; gives the ids of the sessions. `None`: there
    /// is no such account.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn disable_account(
        &mut self,
        account: &str,
        now: Timestamp,
    ) -> Result<Option<Vec<String>>, StoreError> {
        if !self.set_disabled(account, Some(now)).await? {
            return Ok(None);
        }
        self.end_sessions_of(account, None, EndReason::AccountDisabled, now).await.map(Some)
    }
}
