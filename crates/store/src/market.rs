//! Markets: which ones exist, so that after a restart one that a list leaves out is asked for by its name.

use std::collections::BTreeMap;

use domain::{
    address::Address,
    market::{Market, QueueKind},
    network::Seen,
    time::Timestamp,
};

use crate::{
    Read, StoreError, Write,
    sql::{all, execute},
    stored::{address, signed, unsigned},
};

#[derive(sqlx::FromRow)]
struct Row {
    address: String,
    authority: String,
    job_expiration: i64,
    price: String,
    timeout: i64,
    job_type: i64,
    access_key: String,
    xnos_minimum: String,
    slot: i64,
    at: i64,
}

fn number<T: std::str::FromStr>(what: &str, text: &str) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::corrupt(what, text))
}

impl TryFrom<Row> for (Address, Seen<Market>) {
    type Error = StoreError;

    fn try_from(row: Row) -> Result<Self, StoreError> {
        let market = Market {
            authority: address(&row.authority)?,
            job_expiration: row.job_expiration,
            price: number("the price of a market", &row.price)?,
            timeout: row.timeout,
            job_type: u8::try_from(row.job_type).map_err(|_| StoreError::corrupt("the job type", ""))?,
            access_key: address(&row.access_key)?,
            xnos_minimum: number("the minimum of a market", &row.xnos_minimum)?,
            queue_kind: QueueKind::Empty,
            queue: Vec::new(),
        };
        let seen = Seen { value: market, slot: unsigned(row.slot), at: Timestamp::from_millis(row.at) };
        Ok((address(&row.address)?, seen))
    }
}

impl Read {
    /// Every market that was there at the last scan, with the slot and instant of its last change. Who waited in it
    /// is not kept: each comes back with an empty queue.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn markets(&mut self) -> Result<BTreeMap<Address, Seen<Market>>, StoreError> {
        all!(self, Row, "select * from market")?.into_iter().map(TryInto::try_into).collect()
    }
}

impl Write {
    /// Saves what a scan changed of the markets: new and changed ones are written, those that are gone removed.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn save_markets(
        &mut self,
        before: &BTreeMap<Address, Seen<Market>>,
        after: &BTreeMap<Address, Seen<Market>>,
    ) -> Result<(), StoreError> {
        for address in before.keys().filter(|address| !after.contains_key(address)) {
            execute!(self, "delete from market where address = $1", address.to_string())?;
        }
        for (address, seen) in after {
            if before.get(address).is_none_or(|known| !same(&known.value, &seen.value)) {
                self.put_market(address, seen).await?;
            }
        }
        Ok(())
    }

    async fn put_market(&mut self, address: &Address, seen: &Seen<Market>) -> Result<(), StoreError> {
        let market = &seen.value;
        execute!(
            self,
            "insert into market (address, authority, job_expiration, price, timeout, job_type, access_key,
               xnos_minimum, slot, at)
             values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
             on conflict (address) do update set
               authority = excluded.authority, job_expiration = excluded.job_expiration, price = excluded.price,
               timeout = excluded.timeout, job_type = excluded.job_type, access_key = excluded.access_key,
               xnos_minimum = excluded.xnos_minimum, slot = excluded.slot, at = excluded.at",
            address.to_string(),
            market.authority.to_string(),
            market.job_expiration,
            market.price.to_string(),
            market.timeout,
            i64::from(market.job_type),
            market.access_key.to_string(),
            market.xnos_minimum.to_string(),
            signed(seen.slot),
            seen.at.millis(),
        )?;
        Ok(())
    }
}

/// Whether two have the same columns: their queues may differ.
fn same(one: &Market, other: &Market) -> bool {
    let columns = |market: &Market| {
        let numbers =
            (market.job_expiration, market.price, market.timeout, market.job_type, market.xnos_minimum);
        (market.authority, market.access_key, numbers)
    };
    columns(one) == columns(other)
}
