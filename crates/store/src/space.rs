//! Spaces: what an account sees. A space owns watches; its members own or view it.

use domain::time::Timestamp;

use crate::{
    Read, StoreError, Write,
    sql::{all, execute},
};

/// What a member may do in a space.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum SpaceRole {
    /// Changes it.
    Owner,
    /// Looks.
    Viewer,
}

/// One account's place in one space.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Membership {
    /// The space.
    pub space: String,
    /// The account.
    pub account: String,
    /// What it may do there.
    pub role: SpaceRole,
}

impl SpaceRole {
    /// The word of the database.
    #[must_use]
    pub const fn word(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Viewer => "viewer",
        }
    }

    /// The role that a stored word names; an unknown word is the lesser role.
    #[must_use]
    pub fn from_word(word: &str) -> Self {
        if word == "owner" { Self::Owner } else { Self::Viewer }
    }
}

impl Read {
    /// The spaces of an account, its own first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn memberships(&mut self, account: &str) -> Result<Vec<Membership>, StoreError> {
        let rows = all!(
            self,
            (String, String, String),
            "select space, account, role from space_member where account = $1 order by role, space",
            account,
        )?;
        let membership = |(space, account, role): (_, _, String)| Membership {
            space,
            account,
            role: SpaceRole::from_word(&role),
        };
        Ok(rows.into_iter().map(membership).collect())
    }
}

impl Write {
    /// Makes a space with its owner.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn add_space(&mut self, space: &str, owner: &str, now: Timestamp) -> Result<(), StoreError> {
        execute!(self, "insert into space (id, created_at) values ($1, $2)", space, now.millis())?;
        self.set_member(space, owner, SpaceRole::Owner).await
    }

    /// Makes an account a member, or changes its role.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn set_member(
        &mut self,
        space: &str,
        account: &str,
        role: SpaceRole,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into space_member (space, account, role) values ($1, $2, $3)
             on conflict (space, account) do update set role = excluded.role",
            space,
            account,
            role.word(),
        )?;
        Ok(())
    }
}
