//! Opening PostgreSQL: migrated without a time limit, used with one.

use sqlx::{
    ConnectOptions, Connection, PgPool,
    postgres::{PgConnectOptions, PgPoolOptions},
};
use tokio::time::timeout;

use crate::{
    StoreError,
    migrate::{self, Age},
    transaction::ACQUIRE,
};

const CONNECTIONS: u32 = 10;

/// Opens the pool.
pub(crate) async fn open(url: &str) -> Result<PgPool, StoreError> {
    let options = url.parse::<PgConnectOptions>()?.application_name("wakeful");
    let mut conn = match timeout(ACQUIRE, options.connect()).await {
        Ok(connected) => connected?,
        Err(late) => return Err(StoreError::Unavailable(late.into())),
    };
    match migrate::age_of_postgres(&mut conn).await? {
        Age::Older => migrate::migrate_postgres(conn).await?,
        Age::Current => conn.close().await?,
    }
    let limited = options.options([
        // The counters rely on a statement seeing what was committed while it waited.
        ("default_transaction_isolation", "read committed"),
        ("statement_timeout", "10000"),
        // A writer that hangs would hold the change counter, and everybody with it.
        ("idle_in_transaction_session_timeout", "30000"),
    ]);
    let pool = PgPoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(ACQUIRE);
    Ok(pool.connect_with(limited).await?)
}
