//! Who a credential is, in one row: the session, its account, its space, and the number of the last revocation that was
//! taken into account. One round trip, outside any transaction.

use domain::{
    account::{Email, Role},
    api_token::Scope,
    session::Session,
    signing_key::KeyState,
    time::Timestamp,
};
use sqlx::FromRow;

use crate::{
    Store, StoreError,
    session::{Device, Row as SessionRow},
    sql::Bound,
    stored::time,
    transaction::Pools,
};

/// The account behind a credential, without what only signing in needs.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Member {
    /// The account.
    pub id: String,
    /// What the person signs in with.
    pub email: Email,
    /// What it may do beyond its own space.
    pub role: Role,
    /// IANA name of its time zone.
    pub time_zone: String,
    /// Since when it may not sign in.
    pub disabled: Option<Timestamp>,
}

/// What a session credential names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Signed {
    /// The session, ended or not.
    pub session: Session,
    /// Whether a cookie names it; a bearer token may not name a cookie's session.
    pub has_cookie: bool,
    /// Its account; `None` when that is gone.
    pub member: Option<Member>,
    /// The space whose nodes it sees.
    pub space: Option<String>,
    /// The last revocation when this was read.
    pub rev: i64,
    /// The state of the key that was asked about.
    pub key: Option<KeyState>,
}

/// What an API token names.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct SignedToken {
    /// SHA-256 of its secret, in hexadecimal.
    pub secret_hash: String,
    /// What it may do.
    pub scopes: Vec<Scope>,
    /// When it ends by itself.
    pub expires: Option<Timestamp>,
    /// When it was taken back.
    pub revoked: Option<Timestamp>,
    /// When it was last used, to the hour.
    pub last_used: Option<Timestamp>,
    /// Its account.
    pub member: Member,
    /// The space whose nodes it sees.
    pub space: Option<String>,
}

#[derive(FromRow)]
struct Row {
    #[sqlx(flatten)]
    session: SessionRow,
    cookie_hash: Option<String>,
    #[sqlx(flatten)]
    joined: Joined,
    rev: i64,
    key_state: Option<String>,
}

#[derive(FromRow)]
struct TokenRow {
    account: String,
    secret_hash: String,
    scopes: String,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
    #[sqlx(flatten)]
    joined: Joined,
}

#[derive(FromRow)]
struct Joined {
    member_email: Option<String>,
    member_role: Option<String>,
    member_zone: Option<String>,
    member_disabled: Option<i64>,
    space: Option<String>,
}

impl Joined {
    fn member(&self, id: &str) -> Result<Option<Member>, StoreError> {
        let Some(email) = &self.member_email else { return Ok(None) };
        Ok(Some(Member {
            id: id.to_owned(),
            email: Email::parse(email).ok_or_else(|| StoreError::corrupt("the e-mail of account", id))?,
            role: Role::from_word(self.member_role.as_deref().unwrap_or_default()),
            time_zone: self.member_zone.clone().unwrap_or_default(),
            disabled: time(self.member_disabled),
        }))
    }
}

impl TokenRow {
    fn token(self, id: &str) -> Result<SignedToken, StoreError> {
        let member = self.joined.member(&self.account)?;
        Ok(SignedToken {
            secret_hash: self.secret_hash,
            scopes: self.scopes.split(' ').filter_map(Scope::from_word).collect(),
            expires: time(self.expires_at),
            revoked: time(self.revoked_at),
            last_used: time(self.last_used_at),
            member: member.ok_or_else(|| StoreError::corrupt("the account of API token", id))?,
            space: self.joined.space,
        })
    }
}

impl TryFrom<Row> for Signed {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let session = Device::try_from(row.session)?.session;
        let key = row.key_state.map(|word| {
            KeyState::from_word(&word).ok_or_else(|| StoreError::corrupt("the state of a key", &word))
        });
        Ok(Self {
            member: row.joined.member(&session.account)?,
            session,
            has_cookie: row.cookie_hash.is_some(),
            space: row.joined.space,
            rev: row.rev,
            key: key.transpose()?,
        })
    }
}

/// The columns and joins of both look-ups, ending before the condition.
macro_rules! signed_by {
    ($condition:literal) => {
        concat!(
            "select s.*, a.email as member_email, a.role as member_role, a.time_zone as member_zone,
               a.disabled_at as member_disabled,
               (select m.space from space_member m where m.account = s.account order by m.role, m.space limit 1)
                 as space,
               (select c.value from counter c where c.name = 'revocation') as rev,
               (select k.state from signing_key k where k.kid = $2) as key_state
             from session s left join account a on a.id = s.account where ",
            $condition
        )
    };
}

/// Runs a query of one optional row on a connection of its own.
macro_rules! lone {
    ($store:expr, $row:ty, $sql:expr, $($bind:expr),+) => {{
        $store.inner.faults.next()?;
        match &$store.inner.pools {
            // A reader that begins now sees all that was committed; strangers with made-up credentials must not queue up
            // where everybody writes.
            Pools::Sqlite { readers, .. } => {
                sqlx::query_as::<_, $row>($sql)$(.bind(Bound($bind)))+.fetch_optional(readers).await
            }
            // The pool is the writer's.
            Pools::Postgres(pool) => {
                sqlx::query_as::<_, $row>($sql)$(.bind(Bound($bind)))+.fetch_optional(pool).await
            }
        }
        .map_err(StoreError::from)
    }};
}

/// The first look may meet a server that is behind; the second asks where writes go.
const LOOKS: [bool; 2] = [false, true];

impl Store {
    /// What the session cookie with this hash names. A miss is asked again where writes go, so that readers that
    /// are behind sign nobody out.
    ///
    /// # Errors
    /// When the store cannot be read: no verdict about the session.
    pub async fn signed_by_cookie(&self, cookie_hash: &str) -> Result<Option<Signed>, StoreError> {
        const SQL: &str = signed_by!("s.cookie_hash = $1");
        for is_last in LOOKS {
            let found = lone!(self, Row, SQL, cookie_hash, "")?;
            if let Some(row) = found.filter(|_| is_last || !self.inner.faults.readers_lag()) {
                return row.try_into().map(Some);
            }
        }
        Ok(None)
    }

    /// What a bearer token of this session names, with the state of the key that signed it.
    ///
    /// # Errors
    /// When the store cannot be read: no verdict about the session.
    pub async fn signed_by_token(&self, sid: &str, kid: &str) -> Result<Option<Signed>, StoreError> {
        const SQL: &str = signed_by!("s.sid = $1");
        for is_last in LOOKS {
            let found = lone!(self, Row, SQL, sid, kid)?;
            if let Some(row) = found.filter(|_| is_last || !self.inner.faults.readers_lag()) {
                return row.try_into().map(Some);
            }
        }
        Ok(None)
    }

    /// What the API token of an id names.
    ///
    /// # Errors
    /// When the store cannot be read: no verdict about the token.
    pub async fn signed_by_api_token(&self, id: &str) -> Result<Option<SignedToken>, StoreError> {
        const SQL: &str = "select t.*, a.email as member_email, a.role as member_role, a.time_zone as member_zone,
               a.disabled_at as member_disabled,
               (select m.space from space_member m where m.account = t.account order by m.role, m.space limit 1)
                 as space
             from api_token t join account a on a.id = t.account where t.id = $1";
        for is_last in LOOKS {
            let found = lone!(self, TokenRow, SQL, id)?;
            if let Some(row) = found.filter(|_| is_last || !self.inner.faults.readers_lag()) {
                return row.token(id).map(Some);
            }
        }
        Ok(None)
    }
}
