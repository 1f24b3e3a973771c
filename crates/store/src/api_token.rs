//! API tokens: a row each; the secret itself is nowhere, only its hash.

use domain::{api_token::Scope, time::Timestamp};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute},
    stored::{millis, time},
};

/// A token as its owner's list shows it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Token {
    /// Its public half.
    pub id: String,
    /// What the person knows it by.
    pub name: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it was made.
    pub created: Timestamp,
    /// When it ends by itself.
    pub expires: Option<Timestamp>,
    /// When it was last used, to the hour.
    pub last_used: Option<Timestamp>,
    /// When it was taken back.
    pub revoked: Option<Timestamp>,
}

/// A token to be made.
#[derive(Clone, Copy, Debug)]
pub struct NewToken<'a> {
    /// Its public half.
    pub id: &'a str,
    /// Whose it is.
    pub account: &'a str,
    /// SHA-256 of its secret, in hexadecimal.
    pub secret_hash: &'a str,
    /// What the person knows it by.
    pub name: &'a str,
    /// What it may do.
    pub scopes: &'a [Scope],
    /// When it ends by itself.
    pub expires: Option<Timestamp>,
}

#[derive(sqlx::FromRow)]
struct Row {
    id: String,
    name: String,
    scopes: String,
    created_at: i64,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
}

impl Read {
    /// The tokens of an account, newest first, those that were taken back too.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn api_tokens(&mut self, account: &str) -> Result<Vec<Token>, StoreError> {
        let rows = all!(
            self,
            Row,
            "select * from api_token where account = $1 order by created_at desc, id",
            account
        )?;
        let token = |row: Row| Token {
            id: row.id,
            name: row.name,
            scopes: row.scopes.split(' ').filter_map(Scope::from_word).collect(),
            created: Timestamp::from_millis(row.created_at),
            expires: time(row.expires_at),
            last_used: time(row.last_used_at),
            revoked: time(row.revoked_at),
        };
        Ok(rows.into_iter().map(token).collect())
    }
}

impl Write {
    /// Makes a token.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add_api_token(&mut self, token: NewToken<'_>, now: Timestamp) -> Result<(), StoreError> {
        let scopes = token.scopes.iter().map(|scope| scope.word()).collect::<Vec<_>>().join(" ");
        execute!(
            self,
            "insert into api_token (id, account, secret_hash, name, scopes, created_at, expires_at)
             values ($1, $2, $3, $4, $5, $6, $7)",
            token.id,
            token.account,
            token.secret_hash,
            token.name,
            scopes.as_str(),
            now.millis(),
            millis(token.expires),
        )?;
        Ok(())
    }

    /// Takes a token of an account back. `false`: it has none of that id that is still good.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn revoke_api_token(
        &mut self,
        account: &str,
        id: &str,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let touched = execute!(
            self,
            "update api_token set revoked_at = $3 where account = $1 and id = $2 and revoked_at is null",
            account,
            id,
            now.millis(),
        )?;
        Ok(touched == 1)
    }

    /// Takes every token of an account back; gives how many.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn revoke_api_tokens_of(&mut self, account: &str, now: Timestamp) -> Result<u64, StoreError> {
        execute!(
            self,
            "update api_token set revoked_at = $2 where account = $1 and revoked_at is null",
            account,
            now.millis()
        )
    }

    /// Notes a use.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn touch_api_token(&mut self, id: &str, now: Timestamp) -> Result<(), StoreError> {
        execute!(self, "update api_token set last_used_at = $2 where id = $1", id, now.millis())?;
        Ok(())
    }
}
