//! One SQL text for two typed databases: the macros that run it, and what may be bound to it.

use sqlx::{Database, Encode, Postgres, Sqlite, Transaction, Type, encode::IsNull, error::BoxDynError};

use crate::error::NUL;

/// A transaction on one of the two databases.
pub(crate) enum Conn {
    Sqlite(Transaction<'static, Sqlite>),
    Postgres(Transaction<'static, Postgres>),
}

/// Runs a statement; gives the number of rows that it touched.
macro_rules! execute {
    ($tx:expr, $sql:literal $(, $bind:expr)* $(,)?) => {
        match $tx.faults.next().map(|()| &mut $tx.conn) {
            Err(fault) => Err(fault),
            Ok($crate::sql::Conn::Sqlite(c)) => sqlx::query($sql)$(.bind($crate::sql::Bound($bind)))*
                .execute(&mut **c).await.map(|done| done.rows_affected()).map_err($crate::StoreError::from),
            Ok($crate::sql::Conn::Postgres(c)) => sqlx::query($sql)$(.bind($crate::sql::Bound($bind)))*
                .execute(&mut **c).await.map(|done| done.rows_affected()).map_err($crate::StoreError::from),
        }
    };
}

/// Runs a query of rows of one type with `fetch_all`, `fetch_optional` or `fetch_one`.
macro_rules! fetch {
    ($tx:expr, $how:ident, $row:ty, $sql:literal $(, $bind:expr)* $(,)?) => {
        match $tx.faults.next().map(|()| &mut $tx.conn) {
            Err(fault) => Err(fault),
            Ok($crate::sql::Conn::Sqlite(c)) => sqlx::query_as::<_, $row>($sql)
                $(.bind($crate::sql::Bound($bind)))*.$how(&mut **c).await.map_err($crate::StoreError::from),
            Ok($crate::sql::Conn::Postgres(c)) => sqlx::query_as::<_, $row>($sql)
                $(.bind($crate::sql::Bound($bind)))*.$how(&mut **c).await.map_err($crate::StoreError::from),
        }
    };
}

/// All rows.
macro_rules! all {
    ($tx:expr, $($rest:tt)+) => { $crate::sql::fetch!($tx, fetch_all, $($rest)+) };
}

/// The row, when there is one.
macro_rules! maybe {
    ($tx:expr, $($rest:tt)+) => { $crate::sql::fetch!($tx, fetch_optional, $($rest)+) };
}

/// The row that must be there.
macro_rules! one {
    ($tx:expr, $($rest:tt)+) => { $crate::sql::fetch!($tx, fetch_one, $($rest)+) };
}

pub(crate) use {all, execute, fetch, maybe, one};

/// A bound value. Texts with a NUL are refused here, so that both databases refuse the same ones.
pub(crate) struct Bound<T>(pub T);

/// Whether a value holds a NUL character.
pub(crate) trait Nuls {
    fn has_nul(&self) -> bool {
        false
    }
}

impl Nuls for i64 {}
impl Nuls for bool {}

impl Nuls for &str {
    fn has_nul(&self) -> bool {
        self.contains('\0')
    }
}

impl Nuls for String {
    fn has_nul(&self) -> bool {
        self.contains('\0')
    }
}

impl<T: Nuls> Nuls for Option<T> {
    fn has_nul(&self) -> bool {
        self.as_ref().is_some_and(T::has_nul)
    }
}

impl<DB: Database, T: Type<DB>> Type<DB> for Bound<T> {
    fn type_info() -> DB::TypeInfo {
        T::type_info()
    }

    fn compatible(ty: &DB::TypeInfo) -> bool {
        T::compatible(ty)
    }
}

impl<'q, DB: Database, T: Encode<'q, DB> + Nuls> Encode<'q, DB> for Bound<T> {
    fn encode(self, buf: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        if self.0.has_nul() {
            return Err(NUL.into());
        }
        self.0.encode(buf)
    }

    fn encode_by_ref(&self, buf: &mut DB::ArgumentBuffer) -> Result<IsNull, BoxDynError> {
        if self.0.has_nul() {
            return Err(NUL.into());
        }
        self.0.encode_by_ref(buf)
    }

    fn produces(&self) -> Option<DB::TypeInfo> {
        self.0.produces()
    }

    fn size_hint(&self) -> usize {
        self.0.size_hint()
    }
}
