//! The ring of keys that sign bearer tokens. Cookies depend on none of them.

use domain::{session::EndReason, signing_key::KeyState, time::Timestamp};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute, maybe},
};

/// A key of the ring.
#[derive(Clone, Eq, PartialEq)]
pub struct SigningKey {
    /// Its name, which each token carries.
    pub kid: String,
    /// The secret, as base64url.
    pub secret: String,
    /// What it may be used for.
    pub state: KeyState,
    /// When it was made.
    pub created: Timestamp,
    /// Since when it is in this state.
    pub changed: Timestamp,
}

/// What came of declaring a key compromised.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Compromised {
    /// The sessions that ended with it: those whose newest token it signed.
    pub ended: Vec<String>,
    /// Whether the given successor signs now, because this key did.
    pub replaced: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    kid: String,
    secret: String,
    state: String,
    created_at: i64,
    changed_at: i64,
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({}, {})", self.kid, self.state.word())
    }
}

impl TryFrom<Row> for SigningKey {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        Ok(Self {
            state: KeyState::from_word(&row.state)
                .ok_or_else(|| StoreError::corrupt("the state of a key", &row.state))?,
            kid: row.kid,
            secret: row.secret,
            created: Timestamp::from_millis(row.created_at),
            changed: Timestamp::from_millis(row.changed_at),
        })
    }
}

impl Read {
    /// The ring, newest key first.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn signing_keys(&mut self) -> Result<Vec<SigningKey>, StoreError> {
        let rows = all!(self, Row, "select * from signing_key order by created_at desc, kid")?;
        rows.into_iter().map(SigningKey::try_from).collect()
    }
}

impl Write {
    /// The ring, with `candidate` as its active key when it is empty. Of several servers that start at once one makes it.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn signing_keys_or_first(
        &mut self,
        candidate: (&str, &str),
        now: Timestamp,
    ) -> Result<Vec<SigningKey>, StoreError> {
        self.line_up_for_keys().await?;
        let ring = self.signing_keys().await?;
        if !ring.is_empty() {
            return Ok(ring);
        }
        self.add_key(candidate, KeyState::Active, now).await?;
        self.signing_keys().await
    }

    /// Adds a key that verifies at once and signs after [`domain::signing_key::PENDING_FOR`].
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn rotate_keys(&mut self, next: (&str, &str), now: Timestamp) -> Result<(), StoreError> {
        self.line_up_for_keys().await?;
        self.add_key(next, KeyState::Pending, now).await
    }

    /// Moves on the keys whose time has come: a pending one begins to sign, the one before it only verifies, and one that
    /// has verified long enough retires. `true` when something moved.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn move_keys_on(&mut self, now: Timestamp) -> Result<bool, StoreError> {
        self.line_up_for_keys().await?;
        let mut moved = false;
        // Newest first: of two pending keys the newer one signs.
        for key in self.signing_keys().await? {
            match key.state.moved_on(key.changed, now) {
                Some(KeyState::Active) => {
                    execute!(
                        self,
                        "update signing_key set state = $1, changed_at = $2 where state = 'active'",
                        KeyState::VerifyOnly.word(),
                        now.millis(),
                    )?;
                    self.set_key(&key.kid, KeyState::Active, now).await?;
                }
                Some(state) => self.set_key(&key.kid, state, now).await?,
                None => continue,
            }
            moved = true;
        }
        Ok(moved)
    }

    /// Ends everything that a key signed, and nothing else: cookie sessions go on. When it was the signing one, `next`
    /// signs from now on. `None`: there is no such key.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn compromise_key(
        &mut self,
        kid: &str,
        next: (&str, &str),
        now: Timestamp,
    ) -> Result<Option<Compromised>, StoreError> {
        self.line_up_for_keys().await?;
        let Some(key) =
            maybe!(self, Row, "select * from signing_key where kid = $1", kid)?.map(SigningKey::try_from)
        else {
            return Ok(None);
        };
        let replaced = key?.state == KeyState::Active;
        self.set_key(kid, KeyState::Compromised, now).await?;
        if replaced {
            self.add_key(next, KeyState::Active, now).await?;
        }
        let named = all!(
            self,
            (String,),
            "select sid from session where kid = $1 and cookie_hash is null and ended_at is null order by sid",
            kid,
        )?;
        let mut ended = Vec::new();
        for (sid,) in named {
            if self.end_session(&sid, EndReason::KeyCompromised, now).await?.is_some() {
                ended.push(sid);
            }
        }
        Ok(Some(Compromised { ended, replaced }))
    }

    async fn add_key(
        &mut self,
        (kid, secret): (&str, &str),
        state: KeyState,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        execute!(
            self,
            "insert into signing_key (kid, secret, state, created_at, changed_at) values ($1, $2, $3, $4, $4)",
            kid,
            secret,
            state.word(),
            now.millis(),
        )?;
        Ok(())
    }

    async fn set_key(&mut self, kid: &str, state: KeyState, now: Timestamp) -> Result<(), StoreError> {
        let now = now.millis();
        execute!(
            self,
            "update signing_key set state = $2, changed_at = $3 where kid = $1",
            kid,
            state.word(),
            now
        )?;
        Ok(())
    }

    /// Whoever changes the ring waits here for whoever else does.
    async fn line_up_for_keys(&mut self) -> Result<(), StoreError> {
        execute!(self, "update counter set value = value where name = 'revocation'")?;
        Ok(())
    }
}
